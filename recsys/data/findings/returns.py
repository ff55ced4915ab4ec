"""Cancellations, and returned pieces netted against their purchase."""

from __future__ import annotations

from typing import Any

from recsys.data.findings.base import Bench, Finding, rows_do

# Of the other orders so many have to be plain numbers before a "C" in front says cancelled.
_NUMBERED = 0.5


def check_cancellations(bench: Bench) -> list[Finding]:
    """Find orders that are marked as cancelled: a number with a C in front of it."""
    if "order_id" not in bench.coded.roles:
        return []
    bench.run(
        "CREATE TABLE cancelled AS SELECT n FROM all_ordr"
        " WHERE regexp_full_match(id, '[Cc][-_ ]?\\d+')"
    )
    marked = bench.count("true", "cancelled")
    numbered = bench.count("regexp_full_match(id, '\\d+')", "all_ordr")
    everything = bench.count("true", "all_ordr")
    if not marked or numbered < _NUMBERED * (everything - marked):
        return []
    where = "o IN (FROM cancelled)"
    number = bench.count(where)
    return [
        Finding(
            code="cancellation",
            message=rows_do(number, "belongs to a cancelled order", "belong to a cancelled order"),
            count=number,
            severity="act",
            advice="Their order number has a C in front of it. A cancellation is no purchase.",
            examples=bench.ids("ordr", "FROM cancelled"),
            fix="Leave these rows out",
            removes=number,
            proposed=True,
            reason="belongs to a cancelled order",
            rows=where,
        )
    ]


def check_returns(bench: Bench) -> list[Finding]:
    """Find purchases that were sent back, whole or in part, by the same shopper.

    Each returned piece is taken off the newest purchase of that product before it (last in, first
    out); a return without an earlier purchase takes nothing.
    """
    if "quantity" not in bench.coded.roles:
        return []
    usable = f"u IS NOT NULL AND i IS NOT NULL AND {_happened(bench)}"
    rows = bench.run(
        "WITH back AS (SELECT place, u, i, ts, quantity FROM coded"
        f" WHERE {usable} AND quantity < 0), sent AS (SELECT DISTINCT u, i FROM back)"
        " SELECT u, i, place, quantity, false AS returned, coalesce(ts, 0) AS moment FROM"
        f" {bench.left} SEMI JOIN sent USING (u, i) WHERE quantity > 0"
        " UNION ALL SELECT u, i, place, -quantity, true, coalesce(ts, 0) FROM back"
        " ORDER BY u, i, moment, place"
    )
    left, matched = _net(rows)
    if not left:
        return []
    _table(bench, "netted", place=list(left), quantity=list(left.values()))
    _table(bench, "sent_back", place=matched)
    whole = sum(quantity <= 0 for quantity in left.values())
    part = len(left) - whole
    return [
        Finding(
            code="returned",
            message=f"{rows_do(whole, 'was sent back', 'were sent back', noun='purchase')[:-1]}"
            f" whole, and {part:,} in part.",
            count=len(left),
            advice="The same shopper returned that product later. The fix takes the returned"
            " pieces off, the newest purchase first; what was sent back whole is left out.",
            examples=bench.examples("item_id", _WHOLE),
            fix="Take returned pieces off",
            removes=bench.count(_SETTLED, bench.left),
            proposed=True,
            reason="was sent back",
            rows=_SETTLED,
            quantities="netted",
        )
    ]


_WHOLE = "place IN (SELECT place FROM netted WHERE quantity <= 0)"
# a return that was taken off its purchase has done its work
_SETTLED = f"({_WHOLE} OR place IN (FROM sent_back))"


def _happened(bench: Bench) -> str:
    """Return the condition of returns that happened, though a fix may have left them out.

    One that was left out for being a return did; a copy of one, or one of another year, did not.
    """
    for_it = "('quantity', 'price', 'cancellation')"
    happened = f"place NOT IN (SELECT place FROM gone WHERE why NOT IN {for_it})"
    if bench.accept or "duplicate" in bench.recipe.fixes:
        happened += " AND place NOT IN (FROM repeats)"
    return happened


def _table(bench: Bench, name: str, **columns: list[Any]) -> None:
    kinds = {"place": "BIGINT", "quantity": "FLOAT"}
    cells = ", ".join(f"unnest(${column}::{kinds[column]}[]) AS {column}" for column in columns)
    bench.connection.execute(f"CREATE TABLE {name} AS SELECT {cells}", columns).fetchall()


def _net(
    rows: list[tuple[int, int, int, float, bool, int]],
) -> tuple[dict[int, float], list[int]]:
    """Return what is left of each purchase that lost pieces, and the returns that took them.

    Both by place; a return that found too few pieces is not among them.
    """
    left: dict[int, float] = {}
    matched: list[int] = []
    bought: list[list[float]] = []
    pair: tuple[int, int] | None = None
    for user, item, place, quantity, returned, _ in rows:
        if (user, item) != pair:
            pair, bought = (user, item), []
        if not returned:
            bought.append([place, quantity])
            continue
        rest = quantity
        while rest > 0 and bought:
            newest = bought[-1]
            taken = min(rest, newest[1])
            newest[1] -= taken
            rest -= taken
            left[int(newest[0])] = newest[1]
            if newest[1] <= 0:
                bought.pop()
        if rest <= 0:
            matched.append(place)
    return left, matched
