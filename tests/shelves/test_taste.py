from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shelf_shop import factors, make_shop, view_of

from recsys.releases.live import LiveView
from recsys.shelves.taste import Taste, amount, taste_of

# 20 products: tea 0 to 9, coffee 10 to 19; every other one is the shop's own.
CATALOGUE = [
    {
        "item_id": f"p{number:02}",
        "category": "Tea" if number < 10 else "Coffee",
        "brand": "Own" if number % 2 else "Other",
        "price": number + 1,
    }
    for number in range(20)
]
# bea buys all; ann the shop's own only, more teas than coffees; cid one product.
BOUGHT = {
    "ann": [1, 3, 5, 7, 9, 11, 13, 15],
    "bea": list(range(20)),
    "cid": [4],
    **{f"x{number}": [2 * number, 2 * number + 10, 18] for number in range(5)},
}


def shop(folder: Path, *, sensitive: tuple[str, ...] = ()) -> LiveView:
    purchases = [
        (user, f"p{item:02}", "purchase", f"2026-03-{place + 1:02d}T08:00:00")
        for user, items in BOUGHT.items()
        for place, item in enumerate(items)
    ]
    space = factors(np.eye(20), np.ones((len(BOUGHT), 20)), np.ones((len(BOUGHT), 20)))
    made = make_shop(
        folder,
        purchases=purchases,
        catalogue=CATALOGUE,
        spaces={"for_you": space},
        sensitive=sensitive,
    )
    return view_of(made)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    return shop(tmp_path_factory.mktemp("taste"))


def taste(view: LiveView, user: str) -> Taste:
    items, _, last = view.release.history(view.release.user_ids.rows([user])[0])
    assert last is not None
    return taste_of(view, items, int(last.max()))


def test_what_a_shopper_likes_is_said_in_one_sentence(view: LiveView) -> None:
    found = taste(view, "ann")
    assert found.categories == ("Tea",)
    assert found.share == pytest.approx(5 / 8)
    assert found.words("USD") == (
        "Mostly Tea, 3.4 to 15 USD, prefers Own; last bought 12 days before the data ends."
    )


def test_the_price_range_is_from_the_tenth_to_the_ninetieth_percentile(view: LiveView) -> None:
    found = taste(view, "ann")
    assert (found.low, found.high) == pytest.approx(
        tuple(np.percentile([2, 4, 6, 8, 10, 12, 14, 16], [10, 90]))
    )


def test_a_brand_is_preferred_only_beyond_chance(view: LiveView) -> None:
    assert taste(view, "ann").brand == "Own"
    # Half of what bea bought is the shop's own, as much as her categories give.
    assert taste(view, "bea").brand == ""
    # Four are too few, whatever their share.
    own = np.array([1, 3, 5, 7], np.int32)
    assert taste_of(view, own, None).brand == ""


def test_who_buys_like_all_has_no_category(view: LiveView) -> None:
    assert taste(view, "bea").words("").startswith("A bit of everything, 2.9 to 18;")


def test_one_purchase_is_no_taste(view: LiveView) -> None:
    assert taste(view, "cid").words("EUR") == (
        "Only 1 product so far, 5 EUR; last bought 19 days before the data ends."
    )
    assert taste_of(view, np.empty(0, np.int32), None).words("EUR") == ""


def test_sensitive_products_are_not_told_of(tmp_path: Path) -> None:
    view = shop(tmp_path, sensitive=tuple(f"p{number:02}" for number in range(10)))
    found = taste(view, "ann")
    assert "Tea" not in found.words("USD")
    assert found.products == 8


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.554, "0.55"), (0.5, "0.5"), (0, "0"), (3.04, "3"), (3.46, "3.5"), (12.4, "12"),
     (1249.7, "1,250")],
)  # fmt: skip
def test_an_amount_has_the_digits_that_matter(value: float, words: str) -> None:
    assert amount(value) == words
