"""Co-purchase against examples worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from model_shops import DAY, purchases

from recsys.models.base import TrainingData
from recsys.models.copurchase import CoPurchase, CoPurchaseConfig
from recsys.models.sparse import SparseSpace
from recsys.types import silent

# Baskets {0, 1}, {0, 1, 2}, {0}, {3}: shopper 0 has the first two, shopper 1 the others.
ROWS = [(0, 0), (0, 1), (0, 0), (0, 1), (0, 2), (1, 0), (1, 3)]
BASKETS = [0, 0, 1, 1, 1, 2, 3]
PLAIN = {
    "basket_exponent": 0,
    "source_exponent": 1,
    "target_exponent": 0,
    "half_life_days": None,
}


def weights(timestamps: list[int] | None = None, **settings: Any) -> np.ndarray:
    """Return the weights as a dense matrix: row = target, column = source."""
    rows = purchases(ROWS, baskets=BASKETS, timestamps=timestamps)
    model = CoPurchase(CoPurchaseConfig(**{**PLAIN, **settings}))
    space = model.fit(TrainingData(rows, 2, 5), silent)
    assert isinstance(space, SparseSpace)
    return space.items.to_csr().toarray()


def test_plain_counts_are_conditional_shares() -> None:
    # count: item 0 in 3 baskets, 1 in 2, 2 in 1; pairs 0-1 twice, 0-2 once, 1-2 once.
    expected = np.zeros((5, 5))
    expected[[1, 2], 0] = [2 / 3, 1 / 3]
    expected[[0, 2], 1] = [2 / 2, 1 / 2]
    expected[[0, 1], 2] = [1, 1]
    np.testing.assert_allclose(weights(), expected, rtol=1e-6)


def test_a_popular_target_is_held_back() -> None:
    # w(2 -> 0) = 1 / count(2) / count(0)^0.3
    found = weights(target_exponent=0.3)
    np.testing.assert_allclose(found[0, 2], 1 / 3**0.3, rtol=1e-6)
    np.testing.assert_allclose(found[1, 2], 1 / 2**0.3, rtol=1e-6)


def test_a_popular_source_says_less() -> None:
    # w(0 -> 1) = 2 / count(0)^0.6
    found = weights(source_exponent=0.6)
    np.testing.assert_allclose(found[1, 0], 2 / 3**0.6, rtol=1e-6)
    np.testing.assert_allclose(found[0, 1], 2 / 2**0.6, rtol=1e-6)


def test_a_large_basket_says_less() -> None:
    # Baskets weigh 2^-.5, 3^-.5, 1, 1.
    two, three = 2**-0.5, 3**-0.5
    found = weights(basket_exponent=0.5)
    np.testing.assert_allclose(found[1, 0], (two + three) / (two + three + 1), rtol=1e-6)
    np.testing.assert_allclose(found[2, 0], three / (two + three + 1), rtol=1e-6)


def test_an_old_basket_fades_from_the_newest_one() -> None:
    # Ages in days: 20, 10, 0, 0; half after 10: weights 1/4, 1/2, 1, 1.
    times = [DAY * day for day in (0, 0, 10, 10, 10, 20, 20)]
    found = weights(times, half_life_days=10)
    np.testing.assert_allclose(found[1, 0], 0.75 / 1.75, rtol=1e-6)
    np.testing.assert_allclose(found[2, 0], 0.5 / 1.75, rtol=1e-6)


def test_the_best_of_each_source_are_kept_and_ties_go_to_the_smaller_row() -> None:
    found = weights(neighbours=1)
    np.testing.assert_allclose(found[1, 0], 2 / 3, rtol=1e-6)
    assert found[0, 1] == pytest.approx(1)
    assert found[0, 2] == pytest.approx(1), "items 0 and 1 tie for source 2"
    assert np.count_nonzero(found) == 3


def test_keeping_many_of_many_equals_sorting_them_all() -> None:
    random = np.random.default_rng(3)
    pairs = [(b, int(i)) for b in range(60) for i in random.choice(30, 5, replace=False)]
    data = TrainingData(purchases(pairs), 60, 30)

    def fit(neighbours: int) -> np.ndarray:
        config = CoPurchaseConfig(neighbours=neighbours, half_life_days=None)
        space = CoPurchase(config).fit(data, silent)
        assert isinstance(space, SparseSpace)
        return space.items.to_csr().toarray()

    every, few = fit(2000), fit(7)
    for source in range(30):
        column = every[:, source]
        best = [i for i in np.lexsort((np.arange(30), -column))[:7] if column[i] > 0]
        expected = np.zeros(30, np.float32)
        expected[best] = column[best]
        np.testing.assert_array_equal(few[:, source], expected)


def test_guests_count_and_their_large_baskets_less() -> None:
    # Shoppers' baskets {0, 1} and {0, 2}; a guest's {0, 2, 3}.
    rows = purchases([(0, 0), (0, 1), (1, 0), (1, 2)], baskets=[0, 0, 1, 1])
    guests = purchases([(-1, 0), (-1, 2), (-1, 3)], baskets=[2, 2, 2])

    def fit(**settings: Any) -> np.ndarray:
        model = CoPurchase(CoPurchaseConfig(**{**PLAIN, **settings}))
        space = model.fit(TrainingData(rows, 2, 4, guests), silent)
        assert isinstance(space, SparseSpace)
        assert space.histories.shape == (2, 4)
        return space.items.to_csr().toarray()

    third = 3**-0.5  # what the guest's basket counts
    np.testing.assert_allclose(
        fit()[1:, 0], np.array([1, 1 + third, third]) / (2 + third), rtol=1e-6
    )
    np.testing.assert_allclose(fit()[[0, 2], 3], [1, 1], rtol=1e-6)
    without = fit(guests=False)
    np.testing.assert_allclose(without[1:, 0], [1 / 2, 1 / 2, 0], rtol=1e-6)
    assert not without[:, 3].any(), "only a guest bought product 3"
    faded = fit(basket_exponent=0.5)[3, 0]
    np.testing.assert_allclose(faded, 3**-1 / (2 * 2**-0.5 + 3**-1), rtol=1e-6)


def test_the_age_of_guests_baskets_counts() -> None:
    rows = purchases([(0, 0), (0, 1)], baskets=[0, 0], timestamps=[10 * DAY] * 2)
    guests = purchases([(-1, 0), (-1, 2)], baskets=[1, 1], timestamps=[0, 0])
    config = CoPurchaseConfig(**{**PLAIN, "half_life_days": 10})
    space = CoPurchase(config).fit(TrainingData(rows, 1, 3, guests), silent)
    assert isinstance(space, SparseSpace)
    old = 0.5 * 2**-0.5
    found = space.items.to_csr().toarray()[1:, 0]
    np.testing.assert_allclose(found, np.array([1, old]) / (1 + old), rtol=1e-6)


def test_a_shop_where_nothing_is_bought_together() -> None:
    rows = purchases([(0, 0), (0, 1)], baskets=[0, 1])
    space = CoPurchase(CoPurchaseConfig()).fit(TrainingData(rows, 1, 2), silent)
    assert not space.known_items.any()
    assert space.shopper_query(0) is None
