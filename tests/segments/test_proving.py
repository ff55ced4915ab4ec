from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recsys.segments.definition import SCORERS
from recsys.segments.matched import expected_curve
from recsys.segments.proving import CHOSEN, MATCHED, RANDOM, RFM, Base, Proven, at, choose, prove
from recsys.segments.vectors import Vectors

COUNT, WIDTH = 400, 8


def base(vectors: NDArray[np.floating], *, seed: int = 1) -> Base:
    random = np.random.default_rng(seed)
    orders = random.integers(1, 30, len(vectors)).astype(np.int32)
    return Base(
        Vectors.of(vectors.astype(np.float32)), random.normal(size=(len(vectors), 3)), orders
    )


@pytest.fixture(scope="module")
def noise() -> Base:
    return base(np.random.default_rng(0).normal(size=(COUNT, WIDTH)))


@pytest.fixture(scope="module")
def planted(noise: Base) -> Base:
    """The first hundred look alike."""
    raw = np.array(noise.vectors.raw)
    raw[:100, 0] += 3
    return replace(noise, vectors=Vectors.of(raw))


SEEDS = np.arange(0, 100, 2)


@pytest.fixture(scope="module")
def found(planted: Base) -> Proven:
    return prove(planted, SEEDS, seed=4)


def test_a_taste_is_found_and_surely_beats_the_others(found: Proven) -> None:
    assert (found.seeds, found.hidden, found.base) == (50, 10, COUNT)
    assert sum(found.wins.values()) == 10
    size = 60  # of 360 candidates, of whom 60 look like the seeds
    assert at(found.sizes, found.curves[CHOSEN].low, size) > 0.7
    assert at(found.sizes, found.curves[RANDOM].mean, size) == pytest.approx(1 / 6, abs=0.01)
    for name in (RFM, MATCHED, RANDOM):
        assert at(found.sizes, found.against[name].low, size) > 0.2
    for scorer in SCORERS:
        assert at(found.sizes, found.curves[scorer].mean, size) > 0.7


def test_curves_rise_from_nothing_to_everybody(found: Proven) -> None:
    assert found.sizes[-1] == COUNT - 50 + 10
    for curve in found.curves.values():
        assert (np.diff(curve.mean) >= 0).all()
        assert curve.mean[-1] == pytest.approx(1)
        assert (curve.low <= curve.mean).all()
        assert (curve.mean <= curve.high).all()
    assert at(found.sizes, found.curves[CHOSEN].mean, 0) == 0


def test_in_noise_nothing_is_claimed(noise: Base) -> None:
    chosen = np.sort(np.random.default_rng(5).choice(COUNT, 60, replace=False))
    found = prove(noise, chosen)
    for size in (20, 60, 150):
        low, high = (at(found.sizes, side, size) for side in (
            found.against[RANDOM].low, found.against[RANDOM].high
        ))  # fmt: skip
        assert low <= 0 <= high


def test_hidden_seeds_teach_nothing() -> None:
    """Every shopper has a direction of their own: who learned from one finds them at once."""
    count = 120
    seeds = np.sort(np.random.default_rng(3).choice(count, 40, replace=False))
    found = prove(base(np.eye(count)), seeds)
    for name in (CHOSEN, *SCORERS):
        assert at(found.sizes, found.curves[name].mean, 20) < 0.45  # 20 of 88 are .23


def test_a_few_seeds_are_never_certain() -> None:
    vectors = np.random.default_rng(0).normal(size=(COUNT, WIDTH))
    vectors[:20, 0] += 40
    found = prove(base(vectors), np.arange(20))
    assert found.hidden == 4
    for name in (CHOSEN, *SCORERS):
        assert at(found.sizes, found.curves[name].mean, 60) == 1
        assert at(found.sizes, found.curves[name].high, 60) == 1
        # Wilson's interval of 17 to 20 of so many
        assert 0.81 < at(found.sizes, found.curves[name].low, 60) < 0.84
    sure = at(found.sizes, found.curves[CHOSEN].low, 60)
    chance = at(found.sizes, found.curves[RANDOM].mean, 60)
    assert at(found.sizes, found.against[RANDOM].low, 60) == pytest.approx(sure - chance)
    random = found.curves[RANDOM]
    assert random.low == pytest.approx(random.mean), "an expectation is exact"


def test_the_same_seed_gives_the_same_proof(planted: Base, found: Proven) -> None:
    same = prove(planted, SEEDS, seed=4)
    assert same.curves[CHOSEN].mean.tolist() == found.curves[CHOSEN].mean.tolist()
    assert (same.chosen, same.wins) == (found.chosen, found.wins)
    assert choose(planted, SEEDS, seed=4) == found.chosen


def test_thin_shoppers_come_last_by_their_activity(planted: Base) -> None:
    raw = np.array(planted.vectors.raw)
    raw[1:100:2] = 0
    raw[:20:2] = 0  # of some seeds nothing is known
    features = np.array(planted.activity)
    features[:100] += 4
    found = prove(replace(planted, vectors=Vectors.of(raw), activity=features), SEEDS)
    known = COUNT - 60 - 32  # candidates with a vector, about
    assert at(found.sizes, found.curves[CHOSEN].mean, known - 40) < 0.95
    assert found.curves[CHOSEN].mean[-1] == pytest.approx(1)


def test_matched_is_random_where_all_order_alike() -> None:
    orders = np.full(200, 3, np.int32)
    sizes = np.array([10, 50, 150])
    found = expected_curve(orders, np.arange(50), np.arange(50, 60), sizes)
    np.testing.assert_allclose(found, sizes / 150, atol=1e-6)


def test_matched_finds_heavy_buyers_among_heavy_buyers() -> None:
    orders = np.array([1] * 150 + [9] * 50, np.int32)
    visible, hidden = np.arange(150, 180), np.arange(180, 190)
    sizes = np.array([10, 20, 170])
    found = expected_curve(orders, visible, hidden, sizes)
    drawn = np.random.default_rng(0)
    candidates = np.delete(np.arange(200), visible)
    heavy = orders[candidates] == 9
    weight = np.where(heavy, 30.5 / heavy.sum(), 0.5 / (~heavy).sum())
    shares = np.mean(
        [
            [np.isin(hidden, order[:size]).mean() for size in sizes]
            for order in (
                candidates[np.argsort(drawn.exponential(size=len(candidates)) / weight)]
                for _ in range(600)
            )
        ],
        axis=0,
    )
    np.testing.assert_allclose(found, shares, atol=0.03)
