"""The lines of a shelf: products with a reason and where they come from, and what fills it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.releases.build import POPULAR
from recsys.releases.live import LiveView, stock_words
from recsys.releases.tables import SHOWN
from recsys.shelves.ranking import Ranked
from recsys.shelves.reasons import popular
from recsys.types import Mark, Shelf, ShelfItem, ShelfName, Step
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


def shelf_of(
    view: LiveView,
    placement: ShelfName,
    lines: Sequence[Line],
    removed: Mapping[str, int],
    *,
    asked: int,
    fallback: str = "",
    neighbours: Sequence[Mapping[str, Any]] = (),
    marks: Mapping[int, tuple[Mark, ...]] = MappingProxyType({}),
    steps: Sequence[Step] = (),
    notes: Sequence[str] = (),
) -> Shelf:
    """Return the shelf of some lines.

    Parameters
    ----------
    marks
        Row -> what rules and settings did to it.
    """
    fields = item_fields(view, np.array([line.row for line in lines], np.int64))
    ids = view.release.item_ids
    items = [
        ShelfItem(
            item_id=ids.id(line.row),
            rank=place,
            score=line.score,
            reason=line.reason,
            fields=field,
            badge=line.badge,
            marks=marks.get(line.row, ()),
        )
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
        rule_set_id=view.book.rule_set_id,
        steps=list(steps),
        notes=list(notes),
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
