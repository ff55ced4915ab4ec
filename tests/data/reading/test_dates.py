from __future__ import annotations

from datetime import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.reading.date_order import find_order
from recsys.data.reading.dates import DateOrder, DateReading, find_reading

# Starting one takes longer than most of what is asked of it.
ENGINE = duckdb.connect()
CASES = [
    (
        "VARCHAR",
        ["2010-12-01 08:26:00", "2010-12-01", "2010-12-01T10:26:00+02:00"],
        "year-month-day",
    ),
    ("VARCHAR", ["2019-10-01 00:00:00 UTC"], "year-month-day"),
    ("VARCHAR", ["2010-12-01T08:26:00.123Z", "2010-12-01T08:26Z"], "year-month-day"),
    ("VARCHAR", ["2010-12-01 10:26:00 +0200", "2010-12-01 10:26:00 +02:00"], "year-month-day"),
    ("VARCHAR", ["2010-12-01 08:26:00,123", "2010-12-01 8:26 AM"], "year-month-day"),
    ("VARCHAR", ["2010-12-01 09:26:00 Europe/Berlin"], "year-month-day"),
    ("VARCHAR", ["2010/12/01 08:26", "2010/12/1"], "year/month/day"),
    ("VARCHAR", ["2010.12.01", "2010.12.01 08:26"], "year.month.day"),
    ("VARCHAR", ["12/1/2010 8:26", "12/31/2010", "1/13/2010 8:26:01 PM"], "month/day/year"),
    ("VARCHAR", ["1/13/2010 8:26PM", "12/31/10", "12/31/2010, 08:26"], "month/day/year"),
    ("VARCHAR", ["1/12/2010 8:26", "31/12/2010"], "day/month/year"),
    ("VARCHAR", ["31/12/2010 10:26:00 +02:00", "31/12/10 08:26"], "day/month/year"),
    ("VARCHAR", ["12/1/10 8:26"], "month/day/year"),
    ("VARCHAR", ["01.12.2010", "1.12.2010 08:26", "1.12.2010, 08:26 Uhr"], "day.month.year"),
    ("VARCHAR", ["1.12.10", "31.12.10 8:26:00"], "day.month.year"),
    ("VARCHAR", ["31-12-2010", "1-12-2010"], "day-month-year"),
    ("VARCHAR", ["12-31-2010", "12-1-2010"], "month-day-year"),
    ("VARCHAR", ["1 Dec 2010", "01-DEC-2010", "1-Dec-10", "1st December 2010"], "day month year"),
    ("VARCHAR", ["1. Dezember 2010", "31. Dez. 2010 08:26", "01 dez 2010"], "day month year"),
    ("VARCHAR", ["Wed, 01 Dec 2010 08:26:00 GMT"], "day month year"),
    ("VARCHAR", ["Mittwoch, 1. Dezember 2010"], "day month year"),
    ("VARCHAR", ["Dec 1, 2010", "December 31st, 2010 8:26 AM"], "month day, year"),
    ("VARCHAR", ["2010-Dec-01", "2010 December 1"], "year month day"),
    ("VARCHAR", ["1291191960", "1291191960000", "1291191960.5", "20101201"], "numbers"),
    ("VARCHAR", ["20101201082600", "201012010826", "1291191960000000"], "numbers"),
    ("VARCHAR", ["40513.3513888889", "40513", "40543.0"], "day numbers of a spreadsheet"),
    ("BIGINT", ["1291191960", "1291191960000", "20101201"], "numbers"),
    ("BIGINT", ["1291191960000000000"], "numbers"),
    ("DOUBLE", ["1291191960.0"], "numbers"),
    ("DOUBLE", ["40513.3513888889"], "day numbers of a spreadsheet"),
    ("DATE", ["2010-12-01"], "dates"),
    ("TIMESTAMP", ["2010-12-01 08:26:00"], "dates"),
    ("TIMESTAMP_NS", ["2010-12-01 08:26:00.5"], "dates"),
    ("TIMESTAMPTZ", ["2010-12-01 10:26:00+02"], "dates"),
]


def _find(
    kind: str, values: list[str], order: DateOrder = "auto"
) -> tuple[DateReading, list[str | None]]:
    with ENGINE.cursor() as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        connection.execute(
            f"CREATE TEMP TABLE t AS SELECT CAST(unnest($1) AS {kind}) AS moment", [values]
        ).fetchall()
        column_type = connection.execute("SELECT typeof(moment) FROM t LIMIT 1").fetchall()[0][0]
        reading = find_reading(connection, "t", column="moment", kind=column_type, order=order)
        found = connection.execute(
            f"SELECT strftime(make_timestamp(({reading.sql}) * 1000000), '%Y-%m-%d %H:%M') FROM t"
        ).fetchall()
    return reading, [row[0] for row in found]


def _read(kind: str, values: list[str]) -> tuple[str, list[str | None]]:
    reading, found = _find(kind, values)
    return reading.label, found


@pytest.mark.parametrize(("kind", "values", "label"), CASES)
def test_reads_common_ways_of_writing_dates(kind: str, values: list[str], label: str) -> None:
    found, moments = _read(kind, values)
    assert found == label
    days = {"2010-01-13", "2010-12-01", "2010-12-31", "2019-10-01"}
    assert {(moment or "")[:10] for moment in moments} <= days
    assert {(moment or "")[11:] for moment in moments} <= {"08:26", "00:00", "20:26"}


