"""Lists that are mixed by place, each with reasons of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows
from recsys.releases.build import CONTENT, POPULAR
from recsys.releases.engine import Asked, asked_of
from recsys.releases.live import LiveView
from recsys.shelves.applied import Applied
from recsys.shelves.filtering import inside
from recsys.shelves.lines import (
    ASK_POPULAR,
    BY_MODEL,
    BY_WORDS,
    IS_POPULAR,
    NO_ROWS,
    Line,
    lines_of,
)
from recsys.shelves.ranking import Ranked, rank
from recsys.shelves.reasons import because_of, popular
from recsys.types import Filters
from recsys.vectors.base import Fusion, Part

# Lists of different interests are to take turns: the deeper they are, the more products stand in
# two of them, and at k = 60 two middling places count more than one first place.
_DEPTH = 30
# A longer history says no more about what is near to it.
_MOST_HISTORY = 50

Reasons = Callable[[NDArray[np.int64]], list[str]]


@dataclass(frozen=True)
class Voice:
    """One of the lists that are mixed by place.

    Attributes
    ----------
    parts
        What the engine is asked; their weights add up to 1.
    reasons
        One sentence for each of some rows, empty where there is none.
    """

    parts: tuple[Part, ...]
    source: str
    reasons: Reasons
    badge: str = ""


def voice(asked: Asked, source: str, reasons: Reasons, badge: str = "") -> Voice:
    """Return a list to be mixed by place, whatever its own way of fusing is."""
    parts = asked.parts if isinstance(asked, Fusion) else (replace(asked, weight=1.0),)
    every = sum(part.weight for part in parts)
    scaled = tuple(replace(part, weight=part.weight / every) for part in parts)
    return Voice(scaled, source, reasons, badge)


def mixed(
    view: LiveView,
    voices: Sequence[Voice],
    *,
    n: int,
    filters: Filters,
    without: Mapping[str, Rows],
    asked: Rows = NO_ROWS,
    rules: Applied | None = None,
    pool: int = 0,
) -> tuple[Ranked, Callable[[Ranked], list[Line]]]:
    """Fuse several lists by place; each product has the reason of the list that speaks most for it.

    Parameters
    ----------
    voices
        One at least.

    Returns
    -------
    ranked, tell
        What stands on the list, and what says some of it with its reasons.
    """
    depth = _DEPTH + sum(len(rows) for rows in without.values())
    fusion = Fusion(tuple(part for one in voices for part in one.parts), "rrf", depth)
    ranked = rank(
        view, fusion,
        n=n, filters=filters, without=without, asked=asked, rules=rules, pool=pool,
    )  # fmt: skip

    @cache
    def speaking() -> dict[int, int]:
        adds = np.zeros((len(voices), len(ranked.rows)), np.float32)
        for number, one in enumerate(voices):
            alone = Fusion(one.parts, "rrf", depth)
            hits = view.release.index.fuse(
                alone, limit=depth * len(one.parts), where=inside(view, filters)
            )
            _, here, there = np.intersect1d(ranked.rows, hits.rows, return_indices=True)
            adds[number, here] = hits.scores[there]
        return dict(zip(ranked.rows.tolist(), adds.argmax(axis=0).tolist(), strict=True))

    def tell(some: Ranked) -> list[Line]:
        speaks = np.array([speaking()[row] for row in some.rows.tolist()], np.int64)
        lines: dict[int, Line] = {}
        for number, one in enumerate(voices):
            places = np.flatnonzero(speaks == number)
            mine = Ranked(some.rows[places], some.scores[places], {})
            said = lines_of(view, mine, one.reasons(mine.rows), one.source, one.badge)
            lines |= dict(zip(places.tolist(), said, strict=True))
        return [lines[place] for place in range(len(some.rows))]

    return ranked, tell


def recent_history(view: LiveView, user: int) -> tuple[Rows, Floats]:
    """Return what a shopper bought last (without dates: most often), and how much each counts."""
    items, times, last = view.release.history(user)
    order = np.lexsort((items, -times if last is None else -last))[:_MOST_HISTORY]
    return items[order], np.log1p(times[order]).astype(np.float32)


def model_voice(
    view: LiveView,
    items: Rows,
    weights: Floats,
    asked: Asked | None,
    *,
    verb: str,
    bought: Rows | None = None,
) -> list[Voice]:
    """Return the list of the For You model, or none when it has nothing to ask with."""
    if asked is None:
        return []
    release, space = view.release, view.release.space("for_you")

    def reasons(rows: NDArray[np.int64]) -> list[str]:
        return because_of(release, space, rows, items, weights, verb=verb, bought=bought)

    return [voice(asked, BY_MODEL, reasons)]


def words_voice(view: LiveView, items: Rows, weights: Floats, *, ending: str = "") -> list[Voice]:
    """Return the list of products whose words are like those of some items, or none."""
    content = view.release.content
    query = None if content is None else content.items_query(items, weights)
    if content is None or query is None:
        return []

    def reasons(rows: NDArray[np.int64]) -> list[str]:
        return [
            f"{found}{ending}" if found else ""
            for found in because_of(view.release, content, rows, items, weights, verb="Like")
        ]

    return [voice(asked_of(CONTENT, content, query, cosine=True), BY_WORDS, reasons)]


def popular_voice(view: LiveView) -> Voice:
    """Return the list of popular products."""
    return voice(
        ASK_POPULAR, IS_POPULAR, lambda rows: popular(view.release, rows), badge=IS_POPULAR
    )


def category_voice(view: LiveView, categories: Sequence[str]) -> list[Voice]:
    """Return the list of what is popular in some categories, each with an equal share."""
    if not categories:
        return []
    release = view.release
    ones = np.ones(1, np.float32)
    parts = tuple(Part(POPULAR, ones, equals={"category": one}) for one in categories)

    def reasons(rows: NDArray[np.int64]) -> list[str]:
        within = [release.categories[int(code)] for code in release.category_codes[rows]]
        return popular(release, rows, within)

    return [voice(Fusion(parts, "rrf", _DEPTH), IS_POPULAR, reasons, badge=IS_POPULAR)]
