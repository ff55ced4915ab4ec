from __future__ import annotations

import duckdb
import pytest

from recsys.data.reading.dates import find_reading

CASES = [
    (
        "VARCHAR",
        ["2010-12-01 08:26:00", "2010-12-01", "2010-12-01T10:26:00+02:00"],
        "year-month-day",
    ),
    ("VARCHAR", ["2019-10-01 00:00:00 UTC"], "year-month-day"),
    ("VARCHAR", ["12/1/2010 8:26", "12/31/2010", "1/13/2010 8:26:01 PM"], "month/day/year"),
    ("VARCHAR", ["1/12/2010 8:26", "31/12/2010"], "day/month/year"),
    ("VARCHAR", ["12/1/10 8:26"], "month/day/year"),
    ("VARCHAR", ["01.12.2010", "1.12.2010 08:26"], "day.month.year"),
    ("VARCHAR", ["1 Dec 2010"], "day month year"),
    ("VARCHAR", ["1291191960", "1291191960000", "1291191960.5", "20101201"], "numbers"),
    ("BIGINT", ["1291191960", "1291191960000", "20101201"], "numbers"),
    ("DOUBLE", ["1291191960.0"], "numbers"),
    ("DATE", ["2010-12-01"], "dates"),
    ("TIMESTAMP", ["2010-12-01 08:26:00"], "dates"),
    ("TIMESTAMP_NS", ["2010-12-01 08:26:00.5"], "dates"),
    ("TIMESTAMPTZ", ["2010-12-01 10:26:00+02"], "dates"),
]


def _read(kind: str, values: list[str]) -> tuple[str, list[str | None]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        connection.execute(
            f"CREATE TABLE t AS SELECT CAST(unnest($1) AS {kind}) AS moment", [values]
        ).fetchall()
        column_type = connection.execute("SELECT typeof(moment) FROM t LIMIT 1").fetchall()[0][0]
        reading = find_reading(connection, "t", column="moment", kind=column_type)
        found = connection.execute(
            f"SELECT strftime(make_timestamp(({reading.sql}) * 1000000), '%Y-%m-%d %H:%M') FROM t"
        ).fetchall()
    return reading.label, [row[0] for row in found]


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


def test_the_order_of_day_and_month_is_that_of_the_whole_column() -> None:
    assert _read("VARCHAR", ["01/02/2024", "13/02/2024"])[1] == [
        "2024-02-01 00:00",
        "2024-02-13 00:00",
    ]
