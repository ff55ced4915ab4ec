"""A shop small enough that every shelf is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from hand_shop import BOUGHT, CATALOGUE, ITEMS, PAIRS, PURCHASES, USERS, changed, ids
from shelf_shop import factors, make_shop, neighbours, view_of

from recsys.errors import InputError, NotFound
from recsys.releases.live import LiveView
from recsys.shelves.placements import also_bought, for_you, lookalikes, similar
from recsys.types import Filters


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    tastes = factors(ITEMS, USERS, BOUGHT)
    shop = make_shop(
        tmp_path_factory.mktemp("shelves"),
        purchases=PURCHASES,
        catalogue=CATALOGUE,
        spaces={
            "for_you": tastes,
            "similar": tastes,
            "also_bought": neighbours(PAIRS, BOUGHT),
            "lookalikes": tastes,
        },
    )
    return view_of(shop)


class TestForYou:
    def test_never_shows_what_was_bought(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=2)
        assert ids(shelf) == ["i1", "i3"]
        assert [item.score for item in shelf.items] == [3.0, 1.0]
        assert shelf.removed == {"bought before": 2}
        assert shelf.fallback == ""
        assert shelf.trace() == "2 of 2 shown · 2 removed: bought before"

    def test_shows_it_with_the_switch(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=3, leave_out_bought=False)
        assert ids(shelf) == ["i0", "i1", "i2"]
        assert shelf.removed == {}

    def test_only_what_stands_above_the_last_one_counts_as_removed(self, view: LiveView) -> None:
        assert for_you(view, "ann", n=1).removed == {"bought before": 1}

    def test_sold_out_and_hidden_are_never_shown(self, view: LiveView) -> None:
        now = changed(view, stock={1: 0}, hidden={3: True})
        shelf = for_you(now, "ann", n=1)
        assert ids(shelf) == ["i4"]
        assert shelf.removed == {"bought before": 2, "hidden now": 1, "sold out": 1}
        assert list(shelf.removed) == ["bought before", "hidden now", "sold out"]

    def test_an_item_counts_once_for_its_first_reason(self, view: LiveView) -> None:
        now = changed(view, stock={0: 0, 2: 0}, hidden={0: True})
        shelf = for_you(now, "ann", n=1, filters=Filters(price_max=100))
        assert shelf.removed == {"hidden now": 1}
        assert for_you(now, "ann", n=2).removed == {"hidden now": 1, "bought before": 1}

    def test_stock_that_nobody_counts_is_in_stock(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=2)
        assert shelf.items[1].item_id == "i3"
        assert shelf.items[1].fields["stock"] is None
        assert for_you(view, "ann", n=1, filters=Filters(min_stock=4)).items[0].item_id == "i3"

    def test_items_without_a_vector_are_not_shown(self, view: LiveView) -> None:
        assert "i7" not in ids(for_you(view, "dan", n=50))

    def test_asking_for_more_than_there_is_gives_a_short_list(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=50)
        assert ids(shelf) == ["i1", "i3", "i4", "i6"]
        assert shelf.asked == 50
        assert shelf.removed == {"bought before": 2, "sold out": 1}

    def test_ten_are_shown_by_default(self, view: LiveView) -> None:
        assert for_you(view, "ann").asked == 10

    def test_reasons_name_what_added_most(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=2)
        assert shelf.items[0].reason == "Because you bought Green tea and Teapot"
        coffee = for_you(view, "cid", n=3, filters=Filters(category="Coffee"))
        assert [item.reason for item in coffee.items] == [
            "Popular: bought by 1 shopper", "New here: nobody bought it yet",
        ]  # fmt: skip

    def test_fields_are_those_of_the_catalogue_without_the_cost(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", n=1)
        assert shelf.items[0].as_dict() == {
            "item_id": "i1",
            "rank": 1,
            "score": 3.0,
            "name": "Black tea",
            "category": "Tea",
            "price": 20.0,
            "stock": 3,
            "reason": "Because you bought Green tea and Teapot",
            "badge": "",
            "marks": [],
        }

    def test_live_stock_and_price_are_shown(self, view: LiveView) -> None:
        now = changed(view, stock={1: 7}, price={1: 1.5})
        fields = for_you(now, "ann", n=1).items[0].fields
        assert (fields["stock"], fields["price"]) == (7, 1.5)

    def test_a_stranger_gets_the_popular_shelf_labelled(self, view: LiveView) -> None:
        shelf = for_you(view, "eve", n=3)
        assert shelf.fallback == "Popular products: unknown shopper"
        assert ids(shelf) == ["i0", "i1", "i2"], "2, 2 and 1 buyers; ties by id"
        assert shelf.items[0].reason == "Popular: bought by 2 shoppers"
        assert "i5" not in ids(for_you(view, "eve", n=50))

    def test_filters_hold_for_the_popular_shelf_too(self, view: LiveView) -> None:
        shelf = for_you(view, "eve", filters=Filters(category="Coffee"))
        assert ids(shelf) == ["i4"]

    def test_filters_that_match_nothing_give_an_empty_shelf(self, view: LiveView) -> None:
        shelf = for_you(view, "ann", filters=Filters(category="Wine"))
        assert shelf.items == []
        assert shelf.fallback == ""
        assert shelf.trace() == "0 of 10 shown"

    @pytest.mark.parametrize("n", [0, -1, 51])
    def test_n_out_of_range(self, view: LiveView, n: int) -> None:
        with pytest.raises(InputError, match=f"n is {n}; for you shows from 1 to 50"):
            for_you(view, "ann", n=n)

    def test_category_codes_and_engine_agree(self, view: LiveView) -> None:
        assert ids(for_you(view, "ann", filters=Filters(category="Tea"))) == ["i1", "i3"]

    def test_a_price_changed_a_second_ago_counts(self, view: LiveView) -> None:
        cheap = Filters(price_max=25)
        assert ids(for_you(view, "ann", filters=cheap)) == ["i1"]
        assert ids(for_you(changed(view, price={3: 5, 1: 99}), "ann", filters=cheap)) == ["i3"]
        # An item whose price is unknown in the index, and one that the index would let through.
        now = changed(view, price={6: 7, 1: np.nan})
        assert ids(for_you(now, "ann", filters=cheap)) == ["i6"]

    def test_stock_changed_a_second_ago_counts(self, view: LiveView) -> None:
        many = Filters(min_stock=10, category="Tea")
        assert ids(for_you(changed(view, stock={1: 10, 3: 9}), "ann", filters=many)) == ["i1"]


class TestSimilar:
    def test_is_ordered_by_cosine_without_the_product_itself(self, view: LiveView) -> None:
        shelf = similar(view, "i0", n=3)
        assert ids(shelf) == ["i1", "i2", "i3"]
        assert [item.score for item in shelf.items] == pytest.approx([1, 1, 1])
        assert shelf.removed == {}
        assert shelf.items[0].reason == "For the same taste as Green tea"

    def test_sold_out_is_left_out_and_counted(self, view: LiveView) -> None:
        shelf = similar(view, "i4", n=1)
        assert ids(shelf) == ["i6"]
        assert shelf.removed == {"sold out": 1}

    def test_a_product_that_nobody_bought_gets_those_with_like_words(self, view: LiveView) -> None:
        shelf = similar(view, "i7", n=2)
        assert shelf.fallback == "Products with like words: nobody has bought it yet"
        assert ids(shelf) == ["i4", "i0"], "i5 is sold out, i6 has no price, and then comes popular"
        assert shelf.trace() == "2 of 2 shown · 1 by words, 1 popular"

    def test_an_unknown_product(self, view: LiveView) -> None:
        with pytest.raises(NotFound, match="no product '0'"):
            similar(view, "0")

    @pytest.mark.parametrize("n", [0, 21])
    def test_n_out_of_range(self, view: LiveView, n: int) -> None:
        with pytest.raises(InputError, match="from 1 to 20"):
            similar(view, "i0", n=n)


class TestAlsoBought:
    def test_adds_up_over_the_cart_and_leaves_it_out(self, view: LiveView) -> None:
        shelf = also_bought(view, ["i1", "i0"])
        assert ids(shelf)[:2] == ["i2", "i3"]
        assert [item.score for item in shelf.items[:2]] == pytest.approx([0.9, 0.11])
        assert shelf.asked == 5
        assert shelf.removed == {}

    def test_is_filled_up_with_popular_products_that_say_so(self, view: LiveView) -> None:
        shelf = also_bought(view, ["i1", "i0"])
        assert ids(shelf) == ["i2", "i3", "i4"], "not i0 and i1, which lie in the cart"
        assert shelf.items[2].reason == "Popular: bought by 1 shopper"
        assert [item.badge for item in shelf.items] == ["", "", "popular"]
        assert shelf.items[2].score == 0
        assert shelf.fallback == ""
        assert shelf.made_of == {"by the model": 2, "popular": 1}
        assert shelf.trace() == "3 of 5 shown · 2 by the model, 1 popular"

    def test_filling_up_keeps_to_filters_and_live_changes(self, view: LiveView) -> None:
        assert ids(also_bought(view, ["i1", "i0"], filters=Filters(category="Tea"))) == ["i2", "i3"]
        now = changed(view, hidden={4: True})
        assert ids(also_bought(now, ["i1", "i0"])) == ["i2", "i3"]

    def test_reasons_name_the_parts_of_the_cart_that_count(self, view: LiveView) -> None:
        shelf = also_bought(view, ["i1", "i0"], n=2)
        assert [item.reason for item in shelf.items] == [
            "Often bought with Green tea and Black tea", "Often bought with Green tea",
        ]  # fmt: skip

    def test_the_same_product_twice_counts_once(self, view: LiveView) -> None:
        twice, once = (also_bought(view, cart) for cart in (["i0", "i0"], ["i0"]))
        assert [item.score for item in twice.items] == [item.score for item in once.items]

    def test_an_unknown_companion_gets_the_popular_shelf_without_the_cart(
        self, view: LiveView
    ) -> None:
        shelf = also_bought(view, ["i7", "i4"])
        assert shelf.fallback.startswith("Popular products: nothing bought with this cart")
        assert ids(shelf) == ["i0", "i1", "i2", "i3"]

    def test_where_all_companions_are_sold_out_popular_products_stand(self, view: LiveView) -> None:
        now = changed(view, stock={2: 0, 3: 0})
        shelf = also_bought(now, ["i0", "i1"])
        assert shelf.fallback
        assert ids(shelf) == ["i4"]

    def test_an_empty_cart(self, view: LiveView) -> None:
        with pytest.raises(InputError, match="cart is empty"):
            also_bought(view, [])

    def test_all_unknown_products_are_named(self, view: LiveView) -> None:
        with pytest.raises(NotFound, match=r"'x', 'y'\."):
            also_bought(view, ["i0", "x", "y"])

    @pytest.mark.parametrize("n", [0, 21])
    def test_n_out_of_range(self, view: LiveView, n: int) -> None:
        with pytest.raises(InputError, match="also bought shows from 1 to 20"):
            also_bought(view, ["i0"], n=n)


class TestLookalikes:
    def test_weighs_what_similar_shoppers_bought_by_their_similarity(self, view: LiveView) -> None:
        # Like ann: bea (cosine 1) with 0 and 1, cid (0.6) with 1 and 3; dan points away.
        shelf = lookalikes(view, "ann")
        assert shelf.neighbours == [
            {"user_id": "bea", "similarity": 1.0}, {"user_id": "cid", "similarity": 0.6},
        ]  # fmt: skip
        assert ids(shelf) == ["i1", "i3"]
        assert [item.score for item in shelf.items] == pytest.approx([1.6, 0.6])
        assert [item.reason for item in shelf.items] == [
            "Bought by 2 of the 2 most similar shoppers",
            "Bought by 1 of the 2 most similar shoppers",
        ]
        assert shelf.removed == {"bought before": 1}

    def test_fewer_neighbours(self, view: LiveView) -> None:
        shelf = lookalikes(view, "ann", n_neighbours=1)
        assert ids(shelf) == ["i1"]
        assert shelf.items[0].score == pytest.approx(1)

    def test_filters_and_live_changes_hold(self, view: LiveView) -> None:
        assert ids(lookalikes(view, "ann", filters=Filters(price_min=30))) == ["i3"]
        shelf = lookalikes(changed(view, hidden={1: True}), "ann", n=1)
        assert ids(shelf) == ["i3"]
        assert shelf.removed == {"bought before": 1, "hidden now": 1}

    def test_a_stranger_is_like_nobody(self, view: LiveView) -> None:
        with pytest.raises(NotFound, match="'eve'") as caught:
            lookalikes(view, "eve")
        assert "For You" in caught.value.hint

    @pytest.mark.parametrize(("n", "n_neighbours"), [(0, 10), (51, 10), (10, 0), (10, 101)])
    def test_numbers_out_of_range(self, view: LiveView, n: int, n_neighbours: int) -> None:
        with pytest.raises(InputError, match="from 1 to"):
            lookalikes(view, "ann", n=n, n_neighbours=n_neighbours)


def test_the_document_of_a_shelf_names_neighbours_only_for_lookalikes(view: LiveView) -> None:
    assert "neighbours" in lookalikes(view, "ann").as_dict()
    document = for_you(view, "ann", n=1).as_dict()
    assert "neighbours" not in document
    assert document["shown"] == document["asked"] == 1
    assert document["items"][0]["item_id"] == "i1"
