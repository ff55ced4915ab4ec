from __future__ import annotations

import pytest
from hand_shop import BOUGHT, PAIRS, PURCHASES, changed, ids
from shelf_shop import make_shop, neighbours, view_of

from recsys.errors import NotReady
from recsys.releases.live import LiveView
from recsys.shelves.placements import also_bought, for_you, lookalikes, similar
from recsys.types import Filters


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    """No catalogue: no names, categories, prices or stock."""
    bought = BOUGHT[:, :5]
    shop = make_shop(
        tmp_path_factory.mktemp("bare"),
        purchases=PURCHASES,
        catalogue=[],
        spaces={"for_you": neighbours(PAIRS[:5, :5], bought)},
    )
    return view_of(shop)


class TestBareShop:
    def test_products_are_called_by_their_ids(self, bare: LiveView) -> None:
        shelf = for_you(bare, "bea")
        assert ids(shelf) == ["i2", "i3", "i4"], "the last one fills the shelf up"
        assert shelf.items[0].fields["stock"] is None
        assert "price" not in shelf.items[0].fields
        assert shelf.items[1].reason == "Because you bought i0"
        assert shelf.items[2].reason == "Popular: bought by 1 shopper"

    def test_filters_match_nothing(self, bare: LiveView) -> None:
        for filters in (Filters(category="Tea"), Filters(price_max=1000)):
            assert for_you(bare, "bea", filters=filters).items == []
        assert ids(for_you(bare, "bea", filters=Filters(min_stock=50))) == ["i2", "i3", "i4"]

    def test_every_product_has_the_same_fields_once_one_has_a_price(self, bare: LiveView) -> None:
        shelf = for_you(changed(bare, price={3: 2.0}), "bea")
        assert [item.fields["price"] for item in shelf.items] == [None, 2.0, None]

    def test_a_history_that_leads_nowhere_gets_popular_products_not_bought(
        self, bare: LiveView
    ) -> None:
        shelf = for_you(bare, "dan")
        assert shelf.fallback == "Popular products: no purchases to learn from"
        assert ids(shelf) == ["i0", "i1", "i2", "i3"]

    def test_placements_that_the_release_does_not_have(self, bare: LiveView) -> None:
        for ask in (
            lambda: similar(bare, "i0"),
            lambda: also_bought(bare, ["i0"]),
            lambda: lookalikes(bare, "ann"),
        ):
            with pytest.raises(NotReady, match="The live release has no"):
                ask()
