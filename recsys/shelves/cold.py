"""For You where purchases say little: stated preferences, thin histories, and new products."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Rows
from recsys.models.spaces import Query
from recsys.releases.engine import Asked, asked_of
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.shelves.asking import categories_of, item_rows
from recsys.shelves.finders import YOU_BOUGHT, Found, find_by_history, shown_for
from recsys.shelves.lines import IS_NEW, IS_POPULAR, Line
from recsys.shelves.plan import Plan
from recsys.shelves.reasons import because_of, because_word
from recsys.shelves.voices import (
    Voice,
    category_voice,
    mixed,
    model_voice,
    popular_voice,
    recent_history,
    words_voice,
)


def find_for_you(view: LiveView, plan: Plan) -> Found:
    """Find what fits a shopper: by preferences, a thin history, or the model alone."""
    request = plan.request
    if request.prefer_items or request.prefer_categories:
        return _find_preferred(view, plan)
    if plan.user is None:
        return Found(why="unknown shopper")
    few = len(plan.history) < view.release.cold.thin_below
    return _find_thin(view, plan) if few else find_by_history(view, plan)


def preferring(view: LiveView, plan: Plan) -> Plan:
    """Return the plan with what the shopper says they like, which does not stand on the list.

    Raises
    ------
    NotFound
        The live catalogue does not have a preferred product or category.
    """
    liked = item_rows(view, plan.request.prefer_items)
    categories_of(view, plan.request.prefer_categories)
    return replace(plan, asked=np.concatenate([plan.asked, liked]).astype(np.int32))


def _mixed(view: LiveView, plan: Plan, voices: list[Voice]) -> Found:
    ranked, tell = mixed(
        view,
        voices,
        n=plan.n,
        filters=plan.filters,
        without=plan.without,
        asked=plan.asked,
        rules=plan.rules,
        pool=plan.pool,
    )
    return Found(ranked, tell)


def _find_thin(view: LiveView, plan: Plan) -> Found:
    """Mix the model's list, if there is one, with similar and popular products."""
    assert plan.user is not None
    own = _own(view, plan)
    voices = own + words_voice(view, *recent_history(view, plan.user), ending=" you bought")
    found = _mixed(view, plan, [*voices, popular_voice(view)])
    why = "nothing that fits can be shown" if own else "no purchases to learn from"
    if all(line.source == IS_POPULAR for line in found.tell(found.ranked.first(plan.n))):
        return Found(why=why)
    count = len(plan.history)
    products = f"{count} product{'' if count == 1 else 's'}"
    fallback = f"Mixed with similar and popular products: {products} bought so far"
    return replace(found, why=why, fallback=fallback, explore=True, asked=_asked(view, plan))


def _own(view: LiveView, plan: Plan) -> list[Voice]:
    """Return the list of a shopper's own history; none without one."""
    assert plan.user is not None
    history = view.release.space("for_you").history(plan.user)
    verb = because_word(view.release, "for_you", otherwise=YOU_BOUGHT)
    return model_voice(view, *history, _asked(view, plan), verb=verb, bought=plan.history)


def _asked(view: LiveView, plan: Plan) -> Asked | None:
    assert plan.user is not None
    space = view.release.space("for_you")
    query = space.shopper_query(plan.user)
    return None if query is None else asked_of("for_you", space, query)


def _find_preferred(view: LiveView, plan: Plan) -> Found:
    """Find what fits what a shopper says they like, and what they bought."""
    space = view.release.space("for_you")
    liked = item_rows(view, plan.request.prefer_items)
    ones = np.ones(len(liked), np.float32)
    query = None if space.kind == "scores" else space.items_query(liked, ones)
    asked = None if query is None else asked_of("for_you", space, query)
    voices = model_voice(view, liked, ones, asked, verb="Because you like")
    if not voices:
        voices = words_voice(view, liked, ones)
    voices += category_voice(view, categories_of(view, plan.request.prefer_categories))
    if plan.user is not None:
        voices += _own(view, plan)
    why = "nothing that is like the stated preferences can be shown"
    if not voices:
        return Found(why=why)
    fallback = "" if plan.user is not None else "By stated preferences: unknown shopper"
    return replace(_mixed(view, plan, voices), why=why, fallback=fallback, asked=asked)


def explored(view: LiveView, plan: Plan, lines: list[Line]) -> list[Line]:
    """Give every so many-th place to a product that nobody bought yet, nearest by its words.

    Sold-out and hidden ones stay out, those outside the filters, and those that rules keep off.
    """
    release = view.release
    every = release.cold.explore_every
    places = min(plan.n, len(lines)) // every if every else 0
    if not places or plan.user is None or not len(release.new_items):
        return lines
    content = release.content
    items, weights = recent_history(view, plan.user)
    query = None if content is None else content.items_query(items, weights)
    if content is None or query is None:
        return lines
    there = np.array([line.row for line in lines[: plan.n]], np.int32)
    rows, scores = _nearest_new(release, query, but=there)
    asked = np.concatenate([plan.asked, there]).astype(np.int32)
    found = shown_for(view, replace(plan, n=places, asked=asked, pool=0), rows, scores)
    reasons = because_of(release, content, found.rows, items, weights, verb="New here: like")
    mixed_in = [line for line in lines if line.row not in set(found.rows.tolist())]
    for number, (row, reason) in enumerate(zip(found.rows, reasons, strict=True), 1):
        place = number * every - 1
        words = f"{reason} you bought" if reason else "New here: like what you bought"
        mixed_in.insert(place, Line(int(row), mixed_in[place].score, words, IS_NEW, IS_NEW))
    return mixed_in


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
