from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.learned import TrendConfig, check_finite, learned_space
from recsys.models.spaces import Space
from recsys.types import Placement, Report

_NOTHING = 1e-6  # a direction this much smaller than the largest is rounding, not taste
_ADVICE = "Check the weights of the rows: they may be too large to be squared."


class SVDConfig(TrendConfig):
    """Settings of SVD; the defaults come from a validation split (docs/decisions/003)."""

    factors: int = Field(128, ge=1, le=512, description="Numbers in each vector.")
    shrink: float = Field(
        0.03,
        ge=0,
        le=10,
        description="How much small directions are held back, as a share of the largest squared.",
    )
    power_iterations: int = Field(
        4, ge=1, le=50, description="Passes over the data: more give more exact directions."
    )


class SVD:
    """Truncated singular value decomposition with shrunk directions, from scikit-learn.

    With ``R = U S V'`` the score of a history ``r`` is ``r V D V'``, where
    ``D = S^2 / (S^2 + shrink * s_1^2)``: ridge regression of every item on all items (Steck 2019,
    equation 4, without its zero diagonal) within the main directions. ``shrink = 0`` gives PureSVD
    (Cremonesi, Koren and Turrin 2010, equation 12).
    """

    name: ClassVar[str] = "svd"
    label: ClassVar[str] = "SVD"
    summary: ClassVar[str] = "Finds the main directions of taste; quick, and strong for For You."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "lookalikes"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search(
        settings={
            "factors": (32, 64, 128, 256),
            "shrink": Range(0.003, 0.3, log=True),
            "transform": ("log", "sqrt", "binary"),
            "scale": Range(1, 30, log=True),
            "half_life_days": Range(60, 300, log=True),
            "trend": Range(0, 0.3),
        },
        first=({}, {"trend": 0.1}, {"shrink": 0.1, "trend": 0.1}, {"transform": "sqrt"}),
    )
    Config: ClassVar[type[ModelConfig]] = SVDConfig

    def __init__(self, config: SVDConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Find the directions; a small shop has fewer of them than ``factors``.

        Raises
        ------
        InputError
            The vectors are not finite.
        """
        config = self.config
        report(0.0, "Preparing the purchases")
        weights = config.weights(data)
        report(0.1, "Finding the main directions")
        values, directions = main_directions(
            weights, config.factors, rounds=config.power_iterations, seed=config.seed
        )
        check_finite(values, "directions", _ADVICE)
        squares = np.square(values.astype(np.float64))
        kept = squares / (squares + config.shrink * squares.max(initial=0.0))
        items = directions * np.sqrt(kept).astype(np.float32)
        users = weights @ items
        report(1.0, "Finding the main directions")
        bias = config.bias(data)
        return learned_space(items, users, weights, fold="sum", bias=bias, advice=_ADVICE)


def main_directions(matrix: Any, most: int, *, rounds: int, seed: int) -> tuple[Any, Any]:
    """Return the largest singular values of a matrix and their right vectors.

    Randomized (Halko, Martinsson and Tropp 2011, algorithm 4.4). Directions in which there is
    nothing are left out; of an empty matrix one direction of zeros is returned.

    Returns
    -------
    values : ndarray of shape (d,)
        From the largest; ``d`` is at most ``most``.
    directions : ndarray of shape (matrix.shape[1], d), float32
    """
    from threadpoolctl import threadpool_limits

    if not matrix.nnz:
        return np.ones(1, np.float32), np.zeros((matrix.shape[1], 1), np.float32)
    extmath = import_module("sklearn.utils.extmath")
    with threadpool_limits(limits=1, user_api="blas"):
        _, values, rows = extmath.randomized_svd(
            matrix, min(most, *matrix.shape), n_iter=rounds, random_state=seed
        )
    there = values > _NOTHING * values[0]
    return values[there], np.ascontiguousarray(rows[there].T, np.float32)
