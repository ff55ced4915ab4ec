"""Find out how a shop writes its dates, once for the whole column, and read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import duckdb

from recsys.data.reading import shapes, values
from recsys.data.reading.date_order import find_order
from recsys.data.reading.date_shapes import Family, Written, written

DateOrder = Literal["auto", "day first", "month first"]

# 1900 to 2199: what lies outside is a misread year or a broken clock, not a purchase. The first
# second of 1900 is what DuckDB takes "infinity" and "epoch" for, in any format.
_PLAUSIBLE = "BETWEEN -2208988799 AND 7258118399"
# A spreadsheet counts days from the end of 1899; these are 1990 to 2100.
_SERIAL = "BETWEEN 32874 AND 73415"
_SERIAL_1970 = 25569
_LABELS: dict[Family, str] = {
    "iso": "year-month-day",
    "number": "numbers",
    "slashed": "year/month/day",
    "dotted": "year.month.day",
    "day month": "day month year",
    "month day": "month day, year",
    "year month": "year month day",
}
# What stands in front of the time, put as day, month in three letters, year.
_WORD = r"([a-zä]{3})[a-zä]*\.?"
_NAMED: dict[Family, tuple[str, str]] = {
    "day month": (rf"^(\d\d?)(?:st|nd|rd|th|\.)?[\s/,-]*{_WORD}[\s/,-]*(\d+)", r"\1 \2 \3"),
    "month day": (rf"^{_WORD}[\s-]*(\d\d?)(?:st|nd|rd|th)?[\s,-]+(\d+)", r"\2 \1 \3"),
    "year month": (rf"^(\d+)[\s/-]*{_WORD}[\s/-]*(\d\d?)", r"\3 \2 \1"),
}
_WEEKDAY = r"^(?:mon?|tue|wed|thu|fri?|sat?|sun|di|mi|do|so)[a-z]*[.,]*\s+"
_USUAL_TIMES = ("", " %H:%M", " %H:%M:%S")
_GERMAN = {"mär": "Mar", "mae": "Mar", "mai": "May", "okt": "Oct", "dez": "Dec"}


@dataclass(frozen=True)
class DateReading:
    """How the dates of a column are read.

    Attributes
    ----------
    label
        In words, such as "month/day/year".
    sql
        BIGINT seconds since the epoch in UTC, or NULL where the cell is no date.
    ambiguous
        Day and month could as well be swapped; nothing in the column says which is which.
    example
        "01/12/2010 read as 1 Dec 2010"; empty when nothing can be read.
    """

    label: str
    sql: str
    ambiguous: bool = False
    example: str = ""


def is_moment(kind: str) -> bool:
    """Tell whether a type is one of dates and times already."""
    return kind.startswith("TIMESTAMP") or kind == "DATE"


def find_reading(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    *,
    column: str,
    kind: str,
    order: DateOrder = "auto",
) -> DateReading:
    """Find the one way of reading dates that fits a column best.

    The whole column says whether the day or the month comes first. Where it does not, the reading
    without dates in the future is taken, then the one that is more in the order of the rows, then
    the one of fewer days; and the result says that it is ambiguous.

    Parameters
    ----------
    rows, column, kind
        What to write after FROM, its column, and the type of that column. Times without a zone
        are UTC when the connection's time zone is.
    order
        What the user says about it.
    """
    cell = values.text(column, kind)
    ambiguous = False
    if is_moment(kind):
        label, sql = "dates", _seconds(f"epoch({column})")
    elif values.is_number(kind):
        label, sql = _numbers(connection, rows, column)
    else:
        ways = _ways(connection, rows, column, cell)
        family = ways[0].family
        if family == "number":
            label, sql = _numbers(connection, rows, cell)
        elif family in ("/", "-", "."):
            first, second = _both_orders(cell, family, ways)
            found = find_order(
                connection, rows, cell=cell, sign=family, day_first=first, month_first=second
            )
            day_first = found.day_first if order == "auto" else order == "day first"
            ambiguous = order == "auto" and found.ambiguous
            sql = first if day_first else second
            label = family.join(("day", "month", "year") if day_first else ("month", "day", "year"))
        else:
            label, sql = _LABELS[family], _one_order(cell, family, ways)
    return DateReading(label, sql, ambiguous, _example(connection, rows, cell, sql))


def _ways(
    connection: duckdb.DuckDBPyConnection, rows: str, column: str, cell: str
) -> list[Written]:
    """Return how dates of the most frequent family are written, likeliest first."""
    count: Counter[Written] = Counter()
    for shape in shapes.of_column(connection, rows, column=column, cell=cell):
        way = written(shape.text)
        if way is not None:
            count[way] += shape.rows
    families: Counter[Family] = Counter()
    for way, number in count.items():
        families[way.family] += number
    family: Family = families.most_common(1)[0][0] if families else "iso"
    # trying the likeliest format first is 15 times as fast as the others before it
    ways = [way for way, _ in count.most_common() if way.family == family]
    return ways or [Written(family)]


def _both_orders(cell: str, sign: str, ways: Sequence[Written]) -> tuple[str, str]:
    """Return SQL for dates with the day first, and with the month first."""
    day_first = _formatted(cell, f"%d{sign}%m{sign}{{year}}", ways)
    month_first = _formatted(cell, f"%m{sign}%d{sign}{{year}}", ways)
    return _seconds(day_first), _seconds(month_first)


def _one_order(cell: str, family: Family, ways: Sequence[Written]) -> str:
    """Return SQL for dates whose day and month cannot be mixed up."""
    if family == "iso":
        return _seconds(_iso(cell, ways))
    if family in ("slashed", "dotted"):
        sign = "/" if family == "slashed" else "."
        return _seconds(_formatted(cell, sign.join(("%Y", "%m", "%d")), ways))
    pattern, order = _NAMED[family]
    weekday = any(way.weekday for way in ways)
    text = f"regexp_replace({cell}, '{_WEEKDAY}', '', 'i')" if weekday else cell
    text = f"regexp_replace({text}, '{pattern}', '{order}', 'i')"
    for german, english in _GERMAN.items() if any(way.german for way in ways) else ():
        text = f"regexp_replace({text}, '^(\\d+) {german}', '\\1 {english}', 'i')"
    return _seconds(_formatted(text, "%d %b {year}", ways))


def _iso(cell: str, ways: Sequence[Written]) -> str:
    """Return SQL for year-month-day: a cast reads nearly all, a format reads faster."""
    readings = [f"epoch(TRY_CAST({cell} AS TIMESTAMPTZ))"]
    likeliest = ways[0]
    if likeliest.plain and not likeliest.zoned:
        readings.insert(0, f"epoch(try_strptime({cell}, ['%Y-%m-%d{likeliest.time}']))")
    odd = [way for way in ways if not way.plain]
    if odd:
        readings.append(_formatted(cell, "%Y-%m-%d", odd))
    return f"coalesce({', '.join(readings)})"


def _formatted(cell: str, date: str, ways: Sequence[Written]) -> str:
    """Return SQL that tries the formats in turn; ``date`` may have a ``{year}``."""
    # "%Y" would take the 10 of 12/1/10 for the year 10
    ordered = sorted(ways, key=lambda way: way.year == "%Y")
    readings: list[str] = []
    for zoned in (False, True):
        formats = [date.format(year=way.year) + way.time for way in ordered if way.zoned == zoned]
        if formats and not zoned:  # what a sample may have missed
            years = dict.fromkeys(way.year for way in ordered)
            formats += [date.format(year=year) + time for year in years for time in _USUAL_TIMES]
        if formats:
            listed = ", ".join(f"'{one}'" for one in dict.fromkeys(formats))
            readings.append(f"epoch(try_strptime({cell}, [{listed}]))")
    return f"coalesce({', '.join(readings)})"


def _seconds(epoch: str) -> str:
    value = f"TRY_CAST(floor({epoch}) AS BIGINT)"
    return f"CASE WHEN {value} {_PLAUSIBLE} THEN {value} END"


def _numbers(connection: duckdb.DuckDBPyConnection, rows: str, cell: str) -> tuple[str, str]:
    """Read days of a spreadsheet where nearly all numbers could be such, else moments."""
    value = f"TRY_CAST({cell} AS DOUBLE)"
    query = f"SELECT count(value), count(*) FILTER (value {_SERIAL}) FROM (SELECT {value} AS value"
    there, serial = connection.execute(f"{query} FROM {rows})").fetchall()[0]
    if there and serial >= 0.95 * there:
        seconds = f"CAST(round(({value} - {_SERIAL_1970}) * 86400) AS BIGINT)"
        return "day numbers of a spreadsheet", f"CASE WHEN {value} {_SERIAL} THEN {seconds} END"
    return "numbers", _from_number(value)


def _from_number(value: str) -> str:
    """Read seconds or their thousandths since 1970, or a moment written as 20101201082600."""
    digits = f"CAST(TRY_CAST({value} AS BIGINT) AS VARCHAR)"
    scaled = (
        f"CASE WHEN {value} BETWEEN 19000101 AND 21991231"
        f" THEN epoch(try_strptime({digits}, '%Y%m%d'))"
        f" WHEN {value} BETWEEN 190001010000 AND 219912312359"
        f" THEN epoch(try_strptime({digits}, '%Y%m%d%H%M'))"
        f" WHEN {value} BETWEEN 19000101000000 AND 21991231235959"
        f" THEN epoch(try_strptime({digits}, '%Y%m%d%H%M%S'))"
        f" WHEN abs({value}) < 1e11 THEN {value}"
        f" WHEN abs({value}) < 1e14 THEN {value} / 1e3"
        f" WHEN abs({value}) < 1e17 THEN {value} / 1e6"
        f" ELSE {value} / 1e9 END"
    )
    seconds = f"TRY_CAST(floor({scaled}) AS BIGINT)"
    return f"CASE WHEN {seconds} {_PLAUSIBLE} THEN {seconds} END"


def _example(connection: duckdb.DuckDBPyConnection, rows: str, cell: str, sql: str) -> str:
    """Return the first cell that is read, and as what."""
    query = f"SELECT {cell} AS cell, {sql} AS seconds FROM {rows}"
    found = connection.execute(
        f"SELECT left(cell, 40), seconds FROM ({query}) WHERE seconds IS NOT NULL LIMIT 1"
    ).fetchall()
    if not found:
        return ""
    text, seconds = found[0]
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{text} read as {moment.day} {moment:%b %Y}"
