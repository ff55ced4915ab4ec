from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.data.matrix import Baskets, basket_matrix, interaction_matrix
from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.counting import best_of_each_source, scaled_rows
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.types import Placement, Report

_DAY = 86_400
# A basket of n items without a shopper counts n^-0.5 less than a shopper's: it often holds a whole
# day of a till or a marketplace. Measured on Online Retail (docs/decisions/007-guests.md).
_GUEST_EXPONENT = 0.5


class CoPurchaseConfig(ModelConfig):
    """Settings of co-purchase; the defaults come from the validation part of the demo shop."""

    neighbours: int = Field(100, ge=1, le=2000, description="Companions kept for each product.")
    source_exponent: float = Field(
        0.6, ge=0, le=1, description="How much less a popular product in the cart says."
    )
    target_exponent: float = Field(
        0.3, ge=0, le=1, description="How much a product's own popularity is held against it."
    )
    basket_exponent: float = Field(
        0.5, ge=0, le=2, description="How much less a large basket says about each pair in it."
    )
    half_life_days: float | None = Field(
        240.0, gt=0, description="A basket this old counts half; empty: age does not matter."
    )
    guests: bool = Field(True, description="Whether orders without a shopper count, too.")


class CoPurchase:
    """Items bought in the same baskets.

    ``w(j -> i) = count(i, j) / count(j)^source_exponent / count(i)^target_exponent``, where a
    basket of n items counts ``n^-basket_exponent`` and fades with its age.
    Orders without a shopper count, too, their large ones less.
    """

    name: ClassVar[str] = "copurchase"
    label: ClassVar[str] = "Bought together"
    summary: ClassVar[str] = "Counts what lies in the same baskets; strong for Also bought."
    placements: ClassVar[frozenset[Placement]] = frozenset({"also_bought", "similar", "for_you"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = "Often bought with"
    search: ClassVar[Search] = Search(
        settings={
            "source_exponent": Range(0.3, 1),
            "target_exponent": Range(0, 0.6),
            "basket_exponent": Range(0, 1),
            "half_life_days": Range(30, 720, log=True),
            "neighbours": (100, 200, 400),
        },
        first=({}, {"neighbours": 200}, {"half_life_days": None}, {"source_exponent": 0.9}),
    )
    Config: ClassVar[type[ModelConfig]] = CoPurchaseConfig

    def __init__(self, config: CoPurchaseConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Count pairs in blocks of source items, keeping the best of each source."""
        config = self.config
        report(0.0, "Counting baskets")
        guests = data.guests if config.guests else None
        baskets = basket_matrix(data.rows, data.n_items, guests=guests)
        history = interaction_matrix(
            data.rows, (data.n_users, data.n_items), half_life_days=config.half_life_days
        )
        weights = self._weights(baskets)
        sizes = np.diff(baskets.matrix.indptr)
        # All baskets count for how often an item is bought, pairs or not.
        every = np.repeat(weights, sizes)
        count = np.bincount(baskets.matrix.indices, weights=every, minlength=data.n_items)
        count = np.maximum(count, 1e-12)
        pairs = baskets.matrix[sizes > 1]
        weighted = scaled_rows(pairs, weights[sizes > 1])
        found = best_of_each_source(
            scaled_rows(weighted.T.tocsr(), count**-config.source_exponent),
            scaled_rows(pairs.T.tocsr(), count**-config.target_exponent),
            config.neighbours,
            report,
        )
        return SparseSpace(found, SparseRows.from_csr(history))

    def _weights(self, baskets: Baskets) -> NDArray[np.floating[Any]]:
        """Return how much each basket counts, by its size, its age, and whether it is a guest's."""
        config = self.config
        exponent = config.basket_exponent + _GUEST_EXPONENT * (baskets.user < 0)
        sizes = np.diff(baskets.matrix.indptr).astype(np.float64)
        weights = np.maximum(sizes, 1.0) ** -exponent
        if config.half_life_days is not None and baskets.timestamp is not None:
            age = (baskets.timestamp.max(initial=0) - baskets.timestamp) / _DAY
            weights = weights * np.exp2(-age / config.half_life_days)
        return weights
