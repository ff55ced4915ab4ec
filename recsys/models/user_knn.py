from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.counting import Scale, purchase_weights, unit_rows
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.types import Placement, Report


class UserKNNConfig(ModelConfig):
    """Settings of user-kNN."""

    neighbours: int = Field(50, ge=1, le=5000, description="Most similar shoppers who count.")
    min_overlap: int = Field(
        1, ge=1, le=100, description="Products that a similar shopper has in common at least."
    )
    scale: Scale = Field(
        "log", description="How much more many purchases of a product say than one."
    )
    half_life_days: float | None = Field(
        120.0, gt=0, description="A purchase this old counts half; empty: age does not matter."
    )


class UserKNN:
    """What the most similar shoppers bought, added up.

    ``score(u, i) = sum over the k most similar shoppers v of sim(u, v) r(v, i)``, where ``sim`` is
    the cosine. The sum form: a mean over raters would rank what a single neighbour bought first.
    """

    name: ClassVar[str] = "user_knn"
    label: ClassVar[str] = "Similar shoppers"
    summary: ClassVar[str] = "Adds up what the most similar shoppers bought."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = "Shoppers like you also bought"
    search: ClassVar[Search] = Search(
        settings={
            "neighbours": Range(10, 2000, log=True, whole=True),
            "min_overlap": Range(1, 10, log=True, whole=True),
            "scale": ("once", "log", "sum"),
            "half_life_days": Range(20, 720, log=True),
        },
        first=({}, {"neighbours": 200}),
    )
    Config: ClassVar[type[ModelConfig]] = UserKNNConfig

    def __init__(self, config: UserKNNConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Keep the purchases by shopper: shoppers are the features of the space."""
        config = self.config
        report(0.0, "Comparing shoppers")
        weights = purchase_weights(data, half_life_days=config.half_life_days, scale=config.scale)
        space = SparseSpace(
            items=SparseRows.from_csr(weights.T.tocsr()),
            histories=SparseRows.from_csr(weights),
            # A query divided by its own length would be the cosine; no order depends on that.
            sources=SparseRows.from_csr(unit_rows(weights).T.tocsr()),
            # A shopper is the one most similar to themself, and finds nothing new there.
            most=config.neighbours + 1,
            least_overlap=config.min_overlap,
        )
        report(1.0, "Comparing shoppers")
        return space
