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

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]


@dataclass(frozen=True)
class SparseRows:
    """A sparse matrix as plain arrays, which can be memory-mapped (CSR layout).

    Attributes
    ----------
    indptr, indices, data
        Row ``r`` is ``indices[indptr[r]:indptr[r + 1]]`` with the same slice of ``data``.
    shape
        ``(rows, columns)``.
    """

    indptr: NDArray[np.int64]
    indices: Rows
    data: Floats
    shape: tuple[int, int]

    @classmethod
    def from_csr(cls, matrix: Any) -> SparseRows:
        """Copy the arrays out of a ``scipy.sparse.csr_matrix``."""
        return cls(
            indptr=matrix.indptr.astype(np.int64),
            indices=matrix.indices.astype(np.int32),
            data=matrix.data.astype(np.float32),
            shape=(int(matrix.shape[0]), int(matrix.shape[1])),
        )

    def row(self, row: int) -> tuple[Rows, Floats]:
        """Return the columns and values of one row."""
        start, end = int(self.indptr[row]), int(self.indptr[row + 1])
        return self.indices[start:end], self.data[start:end]

    def to_csr(self) -> Any:
        """Return a ``scipy.sparse.csr_matrix`` over the same arrays."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.data, self.indices, self.indptr), shape=self.shape)

    def save(self, folder: Path, name: str) -> None:
        """Write ``<name>.{indptr,indices,data}.npy``."""
        np.save(folder / f"{name}.indptr.npy", self.indptr, allow_pickle=False)
        np.save(folder / f"{name}.indices.npy", self.indices, allow_pickle=False)
        np.save(folder / f"{name}.data.npy", self.data, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str, columns: int) -> SparseRows:
        """Map what :meth:`save` wrote into memory, read-only."""
        indptr = load_array(folder / f"{name}.indptr.npy")
        return cls(
            indptr=indptr,
            indices=load_array(folder / f"{name}.indices.npy"),
            data=load_array(folder / f"{name}.data.npy"),
            shape=(len(indptr) - 1, columns),
        )


def load_array(path: Path) -> NDArray[Any]:
    """Map a saved array into memory, read-only; an empty one is read, since it cannot be mapped."""
    small = path.stat().st_size < 4096
    return np.load(path, mmap_mode=None if small else "r", allow_pickle=False)


@dataclass(frozen=True)
class Query:
    """What is asked of a space: a dense vector, or a sparse one as columns and values."""

    values: Floats
    indices: Rows | None = None


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
        _write_kind(folder, self.kind)


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

    def shopper_query(self, user: int) -> Query | None:
        """Return the shopper's history as a query."""
        return self.items_query(*self.history(user))

    def item_query(self, item: int) -> Query | None:
        """Return the query ``{item: 1}``."""
        return self.items_query(np.array([item], np.int32), np.ones(1, np.float32))

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return the query ``{j: weight}``, or None for an empty cart."""
        if not len(items):
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
        order = np.argsort(sources)
        for number, item in enumerate(items):
            columns, values = self.weights.row(int(item))
            place = np.searchsorted(sources[order], columns)
            place[place == len(sources)] = 0
            hit = sources[order][place] == columns
            found[number, order[place[hit]]] = values[hit]
        return found * weights[None, :]

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and the weights with which the model saw them."""
        return self.histories.row(user)

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        self.weights.save(folder, "weights")
        self.histories.save(folder, "histories")
        _write_kind(folder, self.kind)


@dataclass(frozen=True)
class FactorSpace:
    """Learned vectors of items and shoppers; the dot product is the score.

    Attributes
    ----------
    items, users
        Shapes ``(n_items, d)`` and ``(n_users, d)``; a row of zeros means unknown.
    confidences
        Shape ``(n_users, n_items)``: the confidences ``c_uj`` the model was fitted with.
    regularization
        ``lambda`` of the fit, needed to fold in a history.
    """

    items: Floats
    users: Floats
    confidences: SparseRows
    regularization: float
    kind: ClassVar[Literal["factors", "neighbours", "scores"]] = "factors"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return len(self.items)

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items with a vector that is not all zero."""
        return np.any(self.items != 0, axis=1)

    def shopper_query(self, user: int) -> Query | None:
        """Return the shopper's vector, or None when it is all zero."""
        return _dense_query(self.users[user])

    def item_query(self, item: int) -> Query | None:
        """Return the item's vector, or None when it is all zero."""
        return _dense_query(self.items[item])

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Fold a history in: the vector that the fit would give a shopper with it.

        Hu, Koren and Volinsky 2008, equation 4.
        """
        if not len(items):
            return None
        vectors = np.asarray(self.items[items])
        system = self._system(vectors, weights)
        return _dense_query(np.linalg.solve(system, vectors.T @ weights).astype(np.float32))

    @cached_property
    def _gram(self) -> Floats:
        return self.items.T @ self.items

    def _system(self, vectors: Floats, confidences: Floats) -> Floats:
        """Return ``Y'C_uY + lambda I``."""
        ridge = np.eye(vectors.shape[1], dtype=np.float32) * self.regularization
        system = self._gram + (vectors.T * (confidences - 1.0)) @ vectors + ridge
        return system.astype(np.float32)

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return dot products, or cosines."""
        asked = np.stack([query.values for query in queries])
        found = asked @ self.items.T
        if cosine:
            lengths = np.linalg.norm(self.items, axis=1)[None, :]
            found = found / np.maximum(lengths * np.linalg.norm(asked, axis=1)[:, None], 1e-12)
        return found.astype(np.float32)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Split each score over the history: ``c_uj * y_i' W_u y_j``.

        Hu, Koren and Volinsky 2008, section 5 (explaining recommendations); the terms add up to
        the score of the folded-in history.
        """
        if not len(sources):
            return None
        vectors = np.asarray(self.items[sources])
        system = self._system(vectors, weights)
        solved = np.linalg.solve(system, vectors.T)
        parts = (np.asarray(self.items[items]) @ solved) * weights[None, :]
        return parts.astype(np.float32)

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and their confidences."""
        return self.confidences.row(user)

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        np.save(folder / "items.npy", self.items, allow_pickle=False)
        np.save(folder / "users.npy", self.users, allow_pickle=False)
        self.confidences.save(folder, "confidences")
        _write_kind(folder, self.kind, regularization=self.regularization)


def load_space(folder: Path) -> Space:
    """Map a saved space into memory, read-only."""
    about = json.loads((folder / "space.json").read_text(encoding="utf-8"))
    if about["kind"] == "scores":
        return ScoreSpace(load_array(folder / "scores.npy"))
    if about["kind"] == "neighbours":
        indptr = load_array(folder / "weights.indptr.npy")
        n_items = len(indptr) - 1
        return NeighbourSpace(
            weights=SparseRows.load(folder, "weights", n_items),
            histories=SparseRows.load(folder, "histories", n_items),
        )
    items = load_array(folder / "items.npy")
    return FactorSpace(
        items=items,
        users=load_array(folder / "users.npy"),
        confidences=SparseRows.load(folder, "confidences", len(items)),
        regularization=float(about["regularization"]),
    )


def _dense_query(vector: Floats) -> Query | None:
    return Query(np.array(vector, np.float32)) if np.any(vector) else None


def _write_kind(folder: Path, kind: str, **about: float) -> None:
    (folder / "space.json").write_text(json.dumps({"kind": kind, **about}), encoding="utf-8")
