"""Strangers, thin histories, stated preferences, and products that nobody bought yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_shop import changed, ids
from rule_shop import rule, under
from shelf_shop import factors, make_shop, view_of

from recsys.errors import NotFound
from recsys.releases.build import ColdStart
from recsys.releases.live import LiveView
from recsys.shelves.placements import for_you, similar
from recsys.types import Filters

# Ann and bea bought teas, cid one coffee, and dan the rest. Nobody bought 16 to 19.
NAMES = [f"Tea leaf blend {n}" for n in range(12)]
NAMES += [f"Coffee bean roast {n}" for n in range(12, 16)]
NAMES += ["Tea leaf news", "Coffee bean news", "Tea leaf unpriced", "Teapot"]
NAMES += [f"Mug {n}" for n in range(20, 32)]
N = len(NAMES)
CATALOGUE: list[dict[str, Any]] = [
    {
        "item_id": f"i{n:02}",
        "name": name,
        "category": {"Tea": "Tea", "Cof": "Coffee"}.get(name[:3], "Ware"),
        "price": "" if name.endswith("unpriced") else 5,
        "stock": 3,
    }
    for n, name in enumerate(NAMES)
]
BOUGHT = np.zeros((4, N))
BOUGHT[0, [0, 1, 2]] = BOUGHT[1, [0, 3, 4]] = BOUGHT[2, 12] = BOUGHT[3, [13, 14, 15]] = 1
BOUGHT[3, 5:12] = BOUGHT[3, 20:] = 1
# Taste: teas of falling rank in one direction, coffees in the other; the new ones have none.
ITEMS = np.zeros((N, 2))
ITEMS[:12, 0] = np.linspace(12, 1, 12)
ITEMS[12:16, 1] = [4, 3, 2, 1]
USERS = [[1, 0.01], [1, 0.02], [0.01, 1], [0, 0]]
NEWS, COFFEE_NEWS, UNPRICED, TEAPOT = "i16", "i17", "i18", "i19"


def shop_of(folder: Path, cold: ColdStart, **more: Any) -> LiveView:
    tastes = factors(ITEMS, USERS, BOUGHT)
    users = ("ann", "bea", "cid", "dan")
    shop = make_shop(
        folder,
        purchases=[(users[u], f"i{i:02}") for u, i in np.argwhere(BOUGHT)],
        catalogue=CATALOGUE,
        spaces={"for_you": tastes, "similar": tastes},
        cold=cold,
        **more,
    )
    return view_of(shop)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    return shop_of(tmp_path_factory.mktemp("cold"), ColdStart())


class TestNewProducts:
    def test_one_takes_the_tenth_place_of_for_you(self, view: LiveView) -> None:
        shelf = for_you(view, "ann")
        assert ids(shelf)[:9] == [f"i{n:02}" for n in range(3, 12)]
        assert shelf.items[9].item_id == NEWS
        assert shelf.items[9].reason.startswith("New here: like Tea leaf blend ")
        assert shelf.items[9].reason.endswith(" you bought")
        assert shelf.items[9].badge == "new"
        assert shelf.trace() == "10 of 10 shown · 9 by the model, 1 new · 3 removed: bought before"

    def test_the_list_without_it_is_the_same_but_for_that_place(self, view: LiveView) -> None:
        off = replace(view.release.cold, explore_every=0)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(view.release, "cold", off)
            without = ids(for_you(view, "ann"))
        assert ids(for_you(view, "ann"))[:9] == without[:9]
        assert without[9] == "i12"

    def test_a_shorter_shelf_has_no_place_for_it(self, view: LiveView) -> None:
        assert NEWS not in ids(for_you(view, "ann", n=9))

    def test_one_without_a_price_is_not_shown(self, view: LiveView) -> None:
        assert UNPRICED not in ids(for_you(view, "ann", n=50))
        assert view.release.new_items.tolist() == [16, 17, 19]

    def test_it_keeps_to_stock_hiding_and_filters(self, view: LiveView) -> None:
        for now in (changed(view, stock={16: 0}), changed(view, hidden={16: True})):
            assert NEWS not in ids(for_you(now, "ann", n=10))
        shelf = for_you(view, "ann", filters=Filters(price_min=6))
        assert shelf.items == []

    def test_it_keeps_to_rules(self, view: LiveView) -> None:
        assert NEWS not in ids(for_you(under(view, rule("hide", items=(NEWS,))), "ann"))
        tea = under(view, rule("only", categories=("Tea",)))
        shelf = for_you(tea, "ann")
        assert ids(shelf)[:9] == [f"i{n:02}" for n in range(3, 12)]
        assert {item.fields["category"] for item in shelf.items} == {"Tea"}
        pinned = for_you(under(view, rule("pin", items=(NEWS,), slot=2)), "ann")
        assert ids(pinned)[1] == NEWS
        assert ids(pinned).count(NEWS) == 1

    def test_no_reason_names_what_is_sensitive(self, tmp_path: Path) -> None:
        barred = tuple(f"i{n:02}" for n in range(12))
        view = shop_of(tmp_path, ColdStart(), sensitive=barred)
        assert for_you(view, "ann").items[9].reason == "New here: like what you bought"

    def test_it_has_products_like_it_and_says_why(self, view: LiveView) -> None:
        shelf = similar(view, COFFEE_NEWS)
        assert ids(shelf)[:4] == ["i12", "i13", "i14", "i15"]
        assert shelf.fallback == "Products with like words: nobody has bought it yet"
        assert shelf.items[0].reason == "Like Coffee bean news in words and category"

    def test_it_is_like_another_new_product(self, view: LiveView) -> None:
        shelf = similar(view, UNPRICED, n=20)
        assert NEWS in ids(shelf)
        assert next(item for item in shelf.items if item.item_id == NEWS).badge == "new"
        assert UNPRICED not in ids(similar(view, NEWS, n=20)), "it has no price"

    def test_it_fills_up_a_short_similar_shelf(self, view: LiveView) -> None:
        shelf = similar(view, "i12")
        assert ids(shelf) == ["i13", "i14", "i15", COFFEE_NEWS, "i00"]
        assert [item.badge for item in shelf.items] == ["", "", "", "new", "popular"]
        assert shelf.trace() == "5 of 5 shown · 3 by the model, 1 by words, 1 popular"
        assert [item.score for item in shelf.items][3:] == [0, 0]


class TestThinHistories:
    def test_similar_and_popular_products_are_mixed_in(self, view: LiveView) -> None:
        shelf = for_you(view, "cid")
        assert shelf.fallback == "Mixed with similar and popular products: 1 product bought so far"
        reasons = {item.item_id: item.reason for item in shelf.items}
        assert "i12" not in reasons
        assert reasons["i13"] in {
            "Because you bought Coffee bean roast 12", "Like Coffee bean roast 12 you bought",
        }, "first in both lists"  # fmt: skip
        assert reasons[COFFEE_NEWS] == "New here: like Coffee bean roast 12 you bought"
        assert reasons["i00"] == "Popular: bought by 2 shoppers"
        badges = {item.item_id: item.badge for item in shelf.items}
        assert (badges["i13"], badges[COFFEE_NEWS], badges["i00"]) == ("", "new", "popular")
        assert shelf.items[9].item_id == COFFEE_NEWS
        assert {"popular", "new"} < set(shelf.made_of)

    def test_filters_hold_for_every_list(self, view: LiveView) -> None:
        shelf = for_you(view, "cid", n=8, filters=Filters(category="Coffee"))
        assert set(ids(shelf)) == {"i13", "i14", "i15", COFFEE_NEWS}

    def test_who_bought_enough_gets_the_model_alone(self, view: LiveView) -> None:
        assert for_you(view, "ann", n=5).fallback == ""

    def test_rules_hold_for_the_mixture(self, view: LiveView) -> None:
        now = under(view, rule("hide", items=("i13",)), rule("bury", id=2, items=("i14",)))
        shelf = for_you(now, "cid")
        assert "i13" not in ids(shelf)
        assert len(shelf.items) == 10
        assert shelf.fallback.startswith("Mixed with similar and popular products")


class TestPreferences:
    def test_rules_hold(self, view: LiveView) -> None:
        now = under(view, rule("hide", items=("i12",)), rule("pin", id=2, items=("i20",)))
        shelf = for_you(now, "eve", n=3, prefer_items=["i13"])
        assert ids(shelf) == ["i20", "i14", "i15"]

    def test_a_stranger_who_likes_a_product(self, view: LiveView) -> None:
        shelf = for_you(view, "eve", n=3, prefer_items=["i13"])
        assert ids(shelf) == ["i12", "i14", "i15"]
        assert shelf.items[0].reason == "Because you like Coffee bean roast 13"
        assert shelf.fallback == "By stated preferences: unknown shopper"

    def test_a_product_that_only_its_words_describe(self, view: LiveView) -> None:
        shelf = for_you(view, "eve", n=4, prefer_items=[COFFEE_NEWS])
        assert set(ids(shelf)) == {"i12", "i13", "i14", "i15"}
        assert shelf.items[0].reason == "Like Coffee bean news"

    def test_a_stranger_who_likes_a_category(self, view: LiveView) -> None:
        shelf = for_you(view, "eve", n=3, prefer_categories=["Coffee"])
        assert set(ids(shelf)) < {"i12", "i13", "i14", "i15"}, "all were bought once"
        assert shelf.items[0].reason == "Popular in Coffee: bought by 1 shopper"
        assert shelf.items[0].badge == "popular"
        assert shelf.trace() == "3 of 3 shown"

    def test_two_categories_take_turns(self, view: LiveView) -> None:
        shelf = for_you(view, "eve", n=3, prefer_categories=["Tea", "Coffee"])
        firsts = {item.fields["category"] for item in shelf.items[:2]}
        assert firsts == {"Tea", "Coffee"}

    def test_are_mixed_with_a_known_shoppers_own_list(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", prefer_items=["i13"])
        assert shelf.fallback == ""
        reasons = {item.item_id: item.reason for item in shelf.items}
        assert reasons["i12"] == "Because you like Coffee bean roast 13"
        assert any(reason.startswith("Because you bought Tea leaf") for reason in reasons.values())
        assert not {"i00", "i01", "i02", "i13"} & reasons.keys(), "bought, and ticked"

    def test_filters_and_live_changes_hold(self, view: LiveView) -> None:
        now = changed(view, stock={12: 0}, hidden={14: True})
        shelf = for_you(now, "eve", prefer_items=["i13"], filters=Filters(category="Coffee"))
        assert ids(shelf) == ["i15"]
        assert shelf.removed == {"sold out": 1, "hidden now": 1}

    def test_nothing_like_it_is_the_popular_shelf(self, view: LiveView) -> None:
        shelf = for_you(
            view, "eve", n=1, prefer_categories=["Coffee"], filters=Filters(category="Tea")
        )
        assert ids(shelf) == ["i00"]
        why = "nothing that is like the stated preferences can be shown"
        assert shelf.fallback == f"Popular products: {why}"

    def test_what_the_catalogue_does_not_have_is_named(self, view: LiveView) -> None:
        with pytest.raises(NotFound, match=r"does not have: 'x', 'y'\."):
            for_you(view, "eve", prefer_items=["x", "i13", "y"])
        with pytest.raises(NotFound, match=r"no category: 'Wine'\."):
            for_you(view, "eve", prefer_categories=["Tea", "Wine"])
