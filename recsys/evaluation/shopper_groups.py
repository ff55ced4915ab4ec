"""How well a model serves the new, the loyal, and the shoppers of each department."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.evidence import DECIDING, Measured
from recsys.evaluation.parts import Part
from recsys.evaluation.tasks import purchases

_MOST_CATEGORIES = 8
_NEW = 3


def by_group(part: Part, measured: Measured) -> dict[str, Any]:
    """Return the deciding metric by group of shoppers.

    "new" is the third with the fewest different products bought before the cut, and everybody with
    fewer than 3; "loyal" the third with the most; ``products`` tells the bound of each, as fewest
    and most. "category" groups by the department of which a shopper bought the most different
    products, for the eight with the most shoppers; shoppers of goods without one are left out.
    """
    metric = DECIDING[measured.task]
    values = measured.values[metric]
    counts = np.diff(purchases(part).known.indptr)[measured.user]
    if not len(counts):
        return {}
    low, high = np.quantile(counts, [1 / 3, 2 / 3])
    new = counts <= max(low, _NEW - 1)
    found: dict[str, Any] = {}
    for name, chosen in (("new", new), ("loyal", (counts >= high) & ~new)):
        if chosen.any():
            bounds = [int(counts[chosen].min()), int(counts[chosen].max())]
            found[name] = {**_of(values, chosen, metric), "products": bounds}
    if part.categories is not None:
        favourite = _favourites(part)[measured.user]
        numbers, sizes = np.unique(favourite[favourite >= 0], return_counts=True)
        largest = numbers[np.argsort(-sizes, kind="stable")][:_MOST_CATEGORIES]
        found["category"] = {
            part.categories.names[number]: _of(values, favourite == number, metric)
            for number in largest
        }
    return found


def _of(values: NDArray[np.float32], chosen: NDArray[np.bool_], metric: str) -> dict[str, Any]:
    mean = float(values[chosen].mean(dtype=np.float64))
    return {metric: round(mean, 5), "asked": int(chosen.sum())}


def _favourites(part: Part) -> NDArray[np.int64]:
    """Return the number of each shopper's department, -1 for none; ties go to the smaller."""
    from scipy.sparse import csr_matrix

    assert part.categories is not None
    of_item = part.categories.of_item
    rows = np.flatnonzero(of_item >= 0)
    shape = (len(of_item), len(part.categories.names))
    member = csr_matrix((np.ones(len(rows), np.float32), (rows, of_item[rows])), shape=shape)
    counts = np.asarray((purchases(part).known @ member).todense())
    if not counts.shape[1]:
        return np.full(len(counts), -1, np.int64)
    return np.where(counts.max(axis=1) > 0, counts.argmax(axis=1), -1)
