from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.models.arrays import Floats, Rows
from recsys.models.base import ModelConfig, Search, TrainingData
from recsys.models.spaces import Query, Space
from recsys.models.sparse import SparseSpace
from recsys.models.user_knn import UserKNN, UserKNNConfig
from recsys.types import Placement, Report


class UserCFConfig(ModelConfig):
    """Settings of user-based CF, with the usual numbers of textbooks."""

    neighbours: int = Field(10, ge=1, le=500, description="Most similar shoppers who count.")
    min_overlap: int = Field(
        3, ge=1, le=100, description="Products that a similar shopper has in common at least."
    )


class UserCF:
    """User-based collaborative filtering as guides teach it: a weighted mean over raters.

    ``score(u, i) = sum of sim(u, v) r(v, i) / sum of sim(u, v)`` over those of the k most similar
    shoppers v who have i. The division makes one buyer among the neighbours as good as ten of them,
    and no index can answer it.
    """

    name: ClassVar[str] = "user_cf"
    label: ClassVar[str] = "User-based CF"
    summary: ClassVar[str] = "The textbook's mean over similar shoppers; only to compare with."
    placements: ClassVar[frozenset[Placement]] = frozenset()
    measured: ClassVar[frozenset[Placement]] = frozenset({"for_you"})
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = "Shoppers like you also bought"
    search: ClassVar[Search] = Search()
    Config: ClassVar[type[ModelConfig]] = UserCFConfig

    def __init__(self, config: UserCFConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Keep the purchases by shopper, as :class:`recsys.models.user_knn.UserKNN` does."""
        config = UserKNNConfig(
            neighbours=self.config.neighbours,
            min_overlap=self.config.min_overlap,
            scale="sum",
            half_life_days=None,
        )
        space = UserKNN(config).fit(data, report)
        assert isinstance(space, SparseSpace)
        return MeanSpace(
            space.items, space.histories, space.sources, space.most, space.least_overlap
        )


class MeanSpace(SparseSpace):
    """A sparse space whose scores are means: for evaluation only, since an index adds up.

    A model with such a space names no placement, and so no release takes it.
    """

    saved_as: ClassVar[str] = "mean"

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the weighted means; 0 for items that none of the neighbours has."""
        return super().scores(queries) / self._raters(queries)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return the terms of the mean, which add up to it."""
        parts = super().contributions(sources, weights, items)
        query = self.items_query(sources, weights)
        if parts is None or query is None:
            return parts
        return parts / self._raters([query])[0, items][:, None]

    @cached_property
    def _holders(self) -> SparseSpace:
        ones = np.ones(len(self.items.data), np.float32)
        return SparseSpace(replace(self.items, data=ones), self.histories)

    def _raters(self, queries: list[Query]) -> Floats:
        """Return the similarity of all neighbours who have an item, 1 where none has it."""
        raters = self._holders.scores(queries)
        return np.where(raters > 0, raters, np.float32(1))