def test_unreadable_dates_are_null() -> None:
    dates = ["2010-12-01", "soon", "infinity", "0001-01-01", "99999-01-01"]
    assert _read("VARCHAR", dates)[1] == ["2010-12-01 00:00", None, None, None, None]
    assert _read("DOUBLE", ["nan", "inf", "1e300"])[1] == [None, None, None]
    assert _read("TIMESTAMP", ["infinity"])[1] == [None]
    dates = ["31/12/2010", "infinity", "epoch", "31/12/2010 25:00", "32/12/2010", "31/12/2010x"]
    assert _read("VARCHAR", dates)[1] == ["2010-12-31 00:00", *[None] * 5]
    for nothing in (["soon"], ["'; DROP TABLE t"], ["%Y"]):
        reading, found = _find("VARCHAR", nothing)
        assert (found, reading.example, reading.ambiguous) == ([None], "", False)


def test_a_mixed_column_is_read_the_way_most_rows_are_written() -> None:
    found = _read("VARCHAR", ["31.12.2010", "1.12.2010", "12/31/2010"])
    assert found == ("day.month.year", ["2010-12-31 00:00", "2010-12-01 00:00", None])


def test_the_order_of_day_and_month_is_that_of_the_whole_column() -> None:
    assert _read("VARCHAR", ["01/02/2024", "13/02/2024"])[1] == [
        "2024-02-01 00:00",
        "2024-02-13 00:00",
    ]
    assert _read("VARCHAR", ["13/02/2024", "02/14/2024", "03/15/2024"])[0] == "month/day/year"


def test_one_row_far_down_settles_the_order() -> None:
    early = "SELECT '01/02/2024' AS d FROM range(60_000)"
    with duckdb.connect() as connection:
        for last, label in (("13/02/2024", "day/month/year"), ("02/13/2024", "month/day/year")):
            rows = f"({early} UNION ALL SELECT '{last}')"
            reading = find_reading(connection, rows, column="d", kind="VARCHAR")
            assert (reading.label, reading.ambiguous) == (label, False)


def test_an_ambiguous_order_is_that_of_the_file() -> None:
    by_day = ["01/12/2010", "02/12/2010", "05/12/2010", "03/01/2011", "04/02/2011"]
    for cells in (by_day, by_day[::-1]):
        reading, _ = _find("VARCHAR", cells)
        assert (reading.label, reading.ambiguous) == ("day/month/year", True)
    assert _find("VARCHAR", by_day)[0].example == "01/12/2010 read as 1 Dec 2010"
    by_month = ["12/01/2010", "12/02/2010", "12/05/2010", "01/03/2011", "02/04/2011"]
    reading, _ = _find("VARCHAR", by_month)
    assert (reading.label, reading.ambiguous) == ("month/day/year", True)
    assert reading.example == "12/01/2010 read as 1 Dec 2010"


def test_an_ambiguous_order_brings_no_dates_in_the_future() -> None:
    past, future = "1577836800", "CAST(epoch(now()) AS BIGINT) + 864000"
    with duckdb.connect() as connection:
        for day_first, month_first in ((past, future), (future, past)):
            found = find_order(
                connection,
                "(VALUES ('01/02/2020')) AS t(d)",
                cell="d",
                sign="/",
                day_first=day_first,
                month_first=month_first,
            )
            assert (found.day_first, found.ambiguous) == (day_first == past, True)


def test_an_ambiguous_order_is_that_of_the_shorter_span() -> None:
    reading, _ = _find("VARCHAR", [f"{day:02d}/01/2020" for day in range(1, 13)])
    assert (reading.label, reading.ambiguous) == ("day/month/year", True)


def test_nothing_is_ambiguous_where_both_orders_are_the_same() -> None:
    assert not _find("VARCHAR", ["05/05/2020", "06/06/2020"])[0].ambiguous
    assert not _find("VARCHAR", ["01.02.2020"])[0].ambiguous
    assert not _find("VARCHAR", ["2020-01-02"])[0].ambiguous


def test_what_the_user_says_about_the_order_counts() -> None:
    cells = ["01/02/2020", "13/02/2020"]
    reading, found = _find("VARCHAR", cells, "month first")
    assert (reading.label, reading.ambiguous) == ("month/day/year", False)
    assert found == ["2020-01-02 00:00", None]
    assert _find("VARCHAR", cells[:1], "day first")[1] == ["2020-02-01 00:00"]


_STYLES = [
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:00Z",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%y %H:%M:00",
    "%d-%m-%Y %H:%M",
    "%d %b %Y %H:%M",
    "%B %d, %Y %H:%M",
    "%a, %d %b %Y %H:%M:00 +0000",
    "%Y%m%d%H%M00",
]


@settings(max_examples=25)
@given(
    st.lists(st.datetimes(datetime(1991, 1, 1), datetime(2025, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(_STYLES),
)
def test_written_dates_are_read_back(moments: list[datetime], style: str) -> None:
    proof = datetime(2001, 1, 31, 13, 5)  # which says what is the day
    cells = [moment.strftime(style) for moment in [proof, *moments]]
    expected = [f"{moment:%Y-%m-%d %H:%M}" for moment in [proof, *moments]]
    assert _find("VARCHAR", cells)[1] == expected
