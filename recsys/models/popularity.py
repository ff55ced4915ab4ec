from __future__ import annotations

from typing import ClassVar

import numpy as np

from recsys.data.matrix import interaction_matrix
from recsys.models.base import ModelConfig, Search, TrainingData
from recsys.models.spaces import ScoreSpace, Space
from recsys.types import Placement, Report


class PopularityConfig(ModelConfig):
    """Popularity has no settings."""


class Popularity:
    """Rank items by how many different shoppers bought them.

    The yardstick that every other model has to beat.
    """

    name: ClassVar[str] = "popularity"
    label: ClassVar[str] = "Popularity"
    summary: ClassVar[str] = "The same list for everybody: what most shoppers bought."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 0
    because: ClassVar[str] = ""
    search: ClassVar[Search] = Search()
    Config: ClassVar[type[ModelConfig]] = PopularityConfig

    def __init__(self, config: PopularityConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Count distinct buyers; the score of an item is their number."""
        report(0.0, "Counting buyers")
        bought = data.rows.rows(data.rows.purchased())
        pairs = interaction_matrix(bought, (data.n_users, data.n_items))
        buyers = np.bincount(pairs.indices, minlength=data.n_items)
        report(1.0, "Counting buyers")
        return ScoreSpace(buyers.astype(np.float32))
