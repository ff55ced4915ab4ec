from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.data.matrix import interaction_matrix
from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Search, TrainingData
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.types import Placement, Report


class BuysAgainConfig(ModelConfig):
    """Settings of buys again."""

    half_life_days: float | None = Field(
        None, gt=0, description="A purchase this old counts half; empty: age does not matter."
    )


class BuysAgain:
    """Rank a shopper's own items by how often they bought them.

    It finds nothing new: the yardstick for tests in which repeats count.
    """

    name: ClassVar[str] = "buys_again"
    label: ClassVar[str] = "Buys again"
    summary: ClassVar[str] = "What a shopper bought most often; only to compare with."
    placements: ClassVar[frozenset[Placement]] = frozenset()
    measured: ClassVar[frozenset[Placement]] = frozenset({"for_you"})
    complexity: ClassVar[int] = 0
    because: ClassVar[str] = "You often buy"
    search: ClassVar[Search] = Search()
    Config: ClassVar[type[ModelConfig]] = BuysAgainConfig

    def __init__(self, config: BuysAgainConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Add up each shopper's purchases; every item that was bought points at itself."""
        report(0.0, "Counting purchases")
        shape = (data.n_users, data.n_items)
        bought = data.rows.rows(data.rows.purchased())
        histories = interaction_matrix(bought, shape, half_life_days=self.config.half_life_days)
        known = np.bincount(histories.indices, minlength=data.n_items) > 0
        itself = SparseRows(
            indptr=np.concatenate(([0], np.cumsum(known))).astype(np.int64),
            indices=np.flatnonzero(known).astype(np.int32),
            data=np.ones(int(known.sum()), np.float32),
            shape=(data.n_items, data.n_items),
        )
        report(1.0, "Counting purchases")
        return SparseSpace(itself, SparseRows.from_csr(histories))
