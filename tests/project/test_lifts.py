from __future__ import annotations

import numpy as np
import pytest

from recsys.lifts import lifts, lifts_of_codes


def test_twice_as_often_is_a_lift_of_two() -> None:
    # 40 of 100 chosen have tea, 200 of all 1,000.
    found = lifts(["tea"], np.array([40]), np.array([200]), n_chosen=100, n_everyone=1_000)
    one = found[0]
    assert (one.count, one.share, one.everyone, one.lift) == (40, 0.4, 0.2, 2.0)
    assert one.sure
    assert one.low > 1


def test_the_interval_is_about_what_many_draws_of_two_shares_give() -> None:
    one = lifts(["tea"], np.array([40]), np.array([200]), n_chosen=100, n_everyone=1_000)[0]
    rng = np.random.default_rng(1)
    mine, theirs = rng.binomial(100, 0.4, 20_000), rng.binomial(900, 160 / 900, 20_000)
    low, high = np.percentile(mine / 100 / ((mine + theirs) / 1_000), (2.5, 97.5))
    assert one.low == pytest.approx(low, rel=0.06)
    assert one.high == pytest.approx(high, rel=0.06)


@pytest.mark.parametrize("chosen", [3, 20, 40, 90])
def test_a_lift_lies_in_its_own_interval(chosen: int) -> None:
    one = lifts(["tea"], np.array([chosen]), np.array([200]), n_chosen=150, n_everyone=500)[0]
    assert one.low <= one.lift <= one.high


def test_of_many_values_without_a_difference_hardly_any_is_called_sure() -> None:
    rng = np.random.default_rng(2)
    called = 0
    for _ in range(50):
        has = rng.random((1_000, 100)) < 0.2
        chosen, every = has[:150].sum(axis=0), has.sum(axis=0)
        found = lifts([str(n) for n in range(100)], chosen, every, n_chosen=150, n_everyone=1_000)
        called += any(one.sure for one in found)
    assert called <= 6, "5 % of 50 times, and some luck; each value by itself would give all 50"


def test_what_none_of_the_others_has_is_lifted_without_bound() -> None:
    one = lifts(["tea"], np.array([30]), np.array([30]), n_chosen=100, n_everyone=1_000)[0]
    assert one.high == pytest.approx(10)
    assert 5 < one.low < 10
    assert one.sure


def test_one_of_one_tells_nothing() -> None:
    found = lifts(["tea"], np.array([1]), np.array([300]), n_chosen=1, n_everyone=1_000)
    assert not found[0].sure


def test_the_surest_comes_first_and_the_rarer_last() -> None:
    values = ["rare", "usual", "frequent", "very"]
    chosen, everyone = np.array([1, 50, 70, 90]), np.array([500, 500, 500, 500])
    found = lifts(values, chosen, everyone, n_chosen=100, n_everyone=1_000)
    assert [one.value for one in found] == ["very", "frequent", "usual", "rare"]


def test_nobody_chosen_lifts_nothing_and_everybody_is_no_news() -> None:
    assert lifts(["a"], np.array([0]), np.array([5]), n_chosen=0, n_everyone=10) == []
    every = lifts(["a"], np.array([5]), np.array([5]), n_chosen=10, n_everyone=10)[0]
    assert every.lift == 1.0
    assert not every.sure


def test_codes_without_a_value_count_as_chosen_without_it() -> None:
    codes = np.array([0, 0, 1, -1, -1, 1], np.int32)
    found = lifts_of_codes(["tea", "milk"], codes, np.array([0, 1, 3]))
    by = {one.value: one for one in found}
    assert by["tea"].count == 2
    assert by["tea"].share == pytest.approx(2 / 3)
    assert by["tea"].everyone == pytest.approx(2 / 6)
    assert by["milk"].count == 0
