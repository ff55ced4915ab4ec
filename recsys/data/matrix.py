from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from recsys.data.dataset import Interactions
from recsys.errors import InputError

if TYPE_CHECKING:
    from scipy import sparse

_DAY = 86_400.0

# How the sum of a pair's weights becomes the number that a model sees.
Transform = Literal["sum", "log", "sqrt", "binary"]


@dataclass(frozen=True)
class Baskets:
    """What was bought together.

    Attributes
    ----------
    matrix
        csr_matrix of shape (n_baskets, n_items), float32: 1 where the basket holds the item.
    user
        Row number of the shopper of each basket (int32); -1 for a guest.
    timestamp
        Newest second of each basket (int64); None where the shop has no dates.
    """

    matrix: sparse.csr_matrix[np.float32]
    user: npt.NDArray[np.int32]
    timestamp: npt.NDArray[np.int64] | None


def interaction_matrix(
    rows: Interactions,
    shape: tuple[int, int],
    *,
    half_life_days: float | None = None,
    transform: Transform = "sum",
    scale: float = 1.0,
) -> sparse.csr_matrix[np.float32]:
    """Add up the weights of each shopper and item.

    Parameters
    ----------
    rows
        Interactions; none at all gives an empty matrix.
    shape
        Numbers of shoppers and of items.
    half_life_days
        A row so many days older than the newest row given counts half; None, or rows without
        dates: age does not matter.
    transform
        "sum" keeps the sums. The others see to it that a habit does not drown everything else:
        "log" replaces each by log(1 + scale * sum), "sqrt" by its root, "binary" by 1.
    scale
        For "log" only: the larger, the less a second purchase adds to the first.

    Returns
    -------
    csr_matrix of shape ``shape``
        Sums at or below 0 are dropped: implicit turns a negative weight into a confidence below
        that of an unseen item.

    Raises
    ------
    InputError
        A weight is not a number, or infinite.
    """
    from scipy import sparse

    weight = rows.weight.astype(np.float64)
    if not np.isfinite(weight).all():
        raise InputError(
            f"{int((~np.isfinite(weight)).sum()):,} of {len(weight):,} interactions have a weight "
            "that is no number.",
            hint="Check the column of the rating or the event weights, then load the file again.",
        )
    if half_life_days is not None and rows.timestamp is not None and len(rows):
        age_days = (rows.timestamp.max() - rows.timestamp) / _DAY
        weight *= np.exp2(-age_days / half_life_days)
    matrix = sparse.csr_matrix((weight, (rows.user, rows.item)), shape=shape)
    matrix.sum_duplicates()
    np.maximum(matrix.data, 0.0, out=matrix.data)
    matrix.data = _transformed(matrix.data, transform, scale)
    matrix.eliminate_zeros()
    return matrix.astype(np.float32)


def _transformed(
    sums: npt.NDArray[np.float64], transform: Transform, scale: float
) -> npt.NDArray[np.float64]:
    if transform == "log":
        return np.log1p(scale * sums)
    if transform == "sqrt":
        return np.sqrt(sums)
    return (sums > 0).astype(np.float64) if transform == "binary" else sums


def basket_matrix(
    rows: Interactions, n_items: int, *, guests: Interactions | None = None
) -> Baskets:
    """Put each basket of ``rows``, and of ``guests``, on a line of its own, repeated items once.

    Baskets are numbered anew in the order of their numbers, so any part of the rows will do.
    Rows whose weight is not positive (removed from the cart) are left out.
    """
    from scipy import sparse

    parts = [part.rows(part.weight > 0) for part in (rows, guests) if part is not None]
    user = np.concatenate([part.user for part in parts])
    item = np.concatenate([part.item for part in parts])
    basket = np.concatenate([part.basket for part in parts])
    numbers, first, line = np.unique(basket, return_index=True, return_inverse=True)
    ones = np.ones(len(item), np.float32)
    matrix = sparse.csr_matrix((ones, (line, item)), shape=(len(numbers), n_items))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    seconds = [part.timestamp for part in parts if part.timestamp is not None]
    timestamp = None
    if len(seconds) == len(parts):
        timestamp = np.full(len(numbers), np.iinfo(np.int64).min)
        np.maximum.at(timestamp, line, np.concatenate(seconds))
    return Baskets(matrix=matrix, user=user[first], timestamp=timestamp)
