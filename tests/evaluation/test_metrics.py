"""Metrics against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recsys.evaluation.metrics import Interval, bootstrap, ndcg, recall, top_k

SCORES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 12)),
    elements=st.sampled_from([-math.inf, -1.5, 0.0, 0.25, 1.0, 3.0]),
)


def hits(text: str) -> np.ndarray:
    """``x..`` is a hit on the first of three places."""
    return np.array([sign == "x" for sign in text])


@given(SCORES, st.integers(1, 15))
def test_top_k_is_a_stable_sort_without_what_may_not_be_shown(scores: np.ndarray, k: int) -> None:
    before = scores.copy()
    found = top_k(scores, k)
    np.testing.assert_array_equal(scores, before)
    assert found.shape == (len(scores), min(k, scores.shape[1]))
    for row, line in enumerate(scores):
        order = sorted(range(len(line)), key=lambda column: (-line[column], column))
        expected = [column for column in order if math.isfinite(line[column])][:k]
        expected += [-1] * (found.shape[1] - len(expected))
        assert found[row].tolist() == expected


@pytest.mark.parametrize(
    ("places", "relevant", "expected"),
    [
        pytest.param("x..", 1, 1.0, id="the only one comes first"),
        pytest.param(".x.", 1, 1 / math.log2(3), id="the only one comes second"),
        pytest.param("...", 2, 0.0, id="nothing found"),
        pytest.param("xxx", 9, 1.0, id="more relevant than places"),
        pytest.param("x.x", 2, 1.5 / (1 + 1 / math.log2(3)), id="first and third of two"),
        pytest.param("...", 0, 0.0, id="nothing relevant"),
    ],
)
def test_ndcg(places: str, relevant: int, expected: float) -> None:
    assert ndcg(hits(places), relevant) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("places", "relevant", "expected"),
    [
        pytest.param("x.x", 4, 0.5, id="two of four"),
        pytest.param("...", 3, 0.0, id="none of three"),
        pytest.param("xxx", 3, 1.0, id="all"),
        pytest.param("...", 0, 0.0, id="nothing relevant"),
    ],
)
def test_recall(places: str, relevant: int, expected: float) -> None:
    assert recall(hits(places), relevant) == pytest.approx(expected)


def test_bootstrap_of_equal_values_has_no_width() -> None:
    assert bootstrap(np.full(50, 0.25)) == Interval(0.25, 0.25, 0.25)


def test_bootstrap_of_nothing_is_0() -> None:
    assert bootstrap(np.empty(0)) == Interval(0.0, 0.0, 0.0)


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
    assert bootstrap(np.repeat(values, 10), groups=np.repeat(np.arange(40), 10)) == pytest.approx(
        bootstrap(values)
    )


def test_a_shopper_with_more_baskets_weighs_more() -> None:
    found = bootstrap(np.array([1.0, 1.0, 1.0, 0.0]), groups=np.array([7, 7, 7, 2]))
    assert found == Interval(0.75, 0.0, 1.0)


def test_a_paired_difference_is_narrower_than_either() -> None:
    base = np.random.default_rng(0).random(300)
    better = base + 0.01
    difference = bootstrap(better - base)
    assert difference.low == pytest.approx(0.01)
    assert difference.high == pytest.approx(0.01)


def test_numbers_are_rounded_for_storage() -> None:
    assert Interval(1 / 3, 0.1, 0.5).as_dict() == {"value": 0.33333, "low": 0.1, "high": 0.5}
