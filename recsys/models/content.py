from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.counting import purchase_weights
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.models.words import word_weights
from recsys.types import Placement, Report


class ContentConfig(ModelConfig):
    """Settings of content."""

    max_features: int = Field(
        1000, ge=10, le=50_000, description="Words and phrases kept, the most frequent."
    )
    phrase: int = Field(2, ge=1, le=4, description="Words in the longest phrase.")
    half_life_days: float | None = Field(
        120.0, gt=0, description="A purchase this old counts half; empty: age does not matter."
    )


class ContentModel:
    """Items whose catalogue rows use the same words (TF-IDF, cosine).

    A history is the sum of its items, more for what was bought often. An item needs a text and no
    purchase.
    """

    name: ClassVar[str] = "content"
    label: ClassVar[str] = "Described alike"
    summary: ClassVar[str] = "Compares names, categories, brands and descriptions; for new items."
    placements: ClassVar[frozenset[Placement]] = frozenset({"similar", "for_you", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = "Described like"
    search: ClassVar[Search] = Search(
        settings={
            "max_features": Range(300, 10_000, log=True, whole=True),
            "phrase": (1, 2, 3),
            "half_life_days": Range(20, 720, log=True),
        },
        first=({}, {"max_features": 5000}),
    )
    Config: ClassVar[type[ModelConfig]] = ContentConfig

    def __init__(self, config: ContentConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Weigh the words of each item by how rare they are among the items of the rows.

        Raises
        ------
        InputError
            The catalogue is not to be used, or holds no word.
        """
        report(0.0, "Reading the catalogue")
        bought = purchase_weights(data, half_life_days=self.config.half_life_days, scale="log")
        sold = np.bincount(bought.indices, minlength=data.n_items) > 0
        words = word_weights(
            data.content, sold, max_features=self.config.max_features, phrase=self.config.phrase
        )
        report(1.0, "Reading the catalogue")
        items = SparseRows.from_csr(words)
        return SparseSpace(items, SparseRows.from_csr(bought), sources=items)
