"""A shop for rules: 40 products with everything that a rule may go by, and books drawn at random."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from shelf_shop import factors, make_shop, neighbours, view_of

from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet, RuleBook
from recsys.rules.rule import STRENGTHS, Rule, RuleKind, Scope, Target
from recsys.rules.shelf_settings import DEFAULTS, ShelfSettings

N_ITEMS, N_USERS = 40, 8
DAY = 86_400
NOW = 1_767_225_600.0  # 2026-01-01
RANDOM = np.random.default_rng(11)
BOUGHT = RANDOM.random((N_USERS, N_ITEMS)) < 0.25
BOUGHT[0] |= ~BOUGHT.any(axis=0)  # somebody bought each, so popular products are all products
PAIRS = RANDOM.random((N_ITEMS, N_ITEMS)) * (RANDOM.random((N_ITEMS, N_ITEMS)) < 0.4)
VECTORS = RANDOM.normal(size=(N_ITEMS, 4))
USERS = RANDOM.normal(size=(N_USERS, 4))
CATEGORIES, BRANDS, COLOURS = ("Tea", "Coffee", "Ware", ""), ("Leaf", "Bean", ""), ("red", "blue")


def row_of(n: int) -> dict[str, Any]:
    """One product; every fifth one is sold out, and some are of unknown price, stock or launch."""
    return {
        "item_id": f"i{n:02}",
        "name": f"Product {n}",
        "category": CATEGORIES[n % 4],
        "brand": BRANDS[n % 3],
        "price": "" if n % 13 == 0 else 1 + n,
        "stock": 0 if n % 5 == 4 else "" if n % 7 == 0 else 1 + n % 9,
        "launched_at": "" if n % 6 == 0 else f"2025-{1 + n % 12:02}-{1 + n % 28:02}",
        "group_id": f"g{n % 9}" if n % 4 == 1 else "",
        "colour": COLOURS[n % 2],
        "organic": "true" if n % 3 else "false",
    }


CATALOGUE = [row_of(n) for n in range(N_ITEMS)]


def rule_shop(folder: Path, **more: Any) -> LiveView:
    """Return the shop live, with nobody's rules."""
    tastes, pairs = factors(VECTORS, USERS, BOUGHT), neighbours(PAIRS, BOUGHT)
    shop = make_shop(
        folder,
        purchases=[
            (f"u{u}", f"i{i:02}", "purchase", f"2025-{1 + i % 12:02}-01")
            for u, i in np.argwhere(BOUGHT)
        ],
        catalogue=CATALOGUE,
        spaces={
            "for_you": tastes, "similar": tastes, "also_bought": pairs, "lookalikes": tastes,
        },
        **more,
    )  # fmt: skip
    return view_of(shop)


def rule(kind: RuleKind, target: Target | None = None, **fields: Any) -> Rule:
    """A rule; what is no field of it belongs to its target."""
    own = {name: fields.pop(name) for name in list(fields) if name in Rule.model_fields}
    return Rule(kind=kind, target=target or Target(**fields), **{"id": 1, **own})


def under(view: LiveView, *rules: Rule, **fields: Any) -> LiveView:
    """The view under some rules; settings by placement."""
    settings = {
        place: DEFAULTS[place].model_copy(update=fields.pop(place))
        for place in list(fields)
        if place in DEFAULTS
    }
    book = RuleBook(**{"rule_set_id": 7, "rules": rules, "settings": settings, **fields})
    return replace(view, book=book)


SETS = {
    1: NamedSet(1, "collection", "Christmas", 1, ("i00", "i01", "i02", "i03", "gone")),
    2: NamedSet(2, "collection", "Spring", 1, ("i10", "i20", "i30")),
    3: NamedSet(3, "segment", "Few", 1, ("u1", "u2", "u3")),
}
ITEM_IDS = st.lists(st.sampled_from([row["item_id"] for row in CATALOGUE]), min_size=1, max_size=4)


def _rarely(mostly: Any, else_: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([mostly] * 9 + [else_])


def _target(draw: st.DrawFn, kind: RuleKind) -> Target:
    way = (
        "items"
        if kind == "pin"
        else draw(
            st.sampled_from(
                ["items", "category", "brand", "price", "stock", "new", "colour", "set"]
            )
        )
    )
    if way == "items":
        size = 1 if kind == "pin" else 4
        return Target(items=tuple(draw(ITEM_IDS)[:size]))
    if way == "category":
        return Target(categories=(draw(st.sampled_from(CATEGORIES[:3])),))
    if way == "brand":
        return Target(brands=(draw(st.sampled_from(BRANDS[:2])),), price_max=30)
    if way == "price":
        return Target(price_min=draw(st.integers(0, 30)), price_max=draw(st.integers(10, 40)))
    if way == "stock":
        return Target(stock_max=draw(st.integers(0, 9)))
    if way == "new":
        return Target(newer_than_days=draw(st.integers(1, 400)))
    if way == "colour":
        return Target(attributes={"colour": (draw(st.sampled_from(COLOURS)),)})
    return Target(collections=(draw(st.integers(1, 2)),))


@st.composite
def rules(draw: st.DrawFn, number: int = 1) -> Rule:
    """Draw any rule."""
    kind = draw(st.sampled_from(["pin", "pin", "boost", "bury", "hide", "only"]))
    # Most rules hold anywhere, or few would meet the list that is looked at.
    scope = Scope(
        placements=draw(_rarely((), ("for_you", "similar"))),
        segments=draw(_rarely((), (3,))),
        anchor_categories=draw(_rarely((), ("Tea",))),
    )
    return Rule(
        id=number,
        name=draw(st.sampled_from(["", f"Rule {number}"])),
        kind=kind,
        target=_target(draw, kind),
        scope=scope,
        slot=draw(st.integers(1, 8)),
        strength=draw(st.sampled_from(STRENGTHS)),
        priority=draw(st.sampled_from([40, 50, 60])),
        starts=draw(_rarely("", "2026-06-01T08:00")),
        on=draw(_rarely(True, False)),
    )


LEVELS = st.sampled_from(["none", "none", "light", "medium", "strong"])


@st.composite
def shelf_settings(draw: st.DrawFn, base: ShelfSettings) -> ShelfSettings:
    """Draw any settings, always filled up with popular products."""
    return base.model_copy(
        update={
            "leave_out_bought": draw(st.booleans()),
            "diversity": draw(LEVELS),
            "most_of_category": draw(st.none() | st.integers(1, 4)),
            "most_of_brand": draw(st.none() | st.integers(1, 4)),
            "freshness": draw(LEVELS),
            "less_popular": draw(LEVELS),
            "price_affinity": draw(LEVELS),
            "surprise": draw(st.sampled_from([0.0, 0.1, 0.2])),
            "fallbacks": draw(
                st.sampled_from([("popular",), ("words", "popular"), ("category", "popular")])
            ),
        }
    )


@st.composite
def books(draw: st.DrawFn, *, most: int = 8) -> RuleBook:
    """Draw any rule book."""
    count = draw(st.integers(most // 2, most))
    chosen = draw(st.lists(st.sampled_from(list(DEFAULTS)), max_size=3, unique=True))
    return RuleBook(
        rule_set_id=1,
        rules=tuple(draw(rules(number)) for number in range(1, count + 1)),
        settings={place: draw(shelf_settings(DEFAULTS[place])) for place in chosen},
        sets=SETS,
    )
