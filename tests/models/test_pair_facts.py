from __future__ import annotations

import numpy as np
import pytest
from model_shops import purchases

from recsys.data.matrix import basket_matrix
from recsys.models.pair_facts import PairFacts, pair_facts

# Baskets {0, 1}, {0, 1, 2}, {0}, {2}, {3}: item 1 is twice in the first.
ROWS = purchases(
    [(0, 0), (0, 1), (0, 1), (0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (1, 3)],
    baskets=[0, 0, 0, 1, 1, 1, 2, 3, 4],
)


def test_support_confidence_and_lift() -> None:
    facts = pair_facts(ROWS, 0, 1)
    assert facts == PairFacts(together=2, source=3, target=2, baskets=5)
    assert facts.support == pytest.approx(2 / 5)
    assert facts.confidence == pytest.approx(2 / 3)
    assert facts.lift == pytest.approx((2 / 3) / (2 / 5))
    assert (
        facts.words()
        == "In 2 baskets with it: 67% of its baskets, 1.7 times as often as by chance."
    )


def test_the_other_way_round_the_confidence_differs_and_the_lift_does_not() -> None:
    one, other = pair_facts(ROWS, 0, 1), pair_facts(ROWS, 1, 0)
    assert other.confidence == 1
    assert other.lift == pytest.approx(one.lift)
    assert other.support == one.support


def test_one_basket_of_many_is_under_1_percent() -> None:
    facts = PairFacts(together=1, source=300, target=1, baskets=5_000)
    assert facts.words() == (
        "In 1 basket with it: under 1% of its baskets, 17 times as often as by chance."
    )


def test_never_together() -> None:
    facts = pair_facts(ROWS, 0, 3)
    assert (facts.together, facts.lift, facts.confidence) == (0, 0, 0)
    assert facts.words() == "Never in one basket."


def test_an_item_that_nobody_bought_and_a_shop_without_rows() -> None:
    assert pair_facts(ROWS, 7, 0).words() == "Never in one basket."
    nothing = ROWS.rows(slice(0, 0))
    assert pair_facts(nothing, 0, 1) == PairFacts(0, 0, 0, 0)
    assert pair_facts(nothing, 0, 1).support == 0


def test_guests_count_and_what_was_taken_out_does_not() -> None:
    guests = purchases([(-1, 0), (-1, 1)], baskets=[5, 5])
    assert pair_facts(ROWS, 0, 1, guests=guests) == PairFacts(3, 4, 3, 6)
    removed = purchases([(0, 0), (0, 1)], baskets=[0, 0], weights=[1, -0.5])
    assert pair_facts(removed, 0, 1) == PairFacts(0, 1, 0, 1)


def test_they_are_the_counts_of_the_basket_matrix() -> None:
    random = np.random.default_rng(2)
    pairs = [(basket, int(item)) for basket in range(50) for item in random.choice(8, 3)]
    rows = purchases(pairs)
    baskets = basket_matrix(rows, 8).matrix
    together = (baskets.T @ baskets).toarray()
    for source in range(8):
        for target in set(range(8)) - {source}:
            assert pair_facts(rows, source, target) == PairFacts(
                together[source, target], together[source, source], together[target, target], 50
            )
