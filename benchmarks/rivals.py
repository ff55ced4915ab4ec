"""Other people's models with the settings they ship or advise, as kinds that can be tuned, too.

Each takes the same rows and is scored by the same code as ours. That the settings arrive is
checked: the tutorials lose them on the way to the wrong constructor.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from recsys.data.matrix import interaction_matrix
from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.factors import FactorSpace
from recsys.models.spaces import Space
from recsys.types import Placement, Report

_FACTORS = (32, 64, 128)


class RivalConfig(ModelConfig):
    factors: int = Field(64, ge=1)
    iterations: int = Field(15, ge=1)
    regularization: float = Field(0.01, ge=0)
    seed: int = 42


class Rival:
    """Factors of one library over the counts of purchases; a cart is the sum of its vectors."""

    name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    summary: ClassVar[str] = "A rival."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = ""
    search: ClassVar[Search] = Search()
    Config: ClassVar[type[ModelConfig]] = RivalConfig

    def __init__(self, config: Any) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        report(0.0, "Learning")
        counts = interaction_matrix(data.rows, (data.n_users, data.n_items))
        users, items, bias = self.learn(counts)
        report(1.0, "Learning")
        width = items.shape[1]
        if width != self.config.factors:
            raise ValueError(f"{self.label} made {width} factors, not {self.config.factors}")
        items, users = np.array(items, np.float32), np.array(users, np.float32)
        items[np.bincount(counts.indices, minlength=data.n_items) == 0] = 0
        users[np.diff(counts.indptr) == 0] = 0
        histories = SparseRows.from_csr(counts)
        return FactorSpace(items, users, histories, fold="sum", bias=bias)

    def learn(self, counts: Any) -> tuple[Any, Any, Any]:
        """Return factors of shoppers and of items, and the bias of items or None."""
        raise NotImplementedError


class ImplicitALSConfig(RivalConfig):
    factors: int = Field(100, ge=1)
    alpha: float = Field(1.0, gt=0)


class ImplicitALS(Rival):
    name: ClassVar[str] = "implicit_als"
    label: ClassVar[str] = "implicit ALS"
    search: ClassVar[Search] = Search(
        {
            "factors": _FACTORS,
            "regularization": Range(0.01, 100, log=True),
            "alpha": Range(0.05, 50, log=True),
        },
        first=({},),
    )
    Config: ClassVar[type[ModelConfig]] = ImplicitALSConfig

    def learn(self, counts: Any) -> tuple[Any, Any, Any]:
        from implicit.cpu.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        config = self.config
        with threadpool_limits(limits=1, user_api="blas"):
            als = AlternatingLeastSquares(
                factors=config.factors,
                iterations=config.iterations,
                regularization=config.regularization,
                alpha=config.alpha,
                random_state=config.seed,
            )
            als.fit(counts, show_progress=False)
        return als.user_factors, als.item_factors, None


class GuideALSConfig(ImplicitALSConfig):
    """What the guide advises: 64 factors, alpha 40, regularization 0.1."""

    factors: int = Field(64, ge=1)
    alpha: float = Field(40.0, gt=0)
    regularization: float = Field(0.1, ge=0)


class GuideALS(ImplicitALS):
    name: ClassVar[str] = "guide_als"
    label: ClassVar[str] = "the guide's ALS"
    Config: ClassVar[type[ModelConfig]] = GuideALSConfig
    search: ClassVar[Search] = Search()


class RusketALSConfig(RivalConfig):
    alpha: float = Field(40.0, gt=0)


class _Rusket(Rival):
    library: ClassVar[str] = ""
    extra: ClassVar[tuple[str, ...]] = ()
    spelled: ClassVar[dict[str, str]] = {}

    def learn(self, counts: Any) -> tuple[Any, Any, Any]:
        import rusket

        config = self.config
        names = ("factors", "iterations", "regularization", "seed", *self.extra)
        given = {self.spelled.get(name, name): getattr(config, name) for name in names}
        model = getattr(rusket, self.library)(**given, use_cuda=False)
        for name, value in given.items():
            if getattr(model, name, value) != value:
                raise ValueError(f"rusket {self.library} took {name} for {getattr(model, name)}")
        model.fit(counts)
        users, items = np.asarray(model.user_factors), np.asarray(model.item_factors)
        return users[:, : config.factors], items[:, : config.factors], None


class RusketALS(_Rusket):
    name: ClassVar[str] = "rusket_als"
    label: ClassVar[str] = "rusket ALS"
    library: ClassVar[str] = "ALS"
    extra: ClassVar[tuple[str, ...]] = ("alpha",)
    Config: ClassVar[type[ModelConfig]] = RusketALSConfig
    search: ClassVar[Search] = ImplicitALS.search


class RusketBPRConfig(RivalConfig):
    iterations: int = Field(150, ge=1)
    learning_rate: float = Field(0.05, gt=0)


class RusketBPR(_Rusket):
    name: ClassVar[str] = "rusket_bpr"
    label: ClassVar[str] = "rusket BPR"
    library: ClassVar[str] = "BPR"
    extra: ClassVar[tuple[str, ...]] = ("learning_rate",)
    Config: ClassVar[type[ModelConfig]] = RusketBPRConfig
    search: ClassVar[Search] = Search(
        {
            "factors": _FACTORS,
            "iterations": (50, 150, 300),
            "learning_rate": Range(0.005, 0.2, log=True),
            "regularization": Range(1e-4, 0.1, log=True),
        },
        first=({},),
    )


class RusketLightGCNConfig(RivalConfig):
    iterations: int = Field(20, ge=1)
    regularization: float = Field(1e-4, ge=0)
    learning_rate: float = Field(1e-3, gt=0)
    k_layers: int = Field(3, ge=1)


class RusketLightGCN(_Rusket):
    name: ClassVar[str] = "rusket_lightgcn"
    label: ClassVar[str] = "rusket LightGCN"
    library: ClassVar[str] = "LightGCN"
    extra: ClassVar[tuple[str, ...]] = ("learning_rate", "k_layers")
    spelled: ClassVar[dict[str, str]] = {"regularization": "lambda_"}
    Config: ClassVar[type[ModelConfig]] = RusketLightGCNConfig
    search: ClassVar[Search] = Search(
        {
            "factors": _FACTORS,
            "iterations": (10, 20, 40),
            "k_layers": (1, 2, 3),
            "learning_rate": Range(1e-3, 0.05, log=True),
        },
        first=({},),
    )


class RusketNMFConfig(RivalConfig):
    iterations: int = Field(100, ge=1)


class RusketNMF(_Rusket):
    name: ClassVar[str] = "rusket_nmf"
    label: ClassVar[str] = "rusket NMF"
    library: ClassVar[str] = "NMF"
    Config: ClassVar[type[ModelConfig]] = RusketNMFConfig
    search: ClassVar[Search] = Search(
        {
            "factors": _FACTORS,
            "iterations": (30, 100),
            "regularization": Range(1e-3, 1, log=True),
        },
        first=({},),
    )


RIVALS: tuple[type[Rival], ...] = (
    ImplicitALS,
    GuideALS,
    RusketALS,
    RusketBPR,
    RusketLightGCN,
    RusketNMF,
)
