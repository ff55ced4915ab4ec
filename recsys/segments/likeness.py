"""Three ways to say how much a shopper is like some seeds, all on vectors of shoppers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats
from recsys.models.spaces import unit_rows
from recsys.segments.definition import Scorer
from recsys.segments.vectors import Vectors

_BLOCK = 32_768
# What was tried: docs/decisions/016-lookalikes.md.
_PROTOTYPES, _ROUNDS = 16, 10
# The classifier's pull towards zero, and by how much a vector's length is pulled less.
_RIDGE, _LENGTH = 20.0, 3.0
# Numbers of others to learn from.
_OTHERS_PER_SEED, _LEAST_OTHERS, _MOST_OTHERS = 5, 5_000, 20_000
_STEPS = 30

SCORE_WORDS: dict[Scorer, str] = {
    "centroid": "Cosine to the mean direction of the seeds, less what all shoppers share",
    "nearest": "Mean cosine to the nearest half of the seeds, or of 16 groups of them",
    "classifier": "Log odds of a logistic regression of seeds against others",
}


@dataclass(frozen=True)
class Likeness:
    """How like the seeds a vector is: the mean of its ``best`` largest dots with some directions.

    Attributes
    ----------
    directions
        Shape ``(k, d)``: the seeds' mean, their prototypes, or the classifier's weights.
    spread
        Whether vectors are compared as :meth:`Vectors.spread` gives them, or just with length 1.
    of_level, shift
        What the level adds, and what everybody gets added.
    """

    directions: Floats
    best: int = 1
    spread: bool = True
    of_level: float = 0.0
    shift: float = 0.0

    def of(self, vectors: Vectors) -> Floats:
        """Return the score of each vector; NaN where it is all zero."""
        found = np.empty(len(vectors), np.float32)
        turned = np.ascontiguousarray(self.directions.T)
        for start in range(0, len(vectors), _BLOCK):
            block = slice(start, start + _BLOCK)
            units = vectors.spread(block) if self.spread else vectors.units(block)
            found[block] = _best_mean(units @ turned, self.best)
        found += np.float32(self.of_level) * vectors.level + np.float32(self.shift)
        found[~vectors.known] = np.nan
        return found


def _best_mean(dots: Floats, best: int) -> Floats:
    if dots.shape[1] == 1:
        return dots[:, 0]
    dots.partition(dots.shape[1] - best, axis=1)
    return dots[:, -best:].mean(axis=1)


def learn(scorer: Scorer, seeds: Vectors, others: Vectors, *, seed: int = 0) -> Likeness:
    """Learn from the seeds, and of the classifier from others, what being like them is.

    Parameters
    ----------
    seeds, others
        Vectors of which none is all zero; ``others`` are shoppers drawn from those not known to be
        seeds, see :func:`draw_others`.
    seed
        Where the search for prototypes begins.
    """
    if scorer == "centroid":
        return Likeness(unit_rows(seeds.spread().mean(axis=0, keepdims=True)))
    if scorer == "nearest":
        directions = seeds.spread()
        if len(directions) > _PROTOTYPES:
            directions = prototypes(directions, seed=seed)
        return Likeness(directions, best=(len(directions) + 1) // 2)
    weights, shift = logistic(_features(seeds), _features(others))
    direction = np.sqrt(seeds.raw.shape[1]) * weights[None, :-1]
    level = float(_LENGTH * weights[-1])
    return Likeness(direction.astype(np.float32), spread=False, of_level=level, shift=shift)


def _features(vectors: Vectors) -> NDArray[np.float64]:
    """Return what the classifier goes by: the direction, each number about 1, and the level."""
    units = np.sqrt(vectors.raw.shape[1]) * vectors.units().astype(np.float64)
    return np.column_stack([units, _LENGTH * vectors.level.astype(np.float64)])


def draw_others(
    unlabelled: NDArray[np.int64], seeds: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Draw the shoppers whom the classifier compares with the seeds: at most 20,000.

    Of everybody not known to be a seed; some may be like the seeds, or be hidden ones: that is so
    wherever lookalikes are looked for, and makes the odds smaller and the order no worse.
    """
    most = min(max(_OTHERS_PER_SEED * seeds, _LEAST_OTHERS), _MOST_OTHERS)
    if len(unlabelled) <= most:
        return unlabelled
    return np.sort(random.choice(unlabelled, most, replace=False))


def logistic(
    seeds: NDArray[np.floating], others: NDArray[np.floating], *, ridge: float = _RIDGE
) -> tuple[NDArray[np.float64], float]:
    """Fit a ridge logistic regression in which seeds and others weigh the same altogether.

    Minimises ``sum_i c_i ln(1 + exp(-y_i (x_i w + b))) + ridge / 2 |w|^2`` with ``y = 1`` for seeds
    and ``-1`` for others, ``c = 1`` for a seed and ``seeds / others`` for another, by Newton's
    method (iteratively reweighted least squares: Hastie, Tibshirani and Friedman, The Elements of
    Statistical Learning, 4.4.1). The intercept ``b`` is not pulled. A step that does not lower the
    sum is halved.

    Returns
    -------
    weights, intercept
    """
    x = np.vstack([seeds, others]).astype(np.float64)
    x = np.column_stack([x, np.ones(len(x))])
    y = np.concatenate([np.ones(len(seeds)), -np.ones(len(others))])
    c = np.concatenate([np.ones(len(seeds)), np.full(len(others), len(seeds) / len(others))])
    pull = np.full(x.shape[1], ridge)
    pull[-1] = 1e-9
    w = np.zeros(x.shape[1])

    def loss(at: NDArray[np.float64]) -> float:
        return float(c @ np.logaddexp(0, -y * (x @ at)) + 0.5 * pull @ at**2)

    now = loss(w)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(np.clip(y * (x @ w), -500, 500)))  # of being wrong
        slope = pull * w - x.T @ (c * y * chance)
        bend = (x.T * (c * chance * (1 - chance))) @ x + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while (then := loss(w - size * step)) > now and size > 1e-6:
            size /= 2
        w, gained, now = w - size * step, now - then, then
        if gained < 1e-9 * max(now, 1.0):
            break
    return w[:-1], float(w[-1])


def prototypes(vectors: Floats, *, count: int = _PROTOTYPES, seed: int = 0) -> Floats:
    """Return mean directions of groups of vectors: k-means by cosine (Dhillon and Modha 2001)."""
    random = np.random.default_rng(seed)
    centres = vectors[np.sort(random.choice(len(vectors), count, replace=False))]
    for _ in range(_ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        # A product with ones and zeros: adding row by row takes thirty times as long.
        belongs = (nearest == np.arange(count)[:, None]).astype(np.float32)
        filled = belongs.any(axis=1)[:, None]
        centres = np.where(filled, unit_rows(belongs @ vectors), centres)
    return centres
