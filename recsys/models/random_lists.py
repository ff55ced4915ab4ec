from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.data.matrix import interaction_matrix
from recsys.models.arrays import Floats, SparseRows
from recsys.models.base import ModelConfig, Search, TrainingData
from recsys.models.factors import FactorSpace
from recsys.models.spaces import Space, unit_rows
from recsys.types import Placement, Report

_WIDTH = 16


class RandomListsConfig(ModelConfig):
    """Settings of random lists."""

    seed: int = Field(1, ge=0, description="Start of the random numbers.")


class RandomLists:
    """A list drawn by chance for each shopper: what a model that knows nothing would reach.

    Items and shoppers are random directions, so that no item is shown more often than another.
    """

    name: ClassVar[str] = "random"
    label: ClassVar[str] = "Random"
    summary: ClassVar[str] = "Lists drawn by chance; only to compare with."
    placements: ClassVar[frozenset[Placement]] = frozenset()
    measured: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "also_bought"})
    complexity: ClassVar[int] = 0
    because: ClassVar[str] = ""
    search: ClassVar[Search] = Search()
    Config: ClassVar[type[ModelConfig]] = RandomListsConfig

    def __init__(self, config: RandomListsConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Draw a direction for each item and shopper with a row; the others stay unknown."""
        report(0.0, "Drawing lists")
        histories = interaction_matrix(data.rows, (data.n_users, data.n_items))
        random = np.random.default_rng(self.config.seed)
        items = _directions(random, data.n_items)
        users = _directions(random, data.n_users)
        items[np.bincount(histories.indices, minlength=data.n_items) == 0] = 0
        users[np.diff(histories.indptr) == 0] = 0
        report(1.0, "Drawing lists")
        return FactorSpace(items, users, SparseRows.from_csr(histories), fold="sum")


def _directions(random: np.random.Generator, n: int) -> Floats:
    return unit_rows(random.standard_normal((n, _WIDTH), np.float32))
