from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.learned import TrendConfig, diverged, learned_space
from recsys.models.spaces import Space
from recsys.types import Placement, Report

_LEAST_REGULARIZATION = 0.001  # with less a history cannot be folded in
_ADVICE = "Raise regularization, or lower alpha; or use fewer factors."


class ALSConfig(TrendConfig):
    """Settings of ALS; the defaults come from a validation split (docs/decisions/003)."""

    iterations: int = Field(15, ge=1, le=200, description="Passes over the data.")
    alpha: float = Field(
        0.3, gt=0, le=1000, description="Weight of one purchase against one product never bought."
    )
    plus_one: bool = Field(
        False, description="Whether a purchase counts 1 + alpha times its weight, not alpha times."
    )
    regularization: float | None = Field(
        None,
        ge=_LEAST_REGULARIZATION,
        le=1000,
        description="Pull towards zero; empty: fitted to the size of the shop.",
    )
    regularization_share: float = Field(
        0.1,
        gt=0,
        le=1,
        description="The fitted pull, as a share of the largest singular value of the purchases.",
    )


class ALS:
    """Implicit alternating least squares (Hu, Koren and Volinsky 2008), from ``implicit``."""

    name: ClassVar[str] = "als"
    label: ClassVar[str] = "ALS"
    summary: ClassVar[str] = "Learns tastes from who bought what; strong for For You."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "lookalikes"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search(
        settings={
            "factors": (32, 64, 128),
            "alpha": Range(0.05, 40, log=True),
            "plus_one": (False, True),
            "transform": ("log", "sqrt"),
            "scale": Range(1, 30, log=True),
            "half_life_days": Range(60, 300, log=True),
            "trend": Range(0, 0.3),
            "regularization_share": Range(0.01, 0.15, log=True),
        },
        first=(
            {},
            {"factors": 128, "scale": 20.0, "alpha": 0.15, "trend": 0.1},
            {"factors": 128, "alpha": 20.0, "plus_one": True, "regularization_share": 0.03},
            {"transform": "sqrt", "alpha": 0.5},
            {"plus_one": True},
        ),
    )
    Config: ClassVar[type[ModelConfig]] = ALSConfig

    def __init__(self, config: ALSConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Learn one vector per shopper and per item.

        A shop with fewer shoppers or items than factors still gets the full width.

        Raises
        ------
        InputError
            The vectors are not finite.
        """
        from implicit.cpu.als import (  # pyright: ignore[reportMissingTypeStubs]
            AlternatingLeastSquares,
        )
        from implicit.recommender_base import (  # pyright: ignore[reportMissingTypeStubs]
            ModelFitError,
        )
        from threadpoolctl import threadpool_limits

        config = self.config
        report(0.0, "Preparing the purchases")
        # implicit takes a value as the confidence itself: without "1 +", and it copies the matrix
        # where it is to multiply it by an alpha.
        confidences = config.weights(data)
        confidences.data *= np.float32(config.alpha)
        if config.plus_one:
            confidences.data += np.float32(1)
        regularization = config.regularization
        if regularization is None:
            fitting = config.regularization_share * largest_singular_value(confidences)
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
                random_state=config.seed,
            )
            try:
                als.fit(confidences, show_progress=False, callback=after)
            except ModelFitError as error:
                raise diverged(str(error), _ADVICE) from error
        return learned_space(
            als.item_factors,
            als.user_factors,
            confidences,
            fold="als",
            regularization=regularization,
            bias=config.bias(data),
            advice=_ADVICE,
        )


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
