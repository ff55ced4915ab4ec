"""Dates before the shop opened."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from recsys.data.findings.base import Bench, Finding, rows_do

_DAY = 86_400
# No shop sold online before; what says so is mostly an empty date that became 1970 or 1900.
_FIRST = int(dt.datetime(1995, 1, 1, tzinfo=dt.UTC).timestamp())
# A gap longer than a year, with hardly any row before it.
_GAP_DAYS = 365
_STRAY = 0.005


def check_early(bench: Bench) -> list[Finding]:
    """Find rows that are older than the shop: before 1995, or far before all others."""
    if "timestamp" not in bench.coded.roles:
        return []
    days = [
        (int(day), int(rows))
        for day, rows in bench.run(
            f"SELECT ts // {_DAY} AS day, count(*) FROM {bench.left} WHERE ts IS NOT NULL"
            " GROUP BY day ORDER BY day"
        )
    ]
    opened = _opening(days)
    where = f"ts < {opened * _DAY}"
    number = sum(rows for day, rows in days if day < opened)
    if not number:
        return []
    words = "a date before the shop opened"
    since = dt.datetime.fromtimestamp(opened * _DAY, tz=dt.UTC).date().isoformat()
    return [
        Finding(
            code="early",
            message=rows_do(number, f"has {words}", f"have {words}"),
            count=number,
            advice=f"All others are from {since} or later. A date counts as too early before 1995,"
            " or where more than a year without a single row follows and fewer than 0.5 % of the"
            " rows lie before it.",
            examples=bench.examples("timestamp", where, rows=bench.left),
            fix="Leave these rows out",
            removes=number,
            proposed=True,
            reason=f"has {words}",
            rows=where,
        )
    ]


def _opening(days: list[tuple[int, int]]) -> int:
    """Return the first day that is no stray; 0 rows lie before it where nothing is odd."""
    everything = sum(rows for _, rows in days)
    first = days[0][0] if days else 0
    old = sum(rows for day, rows in days if day * _DAY < _FIRST)
    # a shop of which most rows are older is a record of old times
    if 2 * old < everything:
        first = next((day for day, _ in days if day * _DAY >= _FIRST), first)
    before = 0
    opened = first
    for (day, rows), (following, _) in pairwise(days):
        before += rows
        if before >= _STRAY * everything:
            break
        if following - day > _GAP_DAYS:
            opened = max(opened, following)
    return opened
