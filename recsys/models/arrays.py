from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import StorageError

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
    """Map a saved array into memory, read-only; an empty one is read, since it cannot be mapped.

    Raises
    ------
    StorageError
        The file is missing or damaged.
    """
    try:
        small = path.stat().st_size < 4096
        array = np.load(path, mmap_mode=None if small else "r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(path, error) from error
    # A plain array over the mapping: np.memmap itself takes 300 ns for every element read.
    return np.asarray(array)


def damaged(path: Path, error: Exception) -> StorageError:
    """Return the error for a file of a model or a release that cannot be read."""
    return StorageError(
        f"{path} cannot be read: {error}.",
        hint="Check the disk, then train the model or build the release again.",
    )
