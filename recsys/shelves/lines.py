"""The lines of a shelf: products with a reason and where they come from, and what fills it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Rows
from recsys.releases.build import CONTENT, POPULAR
from recsys.releases.engine import asked_of
from recsys.releases.live import LiveView, stock_words
from recsys.releases.tables import SHOWN
from recsys.shelves.ranking import Ranked, rank
from recsys.shelves.reasons import like, popular
from recsys.types import Filters, Shelf, ShelfItem, ShelfName
from recsys.vectors.base import Part

BY_MODEL, BY_WORDS, IS_POPULAR, IS_NEW = "by the model", "by words", "popular", "new"
NO_ROWS = np.empty(0, np.int32)
ASK_POPULAR = Part(POPULAR, np.ones(1, np.float32))


class Line(NamedTuple):
    """One product of a shelf to be."""

    row: int
    score: float
    reason: str
    source: str = BY_MODEL
    badge: str = ""


def lines_of(
    view: LiveView, found: Ranked, reasons: Sequence[str], source: str = BY_MODEL, badge: str = ""
) -> list[Line]:
    """Return what was found with its reasons; where there is none, how popular it is.

    What nobody bought yet has the badge of a new product.
    """
    instead = popular(view.release, found.rows)
    buyers = view.release.buyers
    return [
        Line(int(row), float(score), reason or other, source, badge if buyers[row] else IS_NEW)
        for row, score, reason, other in zip(
            found.rows, found.scores, reasons, instead, strict=True
        )
    ]


def filled_up(
    view: LiveView,
    lines: list[Line],
    *,
    n: int,
    filters: Filters,
    without: Mapping[str, Rows] = MappingProxyType({}),
    asked: Rows = NO_ROWS,
) -> list[Line]:
    """Add popular products to a shelf that is too short; each says so, and scores no more."""
    if len(lines) >= n:
        return lines
    there = np.array([line.row for line in lines], np.int32)
    beside = np.concatenate([asked, there]).astype(np.int32)
    found = rank(
        view, ASK_POPULAR, n=n - len(lines), filters=filters, without=without, asked=beside
    )
    reasons = popular(view.release, found.rows)
    more = lines_of(view, found, reasons, IS_POPULAR, IS_POPULAR)
    least = min([0.0, *(line.score for line in lines)])
    return lines + [line._replace(score=least) for line in more]


def by_words(
    view: LiveView, item: int, lines: list[Line], *, n: int, filters: Filters
) -> list[Line]:
    """Add products whose words are like those of one product."""
    content = view.release.content
    query = None if content is None else content.item_query(item)
    if len(lines) >= n or content is None or query is None:
        return lines
    beside = np.array([item, *(line.row for line in lines)], np.int32)
    found = rank(
        view,
        asked_of(CONTENT, content, query, cosine=True),
        n=n - len(lines),
        filters=filters,
        without={},
        asked=beside,
    )
    more = lines_of(view, found, like(view.release, item, found.rows), BY_WORDS)
    # Each list has scores of its own; below a model's they stand as 0.
    return lines + ([line._replace(score=0.0) for line in more] if lines else more)


def popular_shelf(
    view: LiveView,
    placement: ShelfName,
    *,
    n: int,
    filters: Filters,
    why: str,
    without: Mapping[str, Rows] = MappingProxyType({}),
    asked: Rows = NO_ROWS,
) -> Shelf:
    """Return the products most shoppers bought lately, labelled with why they stand here.

    Where even these are none, the shelf is empty and nothing is labelled.
    """
    found = rank(view, ASK_POPULAR, n=n, filters=filters, without=without, asked=asked)
    lines = lines_of(view, found, popular(view.release, found.rows), IS_POPULAR, IS_POPULAR)
    fallback = f"Popular products: {why}" if lines else ""
    return shelf_of(view, placement, lines, found.removed, asked=n, fallback=fallback)


def shelf_of(
    view: LiveView,
    placement: ShelfName,
    lines: Sequence[Line],
    removed: Mapping[str, int],
    *,
    asked: int,
    fallback: str = "",
    neighbours: Sequence[Mapping[str, Any]] = (),
) -> Shelf:
    """Return the shelf of some lines."""
    fields = item_fields(view, np.array([line.row for line in lines], np.int64))
    ids = view.release.item_ids
    items = [
        ShelfItem(ids.id(line.row), place, line.score, line.reason, field, line.badge)
        for place, (line, field) in enumerate(zip(lines, fields, strict=True), 1)
    ]
    return Shelf(
        placement=placement,
        release_id=view.release.id,
        items=items,
        asked=asked,
        removed=dict(removed),
        fallback=fallback,
        neighbours=[dict(neighbour) for neighbour in neighbours],
        made_of=dict(Counter(line.source for line in lines)),
    )


def item_fields(view: LiveView, rows: NDArray[Any]) -> list[dict[str, Any]]:
    """Return the allowed catalogue fields of some items, with live stock and price.

    All have the same fields; what is unknown is None.
    """
    catalogue = view.release.catalogue
    present = [name for name in SHOWN if name in catalogue.column_names and name != "stock"]
    found: list[dict[str, Any]] = [{} for _ in rows]
    for name in present:
        values = catalogue.column(name).take(rows).to_pylist()
        for fields, value in zip(found, values, strict=True):
            fields[name] = value
    priced = "price" in present or bool(view.repriced)
    for row, fields in zip(rows, found, strict=True):
        if priced:
            price = float(view.price[row])
            fields["price"] = None if np.isnan(price) else price
        fields["stock"] = stock_words(int(view.stock[row]))
    return found
