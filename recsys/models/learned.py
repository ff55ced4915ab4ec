"""What all learned models share: their settings, and the way from arrays to a space."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.data.matrix import Transform, interaction_matrix
from recsys.errors import InputError
from recsys.models.arrays import Floats, SparseRows
from recsys.models.base import ModelConfig, TrainingData
from recsys.models.factors import FactorSpace, Fold
from recsys.models.recent_popularity import recent_buyers

MOST_SEED = 2**31 - 1
_TREND_DAYS = 15.0  # recent popularity was best with about this half-life (docs/decisions/003)
_MOST_COPIES = 20  # a pair bought every day is not to be all that a model sees


class LearnedConfig(ModelConfig):
    """Settings of every model that learns vectors from who bought what."""

    factors: int = Field(64, ge=1, le=512, description="Numbers in each vector.")
    transform: Transform = Field(
        "log",
        description="How the purchases of a product count together: log, sqrt, binary, or sum.",
    )
    scale: float = Field(
        4.0,
        gt=0,
        le=1000,
        description="For log: the larger, the less a second purchase adds to the first.",
    )
    half_life_days: float | None = Field(
        120.0, gt=0, description="A purchase this old counts half; empty: age does not matter."
    )
    seed: int = Field(1, ge=0, le=MOST_SEED, description="Start of the random numbers.")

    def weights(self, data: TrainingData) -> Any:
        """Return the weight of each shopper and item, csr_matrix of shape (n_users, n_items)."""
        return interaction_matrix(
            data.rows,
            (data.n_users, data.n_items),
            half_life_days=self.half_life_days,
            transform=self.transform,
            scale=self.scale,
        )


class TrendConfig(LearnedConfig):
    """Settings of models whose scores may have what is in demand just now added."""

    trend: float = Field(
        0.0,
        ge=0,
        le=10,
        description="What the product bought most lately gets on top of its score; others less.",
    )

    def bias(self, data: TrainingData) -> Floats | None:
        """Return what is added to each item's score, shape ``(n_items,)``; None for nothing."""
        if not self.trend:
            return None
        buyers = recent_buyers(data.rows, data.n_items, _TREND_DAYS)
        return (self.trend * buyers / max(buyers.max(initial=0.0), 1e-12)).astype(np.float32)


def learned_space(
    items: NDArray[Any],
    users: NDArray[Any],
    weights: Any,
    *,
    fold: Fold,
    regularization: float = 0.0,
    bias: NDArray[Any] | None = None,
    advice: str,
) -> FactorSpace:
    """Copy the vectors out of a library and zero those that no row stands behind.

    Parameters
    ----------
    items, users
        Shapes ``(n_items, d)`` and ``(n_users, d)``. Libraries leave rows without data at their
        random start; unknown is zero here.
    weights
        csr_matrix of shape ``(n_users, n_items)``: with what the model saw each pair.
    fold, regularization, bias
        See :class:`recsys.models.factors.FactorSpace`.
    advice
        What to change when the vectors are useless.

    Raises
    ------
    InputError
        A vector holds NaN or an infinite number.
    """
    no_buyer = np.bincount(weights.indices, minlength=weights.shape[1]) == 0
    nothing_bought = np.diff(weights.indptr) == 0
    items, users = _known(items, no_buyer), _known(users, nothing_bought)
    for name, vectors in (("products", items), ("shoppers", users), ("products", bias)):
        if vectors is not None:
            check_finite(vectors, name, advice)
    if bias is not None:
        bias = _known(bias, no_buyer)
    return FactorSpace(items, users, SparseRows.from_csr(weights), regularization, fold, bias)


def _known(values: NDArray[Any], unknown: NDArray[np.bool_]) -> Floats:
    values = np.array(values, np.float32)
    values[unknown] = 0
    return values


def check_finite(vectors: NDArray[Any], name: str, advice: str) -> None:
    """Raise if the vectors of the products or the shoppers are useless.

    Raises
    ------
    InputError
        One of them holds NaN or an infinite number; ``advice`` says what to change.
    """
    bad = ~np.isfinite(vectors.reshape(len(vectors), -1)).all(axis=1)
    if bad.any():
        raise diverged(f"the vectors of {bad.sum()} {name} hold NaN", advice)


def diverged(found: str, advice: str) -> InputError:
    """Return the error for a training that ran away from any solution."""
    return InputError(f"The training found no solution: {found}.", hint=advice)


def repeated(weights: Any, seed: int) -> Any:
    """Return a matrix of ones that holds a pair the more often, the more it weighs.

    For learners that see pairs and no weights. A pair of mean weight comes once, one of three times
    that comes three times; what lies between is drawn. None is left out, none comes more than 20
    times.

    Returns
    -------
    csr_matrix of shape (n_users, n_items), float32
        With repeated entries, sorted within each row.
    """
    from scipy.sparse import csr_matrix

    if not weights.nnz:
        return weights.copy()
    random = np.random.default_rng(seed)
    wanted: Floats = weights.data / weights.data.mean(dtype=np.float64)
    copies = np.clip(np.floor(wanted + random.random(len(wanted))), 1, _MOST_COPIES).astype(int)
    ends = np.concatenate(([0], np.cumsum(copies)))
    indices = np.repeat(weights.indices, copies)
    ones = np.ones(len(indices), np.float32)
    return csr_matrix((ones, indices, ends[weights.indptr]), shape=weights.shape)


def fold_scale(items: NDArray[Any], users: NDArray[Any], weights: Any) -> float:
    """Return the factor by which the weights have to be multiplied for the best sum fold.

    With it, the sum of a history's item vectors comes nearest to the shopper's own vector, over all
    shoppers (least squares). 1 where the two have nothing to do with each other.
    """
    sums: Floats = weights @ items
    square = float(np.square(sums).sum())
    scale = float((sums * users).sum()) / square if square > 0 else 1.0
    return scale if np.isfinite(scale) and scale > 0 else 1.0
