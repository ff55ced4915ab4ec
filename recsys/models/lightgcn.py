from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, ClassVar

from pydantic import Field

from recsys.errors import InputError
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.learned import LearnedConfig, fold_scale, learned_space, repeated
from recsys.models.spaces import Space
from recsys.types import Placement, Report

_TICK_SECONDS = 0.2
_ADVICE = "Lower the learning rate, or raise regularization."


class LightGCNConfig(LearnedConfig):
    """Settings of LightGCN; the defaults come from a validation split (docs/decisions/003)."""

    layers: int = Field(2, ge=1, le=4, description="Steps from neighbour to neighbour.")
    iterations: int = Field(20, ge=1, le=1000, description="Passes over the data.")
    learning_rate: float = Field(0.01, gt=0, le=10, description="Size of each step.")
    regularization: float = Field(1e-4, ge=0, le=10, description="Pull towards zero.")


class LightGCN:
    """Light graph convolution (He et al. 2020), from ``rusket``.

    The library sees pairs and no weights, so a pair that weighs more comes more often. It says
    nothing until it is done; progress tells only that it still works.
    """

    name: ClassVar[str] = "lightgcn"
    label: ClassVar[str] = "LightGCN"
    summary: ClassVar[str] = "Spreads tastes along who bought what; slow (needs an extra)."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "lookalikes"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search(
        settings={
            "factors": (32, 64, 128),
            "layers": (1, 2, 3),
            "iterations": (10, 20, 40),
            "learning_rate": Range(0.001, 0.05, log=True),
            "regularization": Range(1e-6, 1e-2, log=True),
            "half_life_days": Range(60, 300, log=True),
        },
        first=({},),
    )
    Config: ClassVar[type[ModelConfig]] = LightGCNConfig

    def __init__(self, config: LightGCNConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Learn one vector per shopper and per item.

        Raises
        ------
        InputError
            The optional library is not installed, or the vectors are not finite.
        """
        try:
            from rusket import LightGCN as Library  # pyright: ignore[reportMissingTypeStubs]
        except ImportError as error:
            raise InputError(
                "LightGCN needs the package rusket, which is not installed.",
                hint="Run: pip install 'aisle[lightgcn]'",
            ) from error

        config = self.config
        report(0.0, "Preparing the purchases")
        weights = config.weights(data)
        model: Any = Library(
            factors=config.factors,
            k_layers=config.layers,
            learning_rate=config.learning_rate,
            lambda_=config.regularization,
            iterations=config.iterations,
            seed=config.seed,
            use_cuda=False,
        )
        pairs = repeated(weights, config.seed)
        _watched(lambda: model.fit(pairs), lambda: report(0.0, "Learning from all purchases"))
        report(1.0, "Learning from all purchases")
        items, users = model.item_factors, model.user_factors
        weights.data *= fold_scale(items, users, weights)
        return learned_space(items, users, weights, fold="sum", advice=_ADVICE)


def _watched(work: Callable[[], object], alive: Callable[[], None]) -> None:
    """Do work that reports nothing on a thread of its own, and say now and then that it goes on.

    ``alive`` may raise to give up; the thread then works on, unheard, until it is done.
    """
    threads = ThreadPoolExecutor(1)
    try:
        working = threads.submit(work)
        while not working.done():
            alive()
            wait((working,), timeout=_TICK_SECONDS)
        working.result()
    finally:
        threads.shutdown(wait=False)
