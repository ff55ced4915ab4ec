"""For You where purchases say little: stated preferences, thin histories, and new products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows
from recsys.models.spaces import Query
from recsys.releases.engine import asked_of
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.shelves.lines import IS_NEW, Line, filled_up, popular_shelf, shelf_of
from recsys.shelves.ranking import shown
from recsys.shelves.reasons import because_of, because_word
from recsys.shelves.voices import (
    Voice,
    category_voice,
    mixed,
    model_voice,
    popular_voice,
    words_voice,
)
from recsys.types import Filters, Shelf

BOUGHT = "bought before"
YOU_BOUGHT = "Because you bought"
# A longer history says no more about which new product is near to it.
_MOST_HISTORY = 50


def thin(
    view: LiveView, user: int, *, n: int, filters: Filters, without: Mapping[str, Rows]
) -> tuple[list[Line], dict[str, int], str]:
    """Mix the model's list, if there is one, with similar and popular products.

    Returns
    -------
    lines, removed, fallback
        What stands on the shelf, reason -> how many were taken out, and why it is mixed.
    """
    voices = _own(view, user)
    voices += words_voice(view, *_recent_history(view, user), ending=" you bought")
    voices.append(popular_voice(view))
    lines, removed = mixed(view, voices, n=n, filters=filters, without=without)
    count = len(view.release.history(user)[0])
    products = f"{count} product{'' if count == 1 else 's'}"
    why = f"Mixed with similar and popular products: {products} bought so far"
    return lines, removed, why


def _own(view: LiveView, user: int) -> list[Voice]:
    """Return the list of a shopper's own history; none without one."""
    space = view.release.space("for_you")
    query = space.shopper_query(user)
    asked = None if query is None else asked_of("for_you", space, query)
    verb = because_word(view.release, "for_you", otherwise=YOU_BOUGHT)
    bought = view.release.history(user)[0]
    return model_voice(view, *space.history(user), asked, verb=verb, bought=bought)


def preferred_shelf(
    view: LiveView,
    user: int | None,
    liked: Rows,
    categories: Sequence[str],
    *,
    n: int,
    filters: Filters,
    again: bool,
) -> Shelf:
    """Return For You from what a shopper says they like, and from what they bought."""
    space = view.release.space("for_you")
    ones = np.ones(len(liked), np.float32)
    query = None if space.kind == "scores" else space.items_query(liked, ones)
    asked = None if query is None else asked_of("for_you", space, query)
    voices = model_voice(view, liked, ones, asked, verb="Because you like")
    if not voices:
        voices = words_voice(view, liked, ones)
    voices += category_voice(view, categories)
    without: dict[str, Rows] = {}
    if user is not None:
        voices += _own(view, user)
        without = {} if again else {BOUGHT: view.release.history(user)[0]}
    fallback = "" if user is not None else "By stated preferences: unknown shopper"
    lines, removed = mixed(view, voices, n=n, filters=filters, without=without, asked=liked)
    if not lines:
        why = "nothing that is like the stated preferences can be shown"
        return popular_shelf(
            view, "for_you", n=n, filters=filters, why=why, without=without, asked=liked
        )
    lines = filled_up(view, lines, n=n, filters=filters, without=without, asked=liked)
    return shelf_of(view, "for_you", lines, removed, asked=n, fallback=fallback)


def _recent_history(view: LiveView, user: int) -> tuple[Rows, Floats]:
    """Return what a shopper bought last (without dates: most often), and how much each counts."""
    items, times, last = view.release.history(user)
    order = np.lexsort((items, -times if last is None else -last))[:_MOST_HISTORY]
    return items[order], np.log1p(times[order]).astype(np.float32)


def explored(
    view: LiveView, lines: list[Line], user: int, *, n: int, filters: Filters
) -> list[Line]:
    """Give every so many-th place to a product that nobody bought yet, nearest by its words.

    Sold-out and hidden ones stay out, and so do those outside the filters.
    """
    release = view.release
    every = release.cold.explore_every
    places = min(n, len(lines)) // every if every else 0
    if not places or not len(release.new_items):
        return lines
    content = release.content
    items, weights = _recent_history(view, user)
    query = None if content is None else content.items_query(items, weights)
    if content is None or query is None:
        return lines
    there = np.array([line.row for line in lines], np.int32)
    rows, scores = _nearest_new(release, query, but=there)
    found = shown(view, rows, scores, n=places, filters=filters, without={}, asked=there)
    reasons = because_of(release, content, found.rows, items, weights, verb="New here: like")
    mixed_in = list(lines)
    for number, (row, reason) in enumerate(zip(found.rows, reasons, strict=True), 1):
        place = number * every - 1
        words = f"{reason} you bought" if reason else "New here: like what you bought"
        mixed_in.insert(place, Line(int(row), mixed_in[place].score, words, IS_NEW, IS_NEW))
    return mixed_in[:n]


def _nearest_new(
    release: Release, query: Query, *, but: Rows
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the new products that share a word with a query, best first, and their scores."""
    wanted = np.zeros(release.new_words.shape[1], np.float32)
    assert query.indices is not None
    wanted[query.indices] = query.values
    words = release.new_words
    line_of = np.repeat(np.arange(words.shape[0]), np.diff(words.indptr))
    scores = np.bincount(
        line_of, weights=words.data * wanted[words.indices], minlength=words.shape[0]
    )
    fit = np.flatnonzero((scores > 0) & ~np.isin(release.new_items, but))
    order = fit[np.argsort(-scores[fit], kind="stable")]
    return release.new_items[order].astype(np.int64), scores[order].astype(np.float32)
