from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from recsys.models.spaces import unit_rows
from recsys.segments.activity import best_first
from recsys.segments.definition import SCORERS, Scorer
from recsys.segments.likeness import draw_others, learn, logistic, prototypes
from recsys.segments.vectors import Vectors


def two_groups(count: int = 300, width: int = 12, *, seed: int = 0) -> NDArray[np.float32]:
    """Vectors of which every third looks one way and the rest another, of all lengths."""
    random = np.random.default_rng(seed)
    middles = 1.5 * random.normal(size=(2, width))
    group = (np.arange(count) % 3 != 0).astype(int)
    spread = random.normal(size=(count, width))
    return ((middles[group] + spread) * random.uniform(0.1, 9, (count, 1))).astype(np.float32)


@pytest.mark.parametrize("scorer", SCORERS)
def test_the_group_of_the_seeds_is_found_again(scorer: Scorer) -> None:
    vectors = Vectors.of(two_groups())
    group = np.arange(0, 300, 3)
    seeds, others = group[:40], np.setdiff1d(np.arange(300), group[:40])
    scores = learn(scorer, vectors.only(seeds), vectors.only(others)).of(vectors)
    best = best_first(scores, np.zeros(300), others)[:60]
    assert np.isin(best, group).mean() > 0.9


@pytest.mark.parametrize("scorer", SCORERS)
def test_length_does_not_matter_and_zero_is_unknown(scorer: Scorer) -> None:
    raw = two_groups(90)
    raw[5] = 0
    once, longer = Vectors.of(raw), Vectors.of(7 * raw)
    like = learn(scorer, once.only(np.arange(0, 60, 3)), once.only(np.arange(1, 90, 3)))
    assert np.isnan(like.of(once)).nonzero()[0].tolist() == [5]
    np.testing.assert_allclose(like.of(once), like.of(longer), rtol=1e-4)


def test_best_first_by_score_then_row_then_fallback() -> None:
    scores = np.array([1, np.nan, 3, 3, np.nan, 2], np.float32)
    fallback = np.array([0, 1, 0, 0, 2, 0])
    assert best_first(scores, fallback, np.arange(6)).tolist() == [2, 3, 5, 0, 4, 1]
    assert best_first(scores, fallback, np.array([5, 1])).tolist() == [5, 1]


def test_the_classifier_stands_where_its_formula_is_least() -> None:
    random = np.random.default_rng(2)
    seeds, others = random.normal(0.4, 1, (30, 4)), random.normal(0, 1, (90, 4))
    weights, shift = logistic(seeds, others, ridge=2.0)

    def loss(w: NDArray[np.float64], b: float) -> float:
        wrong = np.logaddexp(0, -(seeds @ w + b)).sum()
        wrong += 30 / 90 * np.logaddexp(0, others @ w + b).sum()
        return float(wrong + (w**2).sum())

    least = loss(weights, shift)
    for _ in range(50):
        step = random.normal(0, 0.02, 5)
        assert loss(weights + step[:4], shift + step[4]) > least


def test_the_classifier_ends_on_what_can_be_told_apart_fully() -> None:
    weights, shift = logistic(np.full((3, 2), 50.0), np.full((900, 2), -50.0))
    assert np.isfinite([*weights, shift]).all()
    assert (np.full(2, 50.0) @ weights + shift) > 0


def test_one_seed_is_enough_for_every_scorer() -> None:
    vectors = Vectors.of(two_groups(60))
    for scorer in SCORERS:
        like = learn(scorer, vectors.only(np.array([0])), vectors.only(np.arange(1, 60)))
        assert int(np.argmax(like.of(vectors))) == 0


def test_prototypes_are_unit_and_cover_both_groups() -> None:
    vectors = unit_rows(two_groups(600))
    found = prototypes(vectors, count=8)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert (vectors @ found.T).max(axis=1).min() > 0


def test_others_are_drawn_by_seed_and_never_more_than_said() -> None:
    everyone = np.arange(50_000)
    one, same = (draw_others(everyone, 10, np.random.default_rng(4)) for _ in range(2))
    assert one.tolist() == same.tolist()
    assert len(one) == 5_000 == len(set(one.tolist()))
    assert len(draw_others(everyone, 9_000, np.random.default_rng(4))) == 20_000
    assert draw_others(everyone[:9], 3, np.random.default_rng(4)).tolist() == list(range(9))
