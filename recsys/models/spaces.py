"""Spaces: how a model's items, shoppers, histories and carts become vectors and queries.

Every model ends as one of these. Evaluation scores them by matrix product, a release writes them
into the vector store, and the two answers have to agree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows, SparseRows


@dataclass(frozen=True)
class Query:
    """What is asked of a space: a dense vector, or a sparse one as columns and values."""

    values: Floats
    indices: Rows | None = None

    def unit(self) -> Query:
        """Return the same direction with length 1, to be compared by cosine."""
        return Query(unit_rows(self.values[None, :])[0], self.indices)


def unit_rows(vectors: Floats) -> Floats:
    """Return each row with length 1, rows of zeros as they are.

    The engine takes a vector shorter than some 3e-4 as it is, and its cosine comes out wrong; a
    product last sold long ago is that short.
    """
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


class Space(Protocol):
    """Vectors of items, and the way to ask for the nearest of them."""

    kind: ClassVar[Literal["factors", "neighbours", "scores"]]

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        ...

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Which items this space can rank, shape ``(n_items,)``."""
        ...

    def shopper_query(self, user: int) -> Query | None:
        """Return the query of a shopper, or None when nothing is known of them."""
        ...

    def item_query(self, item: int) -> Query | None:
        """Return the query for items like one item, or None when nothing is known of it."""
        ...

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return the query of a cart or a history that no training has seen."""
        ...

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the exact score of every item, shape ``(len(queries), n_items)``."""
        ...

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return what each source item adds to each item's score, or None if nothing does.

        Returns
        -------
        ndarray of shape (len(items), len(sources))
        """
        ...

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and the weights with which the model saw them."""
        ...

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        ...


_NONE: tuple[Rows, Floats] = (np.empty(0, np.int32), np.empty(0, np.float32))


@dataclass(frozen=True)
class ScoreSpace:
    """One score per item, the same for everybody: popularity and its kin.

    A vector space with one dimension: item ``[score]``, every query ``[1]``.
    """

    item_scores: Floats
    kind: ClassVar[Literal["factors", "neighbours", "scores"]] = "scores"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return len(self.item_scores)

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items with a score above 0."""
        return self.item_scores > 0

    def shopper_query(self, user: int) -> Query | None:
        """Return ``[1]``: everybody gets the same list."""
        return Query(np.ones(1, np.float32))

    def item_query(self, item: int) -> Query | None:
        """Return ``[1]``."""
        return Query(np.ones(1, np.float32))

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return ``[1]``."""
        return Query(np.ones(1, np.float32))

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the same row for every query."""
        return np.repeat(self.item_scores[None, :], len(queries), axis=0)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return None: no history item contributes."""
        return None

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return nothing: histories are not used."""
        return _NONE

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        np.save(folder / "scores.npy", self.item_scores, allow_pickle=False)
        write_about(folder, self.kind)


@dataclass(frozen=True)
class NeighbourSpace:
    """Item ``i`` holds the weights ``{j: w(j -> i)}``; a cart is the query ``{j: 1, ...}``.

    The sparse dot product is then exactly the neighbour model's score.

    Attributes
    ----------
    weights
        Shape ``(n_items, n_items)``, row = target, column = source.
    histories
        Shape ``(n_users, n_items)``: the query of each shopper.
    """

    weights: SparseRows
    histories: SparseRows
    kind: ClassVar[Literal["factors", "neighbours", "scores"]] = "neighbours"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return self.weights.shape[0]

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items that some other item points to."""
        return np.diff(self.weights.indptr) > 0

    @cached_property
    def _known_sources(self) -> NDArray[np.bool_]:
        known = np.zeros(self.n_items, np.bool_)
        known[self.weights.indices] = True
        return known

    def shopper_query(self, user: int) -> Query | None:
        """Return the shopper's history as a query, or None when it leads nowhere."""
        return self.items_query(*self.history(user))

    def item_query(self, item: int) -> Query | None:
        """Return the query ``{item: 1}``, or None when it points to no other item."""
        return self.items_query(np.array([item], np.int32), np.ones(1, np.float32))

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return the query ``{j: weight}``, or None when no item of it points to another."""
        if not self._known_sources[items].any():
            return None
        return Query(np.asarray(weights, np.float32), np.asarray(items, np.int32))

    @cached_property
    def _by_source(self) -> Any:
        return self.weights.to_csr().T.tocsr()

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the sparse dot products; ``cosine`` changes nothing here."""
        from scipy.sparse import csr_matrix

        sizes = [len(query.values) for query in queries]
        indptr = np.concatenate(([0], np.cumsum(sizes)))
        indices = np.concatenate([query.indices for query in queries if query.indices is not None])
        values = np.concatenate([query.values for query in queries])
        asked = csr_matrix((values, indices, indptr), shape=(len(queries), self.n_items))
        return np.asarray((asked @ self._by_source).todense(), dtype=np.float32)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return ``weight_j * w(j -> i)``, exactly the terms of the score."""
        if not len(sources):
            return None
        found = np.zeros((len(items), len(sources)), np.float32)
        for number, item in enumerate(items):
            columns, values = self.weights.row(int(item))
            _, mine, theirs = np.intersect1d(
                sources, columns, assume_unique=True, return_indices=True
            )
            found[number, mine] = values[theirs]
        return found * weights[None, :]

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and the weights with which the model saw them."""
        return self.histories.row(user)

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        self.weights.save(folder, "weights")
        self.histories.save(folder, "histories")
        write_about(folder, self.kind)


def write_about(folder: Path, kind: str, **about: float) -> None:
    """Write ``space.json``, which tells :func:`recsys.models.store.load_space` what it finds."""
    (folder / "space.json").write_text(json.dumps({"kind": kind, **about}), encoding="utf-8")
