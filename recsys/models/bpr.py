from __future__ import annotations

from importlib import import_module
from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.learned import LearnedConfig, diverged, fold_scale, learned_space, repeated
from recsys.models.spaces import Space
from recsys.types import Placement, Report

_ADVICE = "Lower the learning rate, or raise regularization."


class BPRConfig(LearnedConfig):
    """Settings of BPR; the defaults come from a validation split (docs/decisions/003)."""

    iterations: int = Field(20, ge=1, le=1000, description="Passes over the data.")
    learning_rate: float = Field(0.02, gt=0, le=10, description="Size of each step.")
    regularization: float = Field(0.01, ge=0, le=10, description="Pull towards zero.")
    popularity: float = Field(
        1.0,
        ge=0,
        le=3,
        description="How much of the popularity that its way of drawing takes out is put back.",
    )


class BPR:
    """Bayesian personalized ranking (Rendle et al. 2009), from ``implicit``.

    The library draws pairs and sees no weights, so a pair that weighs more is put before it more
    often. It runs on one thread: with more, no two trainings give the same vectors.

    What a shopper did not buy is drawn as often as others bought it, so the scores learned are of
    taste beyond popularity, and lists made of them are poor (NDCG@10 .06 against .09 on the demo
    shop). The logarithm of the popularity is added to the bias, as for any sampled negatives
    (Bengio and Senecal 2008).
    """

    name: ClassVar[str] = "bpr"
    label: ClassVar[str] = "BPR"
    summary: ClassVar[str] = "Learns to put what was bought before what was not."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "lookalikes"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search(
        settings={
            "factors": (32, 64, 128),
            "iterations": (10, 20, 40),
            "learning_rate": Range(0.005, 0.1, log=True),
            "regularization": Range(0.003, 0.1, log=True),
            "popularity": Range(0.5, 2),
            "half_life_days": Range(60, 300, log=True),
        },
        first=({}, {"popularity": 1.5}),
    )
    Config: ClassVar[type[ModelConfig]] = BPRConfig

    def __init__(self, config: BPRConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Learn one vector per shopper and per item, and a bias per item.

        Raises
        ------
        InputError
            The vectors are not finite.
        """
        from implicit.recommender_base import (  # pyright: ignore[reportMissingTypeStubs]
            ModelFitError,
        )
        from threadpoolctl import threadpool_limits

        config = self.config
        report(0.0, "Preparing the purchases")
        weights = config.weights(data)
        drawn = repeated(weights, config.seed)

        def after(iteration: int, _seconds: float, _correct: int, _skipped: int) -> None:
            done = iteration + 1
            report(done / config.iterations, f"Iteration {done} of {config.iterations}")

        with threadpool_limits(limits=1, user_api="blas"):
            bpr = import_module("implicit.cpu.bpr").BayesianPersonalizedRanking(
                factors=config.factors,
                iterations=config.iterations,
                learning_rate=config.learning_rate,
                regularization=config.regularization,
                num_threads=1,
                random_state=config.seed,
            )
            try:
                bpr.fit(drawn, show_progress=False, callback=after)
            except ModelFitError as error:
                raise diverged(str(error), _ADVICE) from error
        # The last column is the bias of an item, and 1 of every shopper.
        items, users = bpr.item_factors[:, :-1], bpr.user_factors[:, :-1]
        weights.data *= fold_scale(items, users, weights)
        draws = np.bincount(drawn.indices, minlength=data.n_items)
        bias = bpr.item_factors[:, -1] + config.popularity * np.log(np.maximum(draws, 1))
        return learned_space(items, users, weights, fold="sum", bias=bias, advice=_ADVICE)
