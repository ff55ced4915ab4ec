"""What fills a list that is too short: like words, the same categories, what is popular."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from recsys.models.arrays import Floats, Rows
from recsys.releases.build import CONTENT, POPULAR
from recsys.releases.engine import asked_of
from recsys.releases.live import LiveView
from recsys.rules.shelf_settings import Fallback
from recsys.shelves.finders import Found, ranked_for, shown_for
from recsys.shelves.lines import (
    ASK_POPULAR,
    BY_WORDS,
    IS_POPULAR,
    Line,
    lines_of,
)
from recsys.shelves.plan import Plan
from recsys.shelves.ranking import Ranked
from recsys.shelves.reasons import because_of, like, popular
from recsys.shelves.voices import recent_history
from recsys.vectors.base import Fusion, Part

IN_CATEGORY, BY_HAND = "popular in the category", "by rules"
# Of a shopper's categories those with the most products count.
_MOST_CATEGORIES = 3
_CATEGORY_DEPTH = 30


class Filling(NamedTuple):
    """A way to fill a list: how it is called where the whole list is filled so, and its source."""

    label: str
    source: str
    find: Callable[[LiveView, Plan], Found]


def beside(plan: Plan, lines: list[Line]) -> Plan:
    """Return the plan of what fills up a list: so many more, and none that stands there."""
    there = np.array([line.row for line in lines], np.int32)
    asked = np.concatenate([plan.asked, there]).astype(np.int32)
    return replace(plan, n=plan.n - len(lines), asked=asked, pool=0)


def _by_words(view: LiveView, plan: Plan) -> Found:
    release, content = view.release, view.release.content
    if content is None:
        return Found()
    if plan.placement == "similar":
        item = int(plan.anchors[0])
        query = content.item_query(item)
        items, weights, ending = plan.anchors, np.ones(1, np.float32), ""
    else:
        items, weights, ending = _own_products(view, plan)
        query = content.items_query(items, weights)
    if query is None:
        return Found()

    def tell(ranked: Ranked) -> list[Line]:
        if plan.placement == "similar":
            reasons = like(release, int(plan.anchors[0]), ranked.rows)
        else:
            said = because_of(release, content, ranked.rows, items, weights, verb="Like")
            reasons = [f"{one}{ending}" if one else "" for one in said]
        return lines_of(view, ranked, reasons, BY_WORDS)

    return Found(ranked_for(view, plan, asked_of(CONTENT, content, query, cosine=True)), tell)


def _own_products(view: LiveView, plan: Plan) -> tuple[Rows, Floats, str]:
    """Return the products that words and categories go by, and how a reason ends that names one."""
    if plan.placement in {"similar", "also_bought"}:
        return plan.anchors, np.ones(len(plan.anchors), np.float32), " in the cart"
    if plan.user is None:
        return plan.anchors, np.empty(0, np.float32), ""
    return *recent_history(view, plan.user), " you bought"


def _in_category(view: LiveView, plan: Plan) -> Found:
    release = view.release
    codes = release.category_codes[_own_products(view, plan)[0]]
    values, counts = np.unique(codes[codes >= 0], return_counts=True)
    if not len(values):
        return Found()
    best = values[np.argsort(-counts, kind="stable")][:_MOST_CATEGORIES]
    ones = np.ones(1, np.float32)
    parts = tuple(
        Part(POPULAR, ones, equals={"category": release.categories[int(code)]}) for code in best
    )

    def tell(ranked: Ranked) -> list[Line]:
        within = [release.categories[int(code)] for code in release.category_codes[ranked.rows]]
        reasons = popular(release, ranked.rows, within)
        return lines_of(view, ranked, reasons, IN_CATEGORY, IS_POPULAR)

    return Found(ranked_for(view, plan, Fusion(parts, "rrf", _CATEGORY_DEPTH)), tell)


def _popular(view: LiveView, plan: Plan) -> Found:
    def tell(ranked: Ranked) -> list[Line]:
        return lines_of(view, ranked, popular(view.release, ranked.rows), IS_POPULAR, IS_POPULAR)

    return Found(ranked_for(view, plan, ASK_POPULAR), tell)


def _by_hand(view: LiveView, plan: Plan) -> Found:
    """Find the products that rules include only, those with most buyers first."""
    if not plan.applied.only:
        return Found()
    every = np.arange(len(view.stock))
    rows = every[plan.applied.kept(every) & ~np.isin(every, plan.asked)]
    buyers = view.release.buyers[rows]
    order = np.argsort(-buyers, kind="stable")

    def tell(ranked: Ranked) -> list[Line]:
        return lines_of(view, ranked, popular(view.release, ranked.rows), BY_HAND)

    return Found(shown_for(view, plan, rows[order], buyers[order]), tell)


BY_RULES_ALONE = Filling("Products that rules include", BY_HAND, _by_hand)
FILLINGS: Mapping[Fallback, Filling] = {
    "words": Filling("Products with like words", BY_WORDS, _by_words),
    "category": Filling("Popular in the same category", IN_CATEGORY, _in_category),
    "popular": Filling("Popular products", IS_POPULAR, _popular),
}


def fillings(plan: Plan) -> list[Filling]:
    """Return the ways to fill a list, in the order of the settings.

    Where rules include some products only, these themselves come last: nothing may be known of
    them but that somebody wants them here.
    """
    chosen = [FILLINGS[name] for name in plan.applied.settings.fallbacks]
    return [*chosen, BY_RULES_ALONE] if plan.applied.only else chosen
