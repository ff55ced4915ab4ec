from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.counting import (
    Scale,
    best_of_each_source,
    purchase_weights,
    scaled_rows,
    unit_rows,
)
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.types import Placement, Report

Similarity = Literal["cooccurrence", "cosine", "tfidf", "bm25"]
# The usual numbers of BM25 (Robertson and Zaragoza 2009).
_BM25_SATURATION = 1.2
_BM25_LENGTH = 0.75


class ItemItemConfig(ModelConfig):
    """Settings of item-item."""

    similarity: Similarity = Field(
        "cooccurrence", description="How two products are compared; only the first has exponents."
    )
    user_exponent: float = Field(
        1.0, ge=0, le=2, description="How much less a shopper of many products says about each."
    )
    source_exponent: float = Field(
        0.7, ge=0, le=1, description="How much less a popular product in a history says."
    )
    target_exponent: float = Field(
        0.3, ge=0, le=1, description="How much a product's own popularity is held against it."
    )
    neighbours: int | None = Field(
        None, ge=1, le=2000, description="Neighbours kept for each product; empty: all of them."
    )
    scale: Scale = Field(
        "log", description="How much more many purchases of a product say than one."
    )
    half_life_days: float | None = Field(
        120.0, gt=0, description="A purchase this old counts half; empty: age does not matter."
    )


class ItemItem:
    """Items of the same shoppers.

    Of all similarities, ``w(j -> i) = sum over shoppers v of S(j, v) T(i, v)``, with ``r(v, i)``
    what v bought of i:

    - co-occurrence: ``S = r(v, j) / d(v)^a / d(j)^b`` and ``T = r(v, i) / d(i)^c``, d being sums
      of r;
    - cosine: both are r with a length of 1 for each item;
    - TF-IDF: both are ``sqrt(r) idf(v)`` with a length of 1, ``idf(v) = log(n_items) -
      log(1 + items of v)``;
    - BM25: both are ``r (K + 1) / (r + K (1 - B + B d(i) / mean of d)) idf(v)``, K = 1.2, B = 0.75.

    With all neighbours the two short rows are kept, shoppers being the features, and nothing is
    lost; else W is cut to the best neighbours of each source item.
    """

    name: ClassVar[str] = "item_item"
    label: ClassVar[str] = "Bought by the same shoppers"
    summary: ClassVar[str] = "Counts which products the same shoppers buy."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search(
        settings={
            "similarity": ("cooccurrence", "cosine", "tfidf", "bm25"),
            "user_exponent": Range(0, 1.5),
            "source_exponent": Range(0, 1),
            "target_exponent": Range(0, 0.8),
            "neighbours": (None, 200),
            "scale": ("once", "log", "sum"),
            "half_life_days": Range(30, 720, log=True),
        },
        first=({}, {"similarity": "cosine"}, {"scale": "once", "half_life_days": None}),
    )
    Config: ClassVar[type[ModelConfig]] = ItemItemConfig

    def __init__(self, config: ItemItemConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Weigh the purchases; with a number of neighbours, count pairs and keep the best."""
        config = self.config
        report(0.0, "Comparing products")
        bought = purchase_weights(data, half_life_days=config.half_life_days, scale=config.scale)
        by_item = bought.T.tocsr()
        if config.similarity == "cooccurrence":
            asking, held = self._cooccurrence(by_item)
        else:
            asking = held = _WEIGHTED[config.similarity](by_item)
        histories = SparseRows.from_csr(bought)
        if config.neighbours is None:
            report(1.0, "Comparing products")
            return SparseSpace(
                SparseRows.from_csr(held), histories, sources=SparseRows.from_csr(asking)
            )
        return SparseSpace(best_of_each_source(asking, held, config.neighbours, report), histories)

    def _cooccurrence(self, by_item: Any) -> tuple[Any, Any]:
        """Return S and T, shape (n_items, n_users)."""
        config = self.config
        of_item, of_user = (
            np.maximum(np.asarray(by_item.sum(axis=axis), np.float64).ravel(), 1e-12)
            for axis in (1, 0)
        )
        asking = scaled_rows(by_item, of_item**-config.source_exponent)
        asking.data *= (of_user**-config.user_exponent)[asking.indices].astype(np.float32)
        return asking, scaled_rows(by_item, of_item**-config.target_exponent)


def _idf(by_item: Any) -> Any:
    """Return one number a stored value: the less, the more items its shopper has; never below 0."""
    n_items, n_users = by_item.shape
    items_of = np.bincount(by_item.indices, minlength=n_users)
    return np.maximum(np.log(n_items) - np.log1p(items_of), 0.0)[by_item.indices]


def _tfidf(by_item: Any) -> Any:
    weighted = by_item.copy()
    weighted.data = (np.sqrt(by_item.data) * _idf(by_item)).astype(np.float32)
    weighted.eliminate_zeros()
    return unit_rows(weighted)


def _bm25(by_item: Any) -> Any:
    of_item = np.asarray(by_item.sum(axis=1), np.float64).ravel()
    length = 1.0 - _BM25_LENGTH + _BM25_LENGTH * of_item / max(of_item.mean(), 1e-12)
    room = _BM25_SATURATION * np.repeat(length, np.diff(by_item.indptr))
    weighted = by_item.copy()
    saturated = by_item.data * (_BM25_SATURATION + 1.0) / (room + by_item.data)
    weighted.data = (saturated * _idf(by_item)).astype(np.float32)
    weighted.eliminate_zeros()
    return weighted


_WEIGHTED = {"cosine": unit_rows, "tfidf": _tfidf, "bm25": _bm25}
