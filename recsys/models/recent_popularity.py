from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.data.content import Content
from recsys.data.dataset import Interactions
from recsys.errors import InputError
from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.counting import purchase_weights
from recsys.models.spaces import ScoreSpace, Space
from recsys.models.sparse import SparseSpace
from recsys.types import Placement, Report

_DAY = 86_400


class RecentPopularityConfig(ModelConfig):
    """Settings of recent popularity."""

    half_life_days: float = Field(
        30.0, gt=0, description="A buyer whose last purchase is this old counts half."
    )
    by_category: bool = Field(
        False, description="Whether each shopper gets what is popular in their categories."
    )


class RecentPopularity:
    """Rank items by how many different shoppers bought them lately.

    A buyer counts ``2^(-age / half_life)``, age being that of their latest purchase of the item
    before the newest row. By category, an item's score for a shopper is its share of the buyers in
    its leaf category times what the shopper bought there, plus its share in the whole shop.
    """

    name: ClassVar[str] = "recent_popularity"
    label: ClassVar[str] = "Recent popularity"
    summary: ClassVar[str] = "What most shoppers bought lately; for everybody, or by category."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 0
    because: ClassVar[str] = "Popular beside"
    search: ClassVar[Search] = Search(
        settings={"half_life_days": Range(5, 365, log=True), "by_category": (False, True)},
        first=({"half_life_days": 30.0}, {"half_life_days": 90.0, "by_category": True}),
    )
    Config: ClassVar[type[ModelConfig]] = RecentPopularityConfig

    def __init__(self, config: RecentPopularityConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Count distinct buyers by the age of their latest purchase.

        Without dates every buyer counts 1.

        Raises
        ------
        InputError
            By category is asked for, and nothing is known of categories.
        """
        report(0.0, "Counting buyers")
        buyers = recent_buyers(data.rows, data.n_items, self.config.half_life_days)
        space: Space = ScoreSpace(buyers.astype(np.float32))
        if self.config.by_category:
            space = self._by_category(data, buyers)
        report(1.0, "Counting buyers")
        return space

    def _by_category(self, data: TrainingData, buyers: NDArray[np.float64]) -> Space:
        from scipy.sparse import csr_matrix

        leaves = _leaves(data.content)
        everything = int(leaves.max()) + 1
        inside = np.flatnonzero(leaves >= 0)
        every = np.arange(data.n_items)
        row = np.concatenate((inside, every))
        column = np.concatenate((leaves[inside], np.full(data.n_items, everything)))
        of = np.bincount(column, weights=buyers[row])
        share = buyers[row] / np.maximum(of[column], 1e-12)
        shape = (data.n_items, everything + 1)
        items = csr_matrix((share, (row, column)), shape=shape)
        items.eliminate_zeros()
        # An item that nobody bought still tells its category; without one it tells nothing.
        tells = (buyers[row] > 0) | (leaves[row] >= 0)
        asks = csr_matrix((np.ones(tells.sum()), (row[tells], column[tells])), shape=shape)
        histories = purchase_weights(data, half_life_days=self.config.half_life_days, scale="log")
        return SparseSpace(
            SparseRows.from_csr(items),
            SparseRows.from_csr(histories),
            sources=SparseRows.from_csr(asks),
        )


def recent_buyers(rows: Interactions, n_items: int, half_life_days: float) -> NDArray[np.float64]:
    """Return for each item its buyers, each by the age of their latest purchase of it."""
    bought = rows.rows(rows.purchased())
    # Rows are in the order of time: the last of each pair is the latest.
    pair = bought.user.astype(np.int64) * n_items + bought.item
    last = len(pair) - 1 - np.unique(pair[::-1], return_index=True)[1]
    weights = None
    if bought.timestamp is not None and rows.timestamp is not None and len(rows):
        age = (rows.timestamp.max() - bought.timestamp[last]) / _DAY
        weights = np.exp2(-age / half_life_days)
    return np.bincount(bought.item[last], weights=weights, minlength=n_items).astype(np.float64)


def _leaves(content: Content | None) -> NDArray[np.int32]:
    leaves = np.empty(0, np.int32) if content is None else content.leaves
    if not (leaves >= 0).any():
        raise InputError(
            "No product has a category, and popularity by category needs one.",
            hint="Load an items file with a category, or turn by_category off.",
        )
    return leaves
