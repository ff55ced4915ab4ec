from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.types import Report

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


def in_batches(points: Points, size: int, make: Callable[[int, dict[str, Any]], Any]) -> Any:
    """Yield ``(end, [make(row, payload), ...])`` for batches of rows."""
    columns = list(points.payload.items())
    for start in range(0, points.count, size):
        end = min(start + size, points.count)
        batch: list[Any] = []
        for row in range(start, end):
            payload = {key: column[row] for key, column in columns if column[row] is not None}
            batch.append(make(row, payload))
        yield end, batch
