from __future__ import annotations

import math

import numpy as np
import pytest

from recsys.evaluation.intervals import Interval, bootstrap, bootstrap_all


def test_bootstrap_of_equal_values_has_no_width() -> None:
    assert bootstrap(np.full(50, 0.25)) == Interval(0.25, 0.25, 0.25)


def test_bootstrap_of_nothing_is_0() -> None:
    assert bootstrap(np.empty(0)) == Interval(0.0, 0.0, 0.0)
    assert bootstrap_all({}) == {}


def test_bootstrap_is_as_wide_as_the_standard_error_says() -> None:
    values = np.random.default_rng(0).normal(3, 2, 400)
    found = bootstrap(values)
    error = values.std() / math.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.03)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.03)
    assert bootstrap(values) == found, "the same numbers give the same interval"


def test_bootstrap_draws_whole_shoppers() -> None:
    """Ten equal baskets of one shopper say no more than one."""
    values = np.random.default_rng(0).random(40)
    many = bootstrap(np.repeat(values, 10), groups=np.repeat(np.arange(40), 10))
    one = bootstrap(values)
    assert (many.value, many.low, many.high) == pytest.approx((one.value, one.low, one.high))


def test_a_shopper_with_more_baskets_weighs_more() -> None:
    found = bootstrap(np.array([1.0, 1.0, 1.0, 0.0]), groups=np.array([7, 7, 7, 2]))
    assert found == Interval(0.75, 0.0, 1.0)


def test_a_paired_difference_is_narrower_than_either() -> None:
    base = np.random.default_rng(0).random(300)
    better = base + 0.01
    difference = bootstrap(better - base)
    assert difference.low == pytest.approx(0.01)
    assert difference.high == pytest.approx(0.01)


def test_many_shoppers_are_drawn_in_blocks_and_the_draws_stay_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.random.default_rng(1).random(200)
    whole = bootstrap_all({"a": values, "b": values * 2})
    assert whole["b"].low == pytest.approx(2 * whole["a"].low)
    monkeypatch.setattr("recsys.evaluation.intervals._BLOCK_DRAWS", 900)
    again = bootstrap(values)
    assert (again.low, again.high) == pytest.approx((whole["a"].low, whole["a"].high))


def test_numbers_are_rounded_for_storage() -> None:
    assert Interval(1 / 3, 0.1, 0.5).as_dict() == {"value": 0.33333, "low": 0.1, "high": 0.5}
