from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.vectors.base import DenseVectors, Points, SparseVectors, Where

COUNT, WIDTH = 60, 8


@dataclass(frozen=True)
class Shop:
    """What an index is built from, as arrays to compare its answers with."""

    dense: np.ndarray
    present: np.ndarray
    sparse: np.ndarray
    categories: list[str | None]
    prices: list[float | None]
    stock: np.ndarray

    @property
    def points(self) -> Points:
        filled = self.sparse != 0
        return Points(
            count=len(self.dense),
            vectors={
                "dot": DenseVectors(self.dense, "dot", self.present),
                "cosine": DenseVectors(self.dense, "cosine", self.present),
                "sparse": SparseVectors(
                    indptr=np.concatenate(([0], np.cumsum(filled.sum(axis=1)))),
                    indices=np.nonzero(filled)[1].astype(np.int32),
                    data=self.sparse[filled],
                ),
            },
            payload={
                "item_id": [f"{row:05}" for row in range(len(self.dense))],
                "category": self.categories,
                "price": self.prices,
                "stock": [int(pieces) for pieces in self.stock],
            },
            indexed={"category": "keyword", "price": "float", "stock": "integer"},
        )

    def scores(self, vector: str, query: np.ndarray) -> np.ndarray:
        """Return the score of every point; NaN where it has no such vector, or nothing common."""
        if vector == "sparse":
            common = ((self.sparse != 0) & (query != 0)).any(axis=1)
            return np.where(common, self.sparse @ query, np.nan)
        found = self.dense @ query
        if vector == "cosine":
            found /= np.linalg.norm(self.dense, axis=1) * np.linalg.norm(query)
        return np.where(self.present, found, np.nan)

    def passes(self, where: Where) -> np.ndarray:
        """Say of every point whether it passes a filter."""
        columns: dict[str, list[Any]] = {
            "category": list(self.categories),
            "price": list(self.prices),
            "stock": self.stock.tolist(),
        }
        found = np.zeros(len(self.dense), np.bool_)
        for row in range(len(found)):
            inside = all(
                columns[name][row] is not None
                and (least is None or columns[name][row] >= least)
                and (most is None or columns[name][row] <= most)
                for name, (least, most) in where.ranges.items()
            )
            found[row] = (
                all(columns[name][row] == value for name, value in where.equals.items())
                and (inside or row in where.or_rows)
                and row not in where.not_rows
            )
        return found


def make_shop(seed: int, count: int = COUNT) -> Shop:
    random = np.random.default_rng(seed)
    dense = random.normal(size=(count, WIDTH)).astype(np.float32)
    present = random.random(count) > 0.1
    sparse = random.random((count, 20)).astype(np.float32)
    sparse[random.random((count, 20)) > 0.2] = 0
    categories = [None if c == 4 else f"c{c} é" for c in random.integers(5, size=count)]
    prices = [None if p < 5 else round(float(p), 2) for p in random.uniform(0, 100, count)]
    stock = random.integers(0, 6, size=count)
    stock[0] = 2**31 - 1  # as a release writes it where the shop says nothing
    return Shop(dense, present, sparse, categories, prices, stock)
