from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.learned import LearnedConfig, learned_space
from recsys.models.spaces import Space
from recsys.types import Placement, Report

# What keeps a history foldable where two components are the same, as a share of the largest.
_RIDGE_SHARE = 1e-4
_ADVICE = "Use fewer factors, or another transform of the weights."


class NMFConfig(LearnedConfig):
    """Settings of NMF; the defaults come from a validation split (docs/decisions/003)."""

    factors: int = Field(32, ge=1, le=512, description="Numbers in each vector.")
    iterations: int = Field(20, ge=1, le=1000, description="Passes over the data.")


class NMF:
    """Non-negative matrix factorization (Lee and Seung 1999), from scikit-learn.

    Its vectors are parts: each number says how much of one kind of shopping there is, and nothing
    is held against an item. Fitted by coordinate descent (Cichocki and Phan 2009).
    """

    name: ClassVar[str] = "nmf"
    label: ClassVar[str] = "NMF"
    summary: ClassVar[str] = "Splits purchases into kinds of shopping that add up."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "lookalikes"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search(
        settings={
            "factors": Range(8, 64, log=True, whole=True),
            "iterations": (10, 20, 40),
            "transform": ("log", "sqrt", "binary"),
            "scale": Range(1, 30, log=True),
            "half_life_days": Range(60, 300, log=True),
        },
        first=({}, {"factors": 16}),
    )
    Config: ClassVar[type[ModelConfig]] = NMFConfig

    def __init__(self, config: NMFConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Learn one vector per shopper and per item.

        Raises
        ------
        InputError
            The vectors are not finite.
        """
        config = self.config
        report(0.0, "Preparing the purchases")
        weights = config.weights(data)
        if weights.nnz:
            users, items = self._parts(weights, report)
        else:
            users = np.zeros((data.n_users, 1), np.float32)
            items = np.zeros((data.n_items, 1), np.float32)
            report(1.0, "Nothing speaks for any product")
        gram = items.T @ items
        ridge = _RIDGE_SHARE * float(np.trace(gram)) / len(gram)
        return learned_space(
            items,
            users,
            weights,
            fold="least_squares",
            regularization=max(ridge, 1e-6),
            advice=_ADVICE,
        )

    def _parts(self, weights: Any, report: Report) -> tuple[Any, Any]:
        """Return shoppers' and items' parts; one call an iteration, so that each reports."""
        from threadpoolctl import threadpool_limits

        config = self.config
        decomposition = import_module("sklearn.decomposition")
        settings: dict[str, Any] = {
            "n_components": config.factors,
            "max_iter": 1,
            "tol": 0,  # with a tolerance, scikit-learn warns at the end of every single iteration
            "random_state": config.seed,
        }
        # A start from singular vectors needs as many of them as there are factors.
        init = "nndsvda" if config.factors <= min(weights.shape) else "random"
        start: dict[str, Any] = {"init": init}
        for done in range(1, config.iterations + 1):
            with threadpool_limits(limits=1, user_api="blas"):
                found = decomposition.non_negative_factorization(weights, **start, **settings)
            start = {"init": "custom", "W": found[0], "H": found[1]}
            report(done / config.iterations, f"Iteration {done} of {config.iterations}")
        return start["W"], start["H"].T
