from __future__ import annotations

import numpy as np
import pytest

from recsys.sessions.events import Event, Session
from recsys.sessions.preferences import (
    BRAND,
    CATEGORY,
    MOST,
    PRICE,
    Goods,
    goods_of,
    preferences_of,
    preferred,
)

# Forty products: even ones are of category 0, odd ones of 1; the dearest cost 40.
ROWS = np.arange(40)


def goods(*, priced: bool = True) -> Goods:
    price = ROWS + 1.0 if priced else np.full(40, np.nan)
    return goods_of(
        (ROWS % 2).astype(np.int32),
        np.full(40, -1, np.int32),
        price,
        np.full(40, 9, np.float32),
    )


def looked_at(*items: int) -> Session:
    return Session(tuple(Event("viewed", float(n), item=item) for n, item in enumerate(items)))


def added(session: Session, goods: Goods) -> np.ndarray:
    return preferred(preferences_of(session, goods), goods, ROWS)


def test_shares_of_the_shop_are_those_of_its_buyers() -> None:
    found = goods_of(
        np.array([0, 0, 1, -1], np.int32),
        np.full(4, -1, np.int32),
        np.array([1.0, 1.0, 1.0, 5.0]),
        np.array([2, 0, 4, 9], np.float32),
    )
    assert found.category_share == pytest.approx([0.5 * 4 / 4.5, 5 / 9], rel=1e-9)
    assert found.brand_share.size == 0
    assert found.usual is not None


def test_an_empty_session_prefers_nothing() -> None:
    assert not added(Session(), goods()).any()


def test_a_category_that_is_browsed_gains_and_the_others_lose() -> None:
    shop = goods(priced=False)
    found = added(Session((Event("browsed", 0.0, category=1),)), shop)
    weight = 0.3
    gains = np.log((weight + 0.5) / (weight + 1) / 0.5)
    assert found[1] == pytest.approx(CATEGORY * gains)
    assert found[0] == pytest.approx(CATEGORY * np.log(0.5 / (weight + 1) / 0.5))


def test_dear_products_gain_when_dear_ones_are_looked_at() -> None:
    found = added(looked_at(31, 33, 35, 37), goods())
    dear, cheap = found[[31, 35, 39]], found[[1, 3, 5]]
    assert dear.min() > 0 > cheap.max()
    again = added(looked_at(1, 3), goods())
    assert again[[1, 3]].min() > again[[31, 35, 39]].max()


def test_one_look_says_less_than_five() -> None:
    one, five = added(looked_at(39), goods()), added(looked_at(39, 39, 39, 39, 39), goods())
    assert 0 < one[39] < five[39]


def test_all_together_are_bounded() -> None:
    assert MOST < CATEGORY + BRAND + PRICE
    found = added(looked_at(*[39] * 50), goods())
    assert np.abs(found).max() <= min(MOST, CATEGORY + PRICE)


def test_a_shop_without_prices_and_categories_has_no_preferences() -> None:
    nothing = np.full(40, -1, np.int32)
    bare = goods_of(nothing, nothing, np.full(40, np.nan), np.zeros(40, np.float32))
    assert not added(looked_at(3, 4), bare).any()


def test_an_unknown_price_neither_gains_nor_loses() -> None:
    shop = goods()
    shop.price[5] = np.nan
    assert added(looked_at(31, 33), shop)[5] == added(looked_at(31, 33), goods(priced=False))[5]
