"""What the catalogue tells: unsold products, missing names and prices, empty columns."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.data.findings.base import Bench, Finding, rows_do
from recsys.data.side_tables import Field

_NEEDED = ("name", "category", "price")
_FILLED = 0.1


def check_unsold(bench: Bench) -> list[Finding]:
    """Find products of the catalogue without interactions among the rows that are left."""
    if not bench.coded.catalogues:
        return []
    where = f"n NOT IN (SELECT i FROM {bench.left} WHERE i IS NOT NULL)"
    number = bench.count(where, "items_made")
    if not number:
        return []
    return [
        Finding(
            code="unsold",
            about="items",
            message=rows_do(number, "has no interactions", "have no interactions", noun="product"),
            count=number,
            severity="note",
            advice="They may be new: by their text and category they can still be recommended. The"
            " fix leaves them out of the catalogue.",
            examples=_ids(bench, where),
            fix="Leave them out",
            reason="describes a product without interactions",
            items=where,
        )
    ]


def check_metadata(bench: Bench, fields: Sequence[Field]) -> list[Finding]:
    """Find products that lack a name, a category or a price, so cannot be shown while new."""
    columns = {field.role: field.column for field in fields}
    lacks = {role: f"{columns[role]} IS NULL" if role in columns else "true" for role in _NEEDED}
    where = " OR ".join(lacks.values())
    each = ", ".join(f"count(*) FILTER ({lack})" for lack in (where, *lacks.values()))
    number, *counts = bench.run(f"SELECT {each} FROM items_made")[0]
    if not number:
        return []
    missing = ", ".join(
        f"{role} {count:,}" for role, count in zip(_NEEDED, counts, strict=True) if count
    )
    words = "a name, a category or a price"
    return [
        Finding(
            code="metadata",
            about="items",
            message=rows_do(number, f"lacks {words}", f"lack {words}", noun="product"),
            count=number,
            severity="note",
            advice=f"Missing: {missing}. A new product is placed by these until it has buyers."
            " Nothing is left out.",
            examples=_ids(bench, where),
        )
    ]


def check_filled(bench: Bench, fields: Sequence[Field]) -> list[Finding]:
    """Find columns that hardly any product has a value in; those with a role are only told."""
    if not fields:
        return []
    counts = ", ".join(f"count({field.column})" for field in fields)
    everything, *filled = bench.run(f"SELECT count(*), {counts} FROM items_made")[0]
    empty = [
        (field, number)
        for field, number in zip(fields, filled, strict=True)
        if number < _FILLED * everything
    ]
    if not empty:
        return []
    without = tuple(field.name for field, _ in empty if not field.role)
    advice = "A filter, a map colour or a segment by such a column would be empty for most."
    if without:
        advice += " The fix leaves the columns out"
        advice += ", but for those that have a role." if len(without) < len(empty) else "."
    few = f"filled for fewer than {_FILLED:.0%} of the products"
    return [
        Finding(
            code="empty_columns",
            about="items",
            message=rows_do(len(empty), f"is {few}", f"are {few}", noun="column"),
            count=len(empty),
            severity="note",
            advice=advice,
            examples=tuple(
                f"{field.name[:60]}: {number / everything:.1%}" for field, number in empty[:5]
            ),
            fix="Leave the columns out" if without else "",
            without=without,
        )
    ]


def _ids(bench: Bench, where: str) -> tuple[str, ...]:
    some = bench.run(f"SELECT item_id FROM items_made WHERE {where} ORDER BY item_id LIMIT 5")
    return tuple(str(one)[:80] for (one,) in some)
