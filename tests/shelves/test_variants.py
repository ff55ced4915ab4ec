"""Variants of one product, products that no reason names, and what was only looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand_shop import BOUGHT, CATALOGUE, ITEMS, PAIRS, PURCHASES, USERS, changed, ids
from shelf_shop import factors, make_shop, neighbours, view_of

from recsys.releases.live import LiveView
from recsys.shelves.placements import also_bought, for_you, lookalikes, similar
from recsys.types import Filters

# Green tea, black tea and the mug are one product; so are coffee and filter; the rest are none.
GROUPS = ["tea", "tea", "", "tea", "coffee", "", "coffee", ""]


def shop_of(
    folder: Path,
    *,
    groups: list[str] | None = None,
    sensitive: tuple[str, ...] = (),
    purchases: list[tuple[str, ...]] | None = None,
) -> LiveView:
    tastes = factors(ITEMS, USERS, BOUGHT)
    shop = make_shop(
        folder,
        purchases=purchases or [*PURCHASES],
        catalogue=[
            {**row, "group_id": group}
            for row, group in zip(CATALOGUE, groups or [""] * 8, strict=True)
        ],
        spaces={
            "for_you": tastes,
            "similar": tastes,
            "also_bought": neighbours(PAIRS, BOUGHT),
            "lookalikes": tastes,
        },
        sensitive=sensitive,
    )
    return view_of(shop)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    return shop_of(tmp_path_factory.mktemp("variants"), groups=GROUPS)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    """Ann only looked at the teapot; bea put green tea into the cart and bought black tea."""
    events = {("ann", "i2"): "view", ("bea", "i0"): "add to cart"}
    return shop_of(
        tmp_path_factory.mktemp("events"),
        purchases=[(*pair, events.get(pair, "purchase")) for pair in PURCHASES],
    )


class TestVariants:
    def test_the_best_of_each_product_stays(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=3, leave_out_bought=False)
        assert ids(shelf) == ["i0", "i2", "i4"]
        assert shelf.trace() == "3 of 3 shown · 2 removed: another variant"

    def test_a_variant_of_something_bought_is_shown(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=2)
        assert ids(shelf) == ["i1", "i4"], "i0 was bought, its variant i1 was not"
        assert shelf.removed == {"bought before": 2, "another variant": 1}

    def test_the_variant_in_stock_stands_for_one_that_is_sold_out(self, view: LiveView) -> None:
        now = changed(view, stock={0: 0}, hidden={1: True})
        shelf = for_you(now, "ann", n=2, leave_out_bought=False)
        assert ids(shelf) == ["i2", "i3"]
        assert shelf.removed == {"sold out": 1, "hidden now": 1}

    def test_the_variant_inside_the_filter_stands_for_one_that_is_not(self, view: LiveView) -> None:
        dear = Filters(price_min=20, category="Tea")
        assert ids(for_you(view, "ann", leave_out_bought=False, filters=dear)) == ["i1", "i2"]

    def test_other_variants_of_the_product_itself_are_not_similar(self, view: LiveView) -> None:
        shelf = similar(view, "i1", n=3)
        assert ids(shelf) == ["i2", "i4"], "the last one fills the shelf up"
        assert shelf.removed == {"another variant": 2}

    def test_nothing_but_variants_is_nothing(self, view: LiveView) -> None:
        shelf = similar(changed(view, stock={2: 0}), "i1", n=3)
        assert shelf.fallback == "Popular products: nothing like it can be shown"
        assert ids(shelf) == ["i4"], "nor are they popular beside it"
        assert shelf.removed == {"another variant": 2, "sold out": 1}

    def test_variants_of_the_cart_are_not_bought_with_it(self, view: LiveView) -> None:
        shelf = also_bought(view, ["i1"])
        assert ids(shelf) == ["i2", "i4"], "the last one fills the shelf up"
        assert shelf.removed == {"another variant": 2}
        assert ids(also_bought(view, ["i2"])) != []

    def test_popular_and_lookalikes_show_one_of_each(self, view: LiveView) -> None:
        assert ids(for_you(view, "stranger")) == ["i0", "i2", "i4"]
        # Like ann: bea bought i0 and i1, cid i1 and i3; i0 she has.
        shelf = lookalikes(view, "ann")
        assert ids(shelf) == ["i1"]
        assert shelf.items[0].reason == "Bought by 2 of the 2 most similar shoppers"
        assert shelf.removed == {"bought before": 1, "another variant": 1}

    def test_nobody_is_shown_the_group(self, view: LiveView) -> None:
        assert "group_id" not in for_you(view, "ann").items[0].as_dict()
        assert view.release.group_codes is not None
        assert view.release.group_codes.tolist() == [0, 0, -1, 0, 1, -1, 1, -1]

    def test_a_column_without_groups_costs_nothing(self, seen: LiveView) -> None:
        assert seen.release.group_codes is None


class TestSensitive:
    def test_the_next_best_is_named_instead(self, tmp_path: Path) -> None:
        view = shop_of(tmp_path, sensitive=("i0",))
        assert for_you(view, "ann", n=1).items[0].reason == "Because you bought Teapot"
        assert [item.reason for item in also_bought(view, ["i1", "i0"], n=2).items] == [
            "Often bought with Black tea", "Often bought with Black tea",
        ]  # fmt: skip
        assert "sensitive" not in for_you(view, "ann").items[0].as_dict()

    def test_where_nothing_else_can_be_named_nothing_is_and_it_still_stands_on_shelves(
        self, tmp_path: Path
    ) -> None:
        view = shop_of(tmp_path, sensitive=("i0", "i2"))
        assert ids(for_you(view, "ann", leave_out_bought=False))[:3] == ["i0", "i1", "i2"]
        shelf = for_you(view, "ann", n=1)
        assert shelf.items[0].reason == "Popular: bought by 2 shoppers"
        assert similar(view, "i0", n=1).items[0].reason == "For the same taste as this product"
        assert similar(view, "i1", n=1).items[0].reason == "For the same taste as Black tea"

    def test_a_column_of_the_shop_of_that_name_is_not_meant(self, tmp_path: Path) -> None:
        shop = make_shop(
            tmp_path,
            purchases=[*PURCHASES],
            catalogue=[{**row, "sensitive": "no"} for row in CATALOGUE],
            spaces={"also_bought": neighbours(PAIRS, BOUGHT)},
        )
        assert view_of(shop).release.sensitive is None


class TestEvents:
    def test_only_what_was_bought_is_left_out(self, seen: LiveView) -> None:
        shelf = for_you(seen, "ann", n=2)
        assert ids(shelf) == ["i1", "i2"]
        assert shelf.trace() == "2 of 2 shown · 1 removed: bought before"

    def test_reasons_say_what_was_only_looked_at(self, seen: LiveView) -> None:
        # Green tea adds most to i1 and was bought, the teapot was not and is not named beside it.
        shelf = for_you(seen, "ann", n=2)
        assert shelf.items[0].reason == "Because you bought Green tea"
        assert [item.reason for item in for_you(seen, "bea", n=2).items] == [
            "Because you bought Black tea", "Because you looked at Green tea",
        ]  # fmt: skip

    def test_buyers_are_those_who_bought(self, seen: LiveView) -> None:
        assert seen.release.buyers.tolist() == [1, 2, 0, 1, 1, 0, 0, 0]

    def test_a_shop_that_names_no_purchase_goes_by_all_that_speaks_for_a_product(
        self, tmp_path: Path
    ) -> None:
        viewed = [(*pair, "view") for pair in PURCHASES]
        view = shop_of(tmp_path, purchases=[*viewed, ("ann", "i1", "remove from cart")])
        assert view.release.history(0)[0].tolist() == [0, 2]
        assert for_you(view, "ann", n=2).removed == {"bought before": 2}
