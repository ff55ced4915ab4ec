from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from recsys.data.matrix import interaction_matrix
from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Search, TrainingData
from recsys.models.factors import FactorSpace
from recsys.models.spaces import Space
from recsys.types import Placement, Report

# A regularization of this share of the largest singular value was best or near it on two real
# shops; three times as much shrinks all vectors to zero (docs/decisions/003-als-defaults.md).
_REGULARIZATION_SHARE = 0.05
_LEAST_REGULARIZATION = 0.001  # with less a history cannot be folded in


class ALSConfig(ModelConfig):
    """Settings of ALS; the defaults come from a validation split (docs/decisions/003)."""

    factors: int = Field(64, ge=1, le=512, description="Numbers in each vector.")
    iterations: int = Field(15, ge=1, le=200, description="Passes over the data.")
    regularization: float | None = Field(
        None,
        ge=_LEAST_REGULARIZATION,
        le=1000,
        description="Pull towards zero; empty: fitted to the size of the shop.",
    )
    alpha: float = Field(
        1.0, gt=0, le=1000, description="Weight of one purchase against one product never bought."
    )
    half_life_days: float | None = Field(
        120.0, gt=0, description="A purchase this old counts half; empty: age does not matter."
    )
    seed: int = Field(1, ge=0, description="Start of the random numbers.")


class ALS:
    """Implicit alternating least squares (Hu, Koren and Volinsky 2008), from ``implicit``."""

    name: ClassVar[str] = "als"
    label: ClassVar[str] = "ALS"
    summary: ClassVar[str] = "Learns tastes from who bought what; strong for For You."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "lookalikes"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search()
    Config: ClassVar[type[ModelConfig]] = ALSConfig

    def __init__(self, config: ALSConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Learn one vector per shopper and per item.

        A shop with fewer shoppers or items than factors still gets the full width.
        """
        from implicit.cpu.als import (  # pyright: ignore[reportMissingTypeStubs]
            AlternatingLeastSquares,
        )
        from threadpoolctl import threadpool_limits

        config = self.config
        report(0.0, "Preparing the purchases")
        weights = interaction_matrix(
            data.rows,
            (data.n_users, data.n_items),
            half_life_days=config.half_life_days,
            scale="log",
        )

        regularization = config.regularization
        if regularization is None:
            fitting = _REGULARIZATION_SHARE * config.alpha * largest_singular_value(weights)
            regularization = max(fitting, _LEAST_REGULARIZATION)

        def after(iteration: int, _seconds: float, _loss: Any) -> None:
            done = iteration + 1
            report(done / config.iterations, f"Iteration {done} of {config.iterations}")

        # implicit threads over rows itself; BLAS threads beneath it only get in the way.
        with threadpool_limits(limits=1, user_api="blas"):
            als: Any = AlternatingLeastSquares(
                factors=config.factors,
                iterations=config.iterations,
                regularization=regularization,
                alpha=config.alpha,
                random_state=config.seed,
            )
            als.fit(weights, show_progress=False, callback=after)
        items = np.array(als.item_factors, np.float32)
        users = np.array(als.user_factors, np.float32)
        # implicit leaves rows without data at their random start: unknown is zero here.
        items[np.bincount(weights.indices, minlength=data.n_items) == 0] = 0
        users[np.diff(weights.indptr) == 0] = 0
        weights.data *= np.float32(config.alpha)
        return FactorSpace(items, users, SparseRows.from_csr(weights), regularization)


def largest_singular_value(matrix: Any, *, rounds: int = 10) -> float:
    """Return the largest singular value of a sparse matrix without negative entries.

    Power iteration (Golub and Van Loan, Matrix Computations, 7.3.1) from a vector of ones; such a
    matrix has one clearly largest value, so ten rounds give four digits.
    """
    right = np.ones(matrix.shape[1], np.float32)
    largest = 0.0
    for _ in range(rounds):
        left = matrix @ right
        right = matrix.T @ (left / max(float(np.linalg.norm(left)), 1e-12))
        largest = float(np.linalg.norm(right))
        right /= max(largest, 1e-12)
    return largest
