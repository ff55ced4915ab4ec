from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows, SparseRows
from recsys.models.spaces import Query, SpaceKind, write_about

# Queries that hold a larger share of the features than this are multiplied as dense ones: of
# shoppers with long histories who ask for most other shoppers, in a ninth of the time.
_DENSE = 0.1


@dataclass(frozen=True)
class SparseSpace:
    """Item ``i`` holds weights of features; a history asks for features; the dot product scores.

    Features are other items for a neighbour model (item ``i`` holds ``{j: w(j -> i)}`` and a cart
    is the query ``{j: 1, ...}``), shoppers or baskets where nothing may be cut off (``w(j -> i)``
    is then the product of two short rows instead of one long one), words for a content model. No
    weight is negative: the engine gives out only what shares a feature with the query.

    Attributes
    ----------
    items
        Shape ``(n_items, n_features)``: what stands in the index.
    histories
        Shape ``(n_users, n_items)``: each shopper's items, with weights.
    sources
        Shape ``(n_items, n_features)``: the features for which an item in a history asks. None:
        each item asks for itself, and the features are the items.
    most
        A query keeps at most so many features, the heaviest; ties go to the smaller feature.
    least_overlap
        A query keeps a feature for which at least so many items of the history ask.
    """

    items: SparseRows
    histories: SparseRows
    sources: SparseRows | None = None
    most: int | None = None
    least_overlap: int = 1
    kind: ClassVar[SpaceKind] = "sparse"
    saved_as: ClassVar[str] = "sparse"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return self.items.shape[0]

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items that hold a feature."""
        return np.diff(self.items.indptr) > 0

    @cached_property
    def _held(self) -> NDArray[np.bool_]:
        """Features that some item holds."""
        held = np.zeros(self.items.shape[1], np.bool_)
        held[self.items.indices] = True
        return held

    def shopper_query(self, user: int) -> Query | None:
        """Return the shopper's history as a query, or None when it leads nowhere."""
        return self.items_query(*self.history(user))

    def item_query(self, item: int) -> Query | None:
        """Return the query of one item, or None when it leads to no item."""
        return self.items_query(np.array([item], np.int32), np.ones(1, np.float32))

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return the features that the items ask for, or None when no item holds any of them."""
        items = np.asarray(items, np.int32)
        weights = np.asarray(weights, np.float32)
        if self.sources is None:
            found = Query(weights, items)
        else:
            found = self._gathered(self.sources, items, weights)
        assert found.indices is not None
        return found if self._held[found.indices].any() else None

    def _gathered(self, sources: SparseRows, items: Rows, weights: Floats) -> Query:
        lines = [sources.row(int(item)) for item in items]
        if not lines:
            return Query(np.empty(0, np.float32), np.empty(0, np.int32))
        features = np.concatenate([columns for columns, _ in lines])
        values = np.concatenate(
            [line * weight for (_, line), weight in zip(lines, weights, strict=True)]
        )
        if len(features) > sources.shape[1]:  # counting takes a fifth of sorting
            askers, sums = np.bincount(features), np.bincount(features, weights=values)
            kept = np.flatnonzero(askers)
            askers, sums = askers[kept], sums[kept].astype(np.float32)
        else:
            kept, place, askers = np.unique(features, return_inverse=True, return_counts=True)
            sums = np.bincount(place, weights=values, minlength=len(kept)).astype(np.float32)
        if self.least_overlap > 1:
            enough = askers >= self.least_overlap
            kept, sums = kept[enough], sums[enough]
        if self.most is not None and len(kept) > self.most:
            best = np.sort(np.lexsort((kept, -sums))[: self.most])
            kept, sums = kept[best], sums[best]
        return Query(sums, kept.astype(np.int32))

    @cached_property
    def by_feature(self) -> Any:
        """The index the other way round: csr_matrix of shape (n_features, n_items)."""
        return self.items.to_csr().T.tocsr()

    def queries(self, histories: Any) -> Any:
        """Return the queries of many histories or carts at once.

        Parameters
        ----------
        histories
            csr_matrix of shape (n, n_items): the weights of each one's items.

        Returns
        -------
        csr_matrix of shape (n, n_features)
            Row by row what :meth:`items_query` gives; an empty row where it gives None.
        """
        from scipy.sparse import csr_matrix

        if self.sources is None:
            return histories
        sources = self.sources.to_csr()
        found = (histories @ sources).tocsr()
        found.sort_indices()
        if self.least_overlap > 1:
            counted = histories.copy(), sources.copy()
            for matrix in counted:
                matrix.data = np.ones(len(matrix.data), np.float32)
            overlap = (counted[0] @ counted[1]).tocsr()
            overlap.sort_indices()
            # Both products hold the same places in the same order.
            found.data[overlap.data < self.least_overlap] = 0
            found.eliminate_zeros()
        if self.most is None:
            return found
        kept = np.zeros(found.nnz, np.bool_)
        for start, end in pairwise(found.indptr):
            line = found.data[start:end]
            best = np.lexsort((found.indices[start:end], -line))[: self.most]
            kept[start + best] = True
        sizes: NDArray[np.int64] = np.diff(found.indptr)
        line = np.repeat(np.arange(len(sizes)), sizes)[kept]
        return csr_matrix((found.data[kept], (line, found.indices[kept])), shape=found.shape)

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the sparse dot products; ``cosine`` changes nothing here."""
        from scipy.sparse import csr_matrix

        sizes = [len(query.values) for query in queries]
        indptr = np.concatenate(([0], np.cumsum(sizes)))
        indices = np.concatenate([query.indices for query in queries if query.indices is not None])
        values = np.concatenate([query.values for query in queries])
        asked = csr_matrix((values, indices, indptr), shape=(len(queries), self.items.shape[1]))
        if asked.nnz > _DENSE * len(queries) * asked.shape[1]:
            return np.ascontiguousarray((self.items.to_csr() @ asked.T.toarray(order="C")).T)
        return np.asarray((asked @ self.by_feature).todense(), dtype=np.float32)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return ``weight_j * w(j -> i)``, exactly the terms of the score."""
        if not len(sources):
            return None
        if self.sources is None:
            place = np.full(self.items.shape[1], -1, np.int64)
            place[sources] = np.arange(len(sources))
            found = _narrowed(self.items, items, place, len(sources))
            return found * weights[None, :]
        query = self._gathered(self.sources, sources, weights)
        place = np.full(self.items.shape[1], -1, np.int64)
        place[query.indices] = np.arange(len(query.values))
        asked = _narrowed(self.sources, sources, place, len(query.values))
        held = _narrowed(self.items, items, place, len(query.values))
        return (held @ asked.T) * weights[None, :]

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and the weights with which the model saw them."""
        return self.histories.row(user)

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        self.items.save(folder, "items")
        self.histories.save(folder, "histories")
        if self.sources is not None:
            self.sources.save(folder, "sources")
        write_about(
            folder,
            self.saved_as,
            features=self.items.shape[1],
            sources=self.sources is not None,
            most=self.most,
            least_overlap=self.least_overlap,
        )

    @classmethod
    def load(cls, folder: Path, about: dict[str, Any]) -> SparseSpace:
        """Map what :meth:`save` wrote into memory, read-only."""
        features = int(about["features"])
        items = SparseRows.load(folder, "items", features)
        sources = SparseRows.load(folder, "sources", features) if about["sources"] else None
        return cls(
            items=items,
            histories=SparseRows.load(folder, "histories", items.shape[0]),
            sources=sources,
            most=about["most"],
            least_overlap=about["least_overlap"],
        )


def _narrowed(rows: SparseRows, chosen: Rows, place: NDArray[np.int64], width: int) -> Floats:
    """Return some rows as dense ones that hold only the features of a query."""
    found = np.zeros((len(chosen), width), np.float32)
    for number, row in enumerate(chosen):
        columns, values = rows.row(int(row))
        there = place[columns] >= 0
        found[number, place[columns[there]]] = values[there]
    return found
