"""Neighbours as a weighted graph: the first of the two steps of UMAP."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.maps.near import Near
from recsys.models.arrays import Floats

_HALVINGS = 64
_CLOSE_ENOUGH = 1e-5
# The reach of a point is never a smaller share of its mean distance than this.
_LEAST_REACH = 1e-3


def neighbour_graph(near: Near) -> Any:
    """Return how surely each two points are neighbours, 0 to 1 (McInnes et al. 2018, 3.1).

    What ``umap.umap_.fuzzy_simplicial_set`` gives, by numpy: that one would be compiled anew in
    each process, for ten seconds.

    Returns
    -------
    coo_matrix of shape (n, n)
        Symmetric, without a diagonal: ``a + b - a b`` of the two directions.
    """
    from scipy.sparse import coo_matrix

    count, k = len(near.rows), near.rows.shape[1]
    away = near.distances.astype(np.float64)
    positive = np.where(away > 0, away, np.inf).min(axis=1)
    nearest = np.where(np.isfinite(positive), positive, 0.0)
    beyond = np.maximum(away - nearest[:, None], 0.0)
    reach = _reaches(beyond[:, 1:], float(np.log2(max(k, 2))))
    own: NDArray[np.float64] = away.mean(axis=1)
    least = np.where(nearest > 0, own, float(own.mean()))
    reach = np.maximum(np.maximum(reach, _LEAST_REACH * least), 1e-12)
    sure = np.exp(-beyond / reach[:, None])
    one: NDArray[np.int64] = np.repeat(np.arange(count), k)
    other = near.rows.ravel()
    there = (other >= 0) & (other != one)
    pairs = (sure.ravel()[there].astype(np.float32), (one[there], other[there]))
    graph = coo_matrix(pairs, shape=(count, count)).tocsr()
    back = graph.T.tocsr()
    return (graph + back - graph.multiply(back)).tocoo()


def _reaches(beyond: Floats | NDArray[np.float64], target: float) -> NDArray[np.float64]:
    """Return for each point the reach at which its neighbours add up to ``target``."""
    low, high = np.zeros(len(beyond)), np.full(len(beyond), np.inf)
    middle = np.ones(len(beyond))
    for _ in range(_HALVINGS):
        total = np.exp(-beyond / middle[:, None]).sum(axis=1)
        if np.all(np.abs(total - target) < _CLOSE_ENOUGH):
            break
        over = total > target
        high, low = np.where(over, middle, high), np.where(over, low, middle)
        halved = (low + np.where(np.isinf(high), 0.0, high)) / 2
        middle = np.maximum(np.where(np.isinf(high), middle * 2, halved), 1e-300)
    return middle
