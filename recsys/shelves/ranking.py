from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.models.spaces import Query
from recsys.releases.live import LiveView
from recsys.types import Filters
from recsys.vectors.base import Where

# More out-of-date rows than this are checked after the engine's answer instead of inside it.
_MOST_OR_ROWS = 5_000


@dataclass(frozen=True)
class Ranked:
    """The items that stand on a shelf, best first, and what was taken out on the way.

    ``removed`` counts only products that scored high enough to stand here: those above the last
    one shown.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    removed: dict[str, int]


def rank(
    view: LiveView,
    vector: str,
    query: Query,
    *,
    n: int,
    filters: Filters,
    without: Mapping[str, NDArray[np.int32]],
) -> Ranked:
    """Ask the engine for the nearest items and take out what may not be shown.

    Category and price narrow the search inside the engine. Sold-out, hidden and already bought
    items are fetched and then dropped by row number: that is faster than a filter of ids, holds
    for stock that changed a second ago, and lets every drop be counted.

    Parameters
    ----------
    without
        Reason -> rows that are left out for it.
    """
    where = _where(view, filters)
    total = len(view.stock)
    limit = min(total, n + sum(len(rows) for rows in without.values()) + 2 * n)
    while True:
        hits = view.release.index.query(
            vector, query.values, indices=query.indices, limit=limit, where=where
        )
        reasons = drop_reasons(view, hits.rows, filters, without)
        kept = np.flatnonzero(reasons == "")
        exhausted = len(hits.rows) < limit or limit >= total
        if len(kept) >= n or exhausted:
            break
        limit = min(total, limit * 4)
    kept = kept[:n]
    above = reasons[: kept[-1] + 1] if len(kept) == n else reasons
    return Ranked(hits.rows[kept], hits.scores[kept], count_reasons(above))


def count_reasons(reasons: NDArray[np.str_]) -> dict[str, int]:
    """Return reason -> how many items were taken out for it, most first."""
    names, counts = np.unique(reasons[reasons != ""], return_counts=True)
    found = {str(name): int(count) for name, count in zip(names, counts, strict=True)}
    found.pop(_NOT_COUNTED, None)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


# What the engine let through only because its stored numbers are out of date.
_NOT_COUNTED = "outside the filter"


def drop_reasons(
    view: LiveView,
    rows: NDArray[np.int64],
    filters: Filters,
    without: Mapping[str, NDArray[np.int32]],
) -> NDArray[np.str_]:
    """Return for each row why it may not be shown now; empty text when it may.

    A row with several reasons gets the first of: hidden, outside the filter, the given ones in
    their order, sold out.
    """
    reasons = np.full(len(rows), "", dtype="U40")
    stock, price = view.stock[rows], view.price[rows]
    reasons[stock < max(filters.min_stock, 1)] = (
        "sold out" if filters.min_stock <= 1 else f"with fewer than {filters.min_stock} in stock"
    )
    for reason, left_out in reversed(list(without.items())):
        reasons[np.isin(rows, left_out)] = reason
    outside = np.zeros(len(rows), np.bool_)
    if filters.price_min is not None:
        outside |= ~(price >= filters.price_min)
    if filters.price_max is not None:
        outside |= ~(price <= filters.price_max)
    if filters.category is not None:
        outside |= view.release.category_codes[rows] != _code(view, filters.category)
    reasons[outside] = _NOT_COUNTED
    reasons[view.hidden[rows]] = "hidden now"
    return reasons


def _code(view: LiveView, category: str) -> int:
    categories = view.release.categories
    return categories.index(category) if category in categories else -2


def _where(view: LiveView, filters: Filters) -> Where | None:
    """Return what the engine can filter: never less than what may be shown."""
    equals = {} if filters.category is None else {"category": filters.category}
    ranges: dict[str, tuple[float | None, float | None]] = {}
    fits = len(view.changed) <= _MOST_OR_ROWS
    if fits and (filters.price_min is not None or filters.price_max is not None):
        ranges["price"] = (filters.price_min, filters.price_max)
    if fits and filters.min_stock > 1:
        ranges["stock"] = (filters.min_stock, None)
    if not equals and not ranges:
        return None
    return Where(equals=equals, ranges=ranges, or_rows=view.changed if ranges else frozenset())
