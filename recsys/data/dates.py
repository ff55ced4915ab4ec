"""Find out how a shop writes its dates, once for the whole column, and read them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from recsys.data import values

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
    iso = DateReading("year-month-day", _seconds(f"TRY_CAST({column} AS TIMESTAMPTZ)"))
    numbers = DateReading("numbers", _from_number(column))
    written = [
        DateReading(label, _seconds(f"try_strptime({column}, {_formats(date)})"))
        for label, date in _WRITTEN
    ]
    readings = [iso, numbers, *written]
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    step = max(1, rows // _SAMPLE_ROWS)
    sample = f"(SELECT {column} FROM {table} WHERE rowid % {step} = 0)"
    found: list[int] = []
    for reading in readings:
        query = f"SELECT count({column}), count({reading.sql}) FROM {sample}"
        there, read = connection.execute(query).fetchall()[0]
        if there == read:
            return reading
        found.append(read)
    return readings[found.index(max(found))]


def _formats(date: str) -> str:
    return "[" + ", ".join(f"'{date}{time}'" for time in _TIMES) + "]"


def _seconds(moment: str) -> str:
    # try_cast reads the words 'infinity' and 'epoch' as moments, too; the range drops the first
    value = f"TRY_CAST(floor(epoch({moment})) AS BIGINT)"
    return f"CASE WHEN isfinite({moment}) AND {value} {_PLAUSIBLE} THEN {value} END"


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
