from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.types import How, Report

Distance = Literal["dot", "cosine"]


@dataclass(frozen=True)
class DenseVectors:
    """Vectors of one name: shape ``(n, d)``; points outside ``present`` go without."""

    values: NDArray[np.float32]
    distance: Distance
    present: NDArray[np.bool_]


@dataclass(frozen=True)
class SparseVectors:
    """Sparse vectors of one name in CSR layout; empty rows go without."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[np.float32]


Vectors = DenseVectors | SparseVectors


@dataclass(frozen=True)
class Points:
    """What an index is built from: point ``r`` is row ``r`` of everything.

    Attributes
    ----------
    vectors
        Name -> vectors.
    payload
        Column -> one value a point (str, int, float or None, which is left out).
    indexed
        Columns that filters will ask for, with their type.
    """

    count: int
    vectors: Mapping[str, Vectors]
    payload: Mapping[str, Sequence[Any]]
    indexed: Mapping[str, Literal["keyword", "integer", "float"]]


@dataclass(frozen=True)
class Where:
    """A filter: every given condition holds.

    Attributes
    ----------
    equals
        Column -> exact text.
    ranges
        Column -> (least, most), each inclusive or None.
    or_rows
        Points that pass whatever ``ranges`` says (their stored numbers are out of date).
    not_rows
        Points that never pass.
    """

    equals: Mapping[str, str] = field(default_factory=dict[str, str])
    ranges: Mapping[str, tuple[float | None, float | None]] = field(
        default_factory=dict[str, tuple[float | None, float | None]]
    )
    or_rows: frozenset[int] = frozenset()
    not_rows: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Part:
    """A query of one name's vectors, alone or as a part of a fusion.

    Attributes
    ----------
    vector
        Name of the vectors to compare with.
    values, indices
        A dense query, or with ``indices`` the values of a sparse one.
    weight
        How much it counts in a fusion.
    above
        In a fusion: only points with a score above this are in its list.
    equals
        In a fusion: column -> exact text, which this part's list is narrowed to.
    """

    vector: str
    values: NDArray[np.float32]
    indices: NDArray[np.int32] | None = None
    weight: float = 1.0
    above: float | None = None
    equals: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Fusion:
    """Several queries asked together, and how their answers become one.

    Attributes
    ----------
    how
        "rrf": by place, ``sum of weight / (60 + place)``, places from 0; "weighted": by score,
        ``sum of weight * score``, 0 where a part does not give the point out.
    depth
        How many of each part's best points are fused.
    """

    parts: tuple[Part, ...]
    how: How
    depth: int


@dataclass(frozen=True)
class Hits:
    """Points nearest first: row numbers and scores, equally long, never padded."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


class VectorIndex(Protocol):
    """An index that is open for reading; any number of threads may ask it."""

    def count(self) -> int:
        """Return how many points there are."""
        ...

    def query(
        self,
        vector: str,
        values: NDArray[np.float32],
        *,
        indices: NDArray[np.int32] | None = None,
        limit: int,
        where: Where | None = None,
    ) -> Hits:
        """Return the nearest points that have a vector of that name.

        Parameters
        ----------
        vector
            Name of the vectors to compare with.
        values, indices
            A dense query, or with ``indices`` the values of a sparse one.
        limit
            At most so many hits.

        Raises
        ------
        StorageError
            The store failed or cannot be reached.
        """
        ...

    def fuse(self, fusion: Fusion, *, limit: int, where: Where | None = None) -> Hits:
        """Return the best points of several queries together, fused by the engine.

        Equal scores inside a part take their places in any order.

        Parameters
        ----------
        where
            A filter of every part's list: places are those among the points that pass.

        Raises
        ------
        StorageError
            The store failed or cannot be reached.
        """
        ...


class VectorStore(Protocol):
    """Where indexes live. An index is built once and never changed."""

    def build(self, name: str, points: Points, report: Report) -> None:
        """Write a new index whole, and verify its count.

        Raises
        ------
        StorageError
            It could not be written, or what was written is not what was given.
        """
        ...

    def open(self, name: str) -> VectorIndex:
        """Open an index for reading.

        Raises
        ------
        StorageError
            There is none of that name, or it is damaged.
        """
        ...

    def drop(self, name: str) -> None:
        """Remove an index; nothing happens when there is none."""
        ...


class PlainPoint(NamedTuple):
    """A point as plain Python values, which the clients take fastest.

    Attributes
    ----------
    dense, sparse
        Name -> numbers, and name -> (indices, numbers); names that the point lacks are left out.
    """

    row: int
    dense: dict[str, list[float]]
    sparse: dict[str, tuple[list[int], list[float]]]
    payload: dict[str, Any]


def in_batches(points: Points, size: int) -> Generator[list[PlainPoint]]:
    """Yield all points in the order of their rows, ``size`` at a time."""
    for start in range(0, points.count, size):
        end = min(start + size, points.count)
        batch = [PlainPoint(row, {}, {}, {}) for row in range(start, end)]
        for name, vectors in points.vectors.items():
            if isinstance(vectors, DenseVectors):
                _add_dense(batch, name, vectors)
            else:
                _add_sparse(batch, name, vectors)
        for name, column in points.payload.items():
            for point in batch:
                if column[point.row] is not None:
                    point.payload[name] = column[point.row]
        yield batch


def _add_dense(batch: list[PlainPoint], name: str, vectors: DenseVectors) -> None:
    rows = slice(batch[0].row, batch[-1].row + 1)
    lists, present = vectors.values[rows].tolist(), vectors.present[rows].tolist()
    for point, numbers, there in zip(batch, lists, present, strict=True):
        if there:
            point.dense[name] = numbers


def _add_sparse(batch: list[PlainPoint], name: str, vectors: SparseVectors) -> None:
    bounds = vectors.indptr[batch[0].row : batch[-1].row + 2].tolist()
    first = bounds[0]
    indices = vectors.indices[first : bounds[-1]].tolist()
    numbers = vectors.data[first : bounds[-1]].tolist()
    for point, start, end in zip(batch, bounds, bounds[1:], strict=False):
        if start < end:
            part = slice(start - first, end - first)
            point.sparse[name] = (indices[part], numbers[part])
