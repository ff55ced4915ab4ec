"""What a map is drawn from: one vector of length 1 a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.maps.picture import Of
from recsys.models.arrays import Floats
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import Space, unit_rows
from recsys.models.sparse import SparseSpace

# Fewer make no picture.
FEWEST = 5
# Of a shopper's query in a sparse space the strongest so many features are kept.
_STRONGEST = 200
_QUERIES_AT_ONCE = 2_000

Drawable = FactorSpace | SparseSpace


@dataclass(frozen=True)
class Vectors:
    """Vectors of length 1 of all points, dense or sparse; those of unknown ones are zero.

    Attributes
    ----------
    all
        Shape ``(n, d)``: an array, or a ``csr_matrix`` of a sparse space.
    n_items
        So many points are products and come first; the others are shoppers.
    known
        Which points the space knows anything of.
    """

    all: Any
    n_items: int
    known: NDArray[np.bool_]

    @property
    def sparse(self) -> bool:
        """Whether the vectors are a sparse matrix."""
        return not isinstance(self.all, np.ndarray)


def drawable(space: Space) -> tuple[Drawable, int | None]:
    """Return what of a space is drawn: itself, or of a fusion the first part with dense vectors.

    Returns
    -------
    space, number
        Of a fusion without dense vectors it is the first part that can be drawn; ``number`` says
        which part of the fusion it is, None of other spaces.

    Raises
    ------
    InputError
        There is only one number for each product, as with popularity.
    """
    if isinstance(space, FusedSpace):
        for kind in (FactorSpace, SparseSpace):
            for number, part in enumerate(space.parts):
                if isinstance(part, kind):
                    return part, number
    if isinstance(space, FactorSpace | SparseSpace):
        return space, None
    raise InputError(
        "This model has one number for each product and no vectors, so there is nothing to draw.",
        hint="Choose a placement whose model learns who buys what, such as ALS.",
    )


def vectors_of(space: Drawable, of: Of) -> Vectors:
    """Return the vectors of the products, the shoppers, or of both in one space.

    Shoppers of a sparse space are what they ask of it: its features, by their strongest.

    Raises
    ------
    InputError
        The space knows fewer than five of them.
    """
    parts: list[Any] = []
    if of != "shoppers":
        parts.append(_unit(space.items))
    if of != "items":
        asked = space.users if isinstance(space, FactorSpace) else _queries(space)
        parts.append(_unit(asked))
    n_items = 0 if of == "shoppers" else space.n_items
    together = parts[0]
    if isinstance(space, SparseSpace):
        from scipy.sparse import vstack

        together = parts[0] if len(parts) == 1 else vstack(parts, format="csr")
        known = np.diff(together.indptr) > 0
    else:
        together = parts[0] if len(parts) == 1 else np.concatenate(parts)
        known = np.any(together != 0, axis=1)
    check_enough(known, of)
    return Vectors(together, n_items, known)


def check_enough(known: NDArray[np.bool_], of: Of) -> None:
    """Refuse to draw what is no picture.

    Raises
    ------
    InputError
        Fewer than five points are known.
    """
    count = int(known.sum())
    if count < FEWEST:
        what = {"items": "products", "shoppers": "shoppers", "both": "products and shoppers"}[of]
        raise InputError(
            f"The model knows {count} {what}, and a map needs {FEWEST}.",
            hint="Choose a placement with another model, or load more purchases.",
        )


def finite_unit_rows(vectors: Floats) -> Floats:
    """Return each row with length 1; rows of zeros, and rows with a NaN, as zeros."""
    sound = np.isfinite(vectors.sum(axis=1, dtype=np.float64))  # a NaN stays one in any sum
    if sound.all():
        return unit_rows(vectors)
    some: Floats = np.array(vectors)
    some[~sound] = 0
    return unit_rows(some)


def _unit(rows: Any) -> Any:
    """Return dense or sparse rows with length 1."""
    if isinstance(rows, np.ndarray):
        return finite_unit_rows(np.asarray(rows, np.float32))
    from scipy.sparse import diags

    matrix = rows.to_csr() if hasattr(rows, "to_csr") else rows
    matrix = matrix.astype(np.float32)  # a copy: the arrays of a space are mapped, read-only
    matrix.data[~np.isfinite(matrix.data)] = 0
    matrix.eliminate_zeros()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = diags(1 / np.where(lengths > 0, lengths, 1.0))
    return (scale @ matrix).tocsr().astype(np.float32)


def _queries(space: SparseSpace) -> Any:
    """Return what all shoppers ask for, cut to the strongest features of each."""
    from scipy.sparse import vstack

    histories = space.histories.to_csr()
    blocks: list[Any] = []
    for start in range(0, max(histories.shape[0], 1), _QUERIES_AT_ONCE):
        found = space.queries(histories[start : start + _QUERIES_AT_ONCE])
        blocks.append(_strongest(found.tocsr()))
    return vstack(blocks, format="csr")


def _strongest(matrix: Any) -> Any:
    """Return the rows with their largest values only."""
    sizes = np.diff(matrix.indptr)
    if not len(sizes) or int(sizes.max()) <= _STRONGEST:
        return matrix
    row = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((matrix.indices, -matrix.data, row))
    place = np.arange(len(order)) - np.repeat(matrix.indptr[:-1], sizes)
    values = matrix.data.copy()
    values[order[place >= _STRONGEST]] = 0
    cut = matrix.copy()
    cut.data = values
    cut.eliminate_zeros()
    return cut
