"""Whether the day or the month comes first, which the whole column may say."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

# Where no day is above the 12th, so many rows show the order well enough.
_ROWS = 200_000
_TWO_DAYS = 172_800


@dataclass(frozen=True)
class FoundOrder:
    """Which comes first, and whether nothing in the column proves it."""

    day_first: bool
    ambiguous: bool


@dataclass(frozen=True)
class _Fit:
    """How well one order of day and month fits: less of each is better."""

    future: int
    steps: int
    span: int


def find_order(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    *,
    cell: str,
    sign: str,
    day_first: str,
    month_first: str,
) -> FoundOrder:
    """Find out whether the day or the month comes first.

    A part above 12 is a day; when both parts are so now and then, the order that reads more rows
    is taken. Otherwise the order that brings no dates in the future, then the one that goes
    steadily forwards or backwards from row to row, then the one of the shorter span.

    Parameters
    ----------
    sign
        What stands between day and month.
    day_first, month_first
        SQL of both readings.
    """
    day, month, point = "(1[3-9]|[23][0-9])", "(0?[1-9]|1[0-2])", f"[{sign}]"
    first, second = connection.execute(
        f"SELECT count(*) FILTER (regexp_matches(cell, '^{day}{point}{month}{point}')),"
        f" count(*) FILTER (regexp_matches(cell, '^{month}{point}{day}{point}'))"
        f" FROM (SELECT {cell} AS cell FROM {rows})"
    ).fetchall()[0]
    if first or second:
        return FoundOrder(day_first=first >= second, ambiguous=False)
    usual = sign != "/"  # slashes are American as a rule, points and dashes European
    differ, by_day, by_month = _fits(connection, rows, day_first, month_first)
    if not differ:  # each day is that of its month: 05/05/2024
        return FoundOrder(usual, ambiguous=False)
    if sign == ".":
        return FoundOrder(day_first=True, ambiguous=False)
    if bool(by_day.future) != bool(by_month.future):
        return FoundOrder(not by_day.future, ambiguous=True)
    for one, other in ((by_day.steps, by_month.steps), (by_day.span, by_month.span)):
        if abs(one - other) > 0.1 * max(one, other):
            return FoundOrder(one < other, ambiguous=True)
    return FoundOrder(usual, ambiguous=True)


def _fits(
    connection: duckdb.DuckDBPyConnection, rows: str, day_first: str, month_first: str
) -> tuple[int, _Fit, _Fit]:
    """Return how many rows differ between both orders, and how well each fits."""
    read = f"SELECT {day_first} AS day, {month_first} AS month FROM {rows} LIMIT {_ROWS}"
    steps = "SELECT *, day - lag(day) OVER () AS day_step, month - lag(month) OVER () AS month_step"
    # a file of the newest orders first is in order, too
    figures = ", ".join(
        f"count(*) FILTER ({one} > epoch(now()) + {_TWO_DAYS}),"
        f" least(count(*) FILTER ({one}_step < 0), count(*) FILTER ({one}_step > 0)),"
        f" coalesce(max({one}) - min({one}), 0)"
        for one in ("day", "month")
    )
    found = connection.execute(
        f"SELECT count(*) FILTER (day <> month), {figures} FROM ({steps} FROM ({read}))"
    ).fetchall()[0]
    return found[0], _Fit(*found[1:4]), _Fit(*found[4:])
