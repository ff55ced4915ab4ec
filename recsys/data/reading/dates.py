"""Find out how a shop writes its dates, once for the whole column, and read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from recsys.data.reading import values

# 1900 to 2199: what lies outside is a misread year or a broken clock, not a purchase.
_PLAUSIBLE = "BETWEEN -2208988800 AND 7258118399"
_SAMPLE_ROWS = 100_000
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")

# A day and month that could be swapped: the first that reads most rows wins, so American order
# is taken only when European order does not read more.
_WRITTEN = (
    ("month/day/year", "%m/%d/%Y"),
    ("day/month/year", "%d/%m/%Y"),
    ("month/day/year", "%m/%d/%y"),
    ("day/month/year", "%d/%m/%y"),
    ("day.month.year", "%d.%m.%Y"),
    ("day.month.year", "%d.%m.%y"),
    ("day-month-year", "%d-%m-%Y"),
    ("day month year", "%d %b %Y"),
    ("day-month-year", "%d-%b-%Y"),
    ("month day, year", "%b %d, %Y"),
)


@dataclass(frozen=True)
class DateReading:
    """How dates are read: in words, and as SQL that gives seconds since the epoch or NULL."""

    label: str
    sql: str


def is_moment(kind: str) -> bool:
    """Tell whether a type is one of dates and times already."""
    return kind.startswith("TIMESTAMP") or kind == "DATE"


def find_reading(
    connection: duckdb.DuckDBPyConnection, table: str, *, column: str, kind: str
) -> DateReading:
    """Find the one way of reading dates that fits a column best.

    Parameters
    ----------
    table, column, kind
        A table of the connection, its column (text without blanks around it, a number, or a
        moment), and the type of that column.
    """
    if is_moment(kind):
        return DateReading("dates", _seconds(column))
    if values.is_number(kind):
        return DateReading("numbers", _from_number(column))
    sample = f"(SELECT {column} FROM {table} USING SAMPLE {_SAMPLE_ROWS} ROWS)"

    def count(sql: str) -> int:
        return connection.execute(f"SELECT count({sql}) FROM {sample}").fetchall()[0][0]

    candidates = [
        ("year-month-day", "", _seconds(f"TRY_CAST({column} AS TIMESTAMPTZ)")),
        ("numbers", "", _from_number(column)),
        *((label, date, _written(column, date, _TIMES)) for label, date in _WRITTEN),
    ]
    there, most, (label, date, sql) = count(column), -1, candidates[0]
    for candidate in candidates:
        read = count(candidate[2])
        if read > most:
            most, (label, date, sql) = read, candidate
        if read == there:
            break
    if date:  # formats are tried in turn: the likeliest first is 15 times as fast
        times = sorted(_TIMES, key=lambda time: -count(_written(column, date, [time])))
        sql = _written(column, date, times)
    return DateReading(label, sql)


def _written(column: str, date: str, times: Sequence[str]) -> str:
    formats = ", ".join(f"'{date}{time}'" for time in times)
    return _seconds(f"try_strptime({column}, [{formats}])")


def _seconds(moment: str) -> str:
    value = f"TRY_CAST(floor(epoch({moment})) AS BIGINT)"
    return f"CASE WHEN {value} {_PLAUSIBLE} THEN {value} END"


def _from_number(column: str) -> str:
    """Read seconds, milliseconds or microseconds since 1970, or a day written as 20101201."""
    value = f"TRY_CAST({column} AS DOUBLE)"
    day = f"try_strptime(CAST(TRY_CAST({value} AS BIGINT) AS VARCHAR), '%Y%m%d')"
    scaled = (
        f"CASE WHEN {value} BETWEEN 19000101 AND 21991231 THEN epoch({day})"
        f" WHEN abs({value}) < 1e11 THEN {value}"
        f" WHEN abs({value}) < 1e14 THEN {value} / 1e3"
        f" ELSE {value} / 1e6 END"
    )
    seconds = f"TRY_CAST(floor({scaled}) AS BIGINT)"
    return f"CASE WHEN {seconds} {_PLAUSIBLE} THEN {seconds} END"
