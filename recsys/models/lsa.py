from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Search, TrainingData
from recsys.models.factors import FactorSpace
from recsys.models.learned import LearnedConfig
from recsys.models.spaces import Space, unit_rows
from recsys.models.svd import main_directions
from recsys.models.words import word_weights
from recsys.types import Placement, Report


class LSAConfig(LearnedConfig):
    """Settings of LSA."""

    factors: int = Field(100, ge=1, le=512, description="Numbers in each vector.")
    words: int = Field(
        20_000, ge=10, le=200_000, description="How many of the most frequent words are read."
    )
    power_iterations: int = Field(
        4, ge=1, le=50, description="Passes over the words: more give more exact directions."
    )


class LSA:
    """Latent semantic analysis (Deerwester et al. 1990) of the catalogue, from scikit-learn.

    Products with like words lie close together, bought or not. A shopper is the sum of the unit
    vectors of what they bought.
    """

    name: ClassVar[str] = "lsa"
    label: ClassVar[str] = "Meaning (LSA)"
    summary: ClassVar[str] = "Compares what the catalogue says; knows products nobody bought yet."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "lookalikes"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "Described like"
    search: ClassVar[Search] = Search(
        settings={"factors": (50, 100, 200), "transform": ("log", "sqrt", "binary")},
        first=({},),
    )
    Config: ClassVar[type[ModelConfig]] = LSAConfig

    def __init__(self, config: LSAConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Find the main directions of the words.

        Raises
        ------
        InputError
            The catalogue says nothing about any item.
        """
        config = self.config
        report(0.0, "Reading the catalogue")
        weights = config.weights(data)
        sold = np.bincount(weights.indices, minlength=data.n_items) > 0
        words = word_weights(data.content, sold, max_features=config.words, phrase=1)
        report(0.3, "Finding what words mean")
        _, directions = main_directions(
            words, config.factors, rounds=config.power_iterations, seed=config.seed
        )
        # Projected, the words weigh as much as they do in the texts (U S, not U).
        items = unit_rows(np.asarray(words @ directions, np.float32))
        report(0.8, "Adding up what was bought")
        users = np.asarray(weights @ items, np.float32)
        report(1.0, "Adding up what was bought")
        # An item without a buyer stays: its words are known.
        return FactorSpace(items, users, SparseRows.from_csr(weights), fold="sum")
