"""Where the points of a map stand before it is laid out: the two widest directions of a space."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats

# So many directions stand for a sparse space where a dense one is needed.
_DIRECTIONS = 32


def two_widest(vectors: Floats, weights: Floats | None = None) -> Floats:
    """Return the first two principal components of some rows, shape ``(n, 2)``.

    Each direction points where its largest entry is positive, so it never flips by chance. Rows
    that are all alike come to lie at 0.

    Parameters
    ----------
    weights
        How much each row counts in finding the directions; None for all alike.
    """
    share = np.full(len(vectors), 1 / len(vectors)) if weights is None else weights / weights.sum()
    away = vectors - (share.astype(np.float32) @ vectors)
    spread = (away * share[:, None].astype(np.float32)).T @ away
    directions = np.linalg.eigh(spread.astype(np.float64))[1][:, ::-1][:, :2]
    if directions.shape[1] < 2:  # a space of one dimension
        directions = np.column_stack((directions, np.zeros(len(directions))))
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.where(directions[largest, [0, 1]] < 0, -1.0, 1.0)
    return (away @ directions.astype(np.float32)).astype(np.float32)


def dense_stand_in(vectors: Any, *, seed: int) -> Floats:
    """Return rows of a sparse matrix in their widest directions, each with length 1.

    Truncated SVD with random projections (Halko, Martinsson and Tropp 2011), seeded.
    """
    from sklearn.decomposition import TruncatedSVD  # pyright: ignore[reportMissingTypeStubs]

    from recsys.models.spaces import unit_rows

    directions = max(1, min(_DIRECTIONS, min(vectors.shape) - 1))
    svd: Any = TruncatedSVD(directions, random_state=seed)
    return unit_rows(np.asarray(svd.fit_transform(vectors), np.float32))


def scaled(points: Floats, *, seed: int, width: float = 10.0) -> Floats:
    """Return points around 0, ``width`` wide at their wider side, each a little off its place.

    What lies on one spot would never come apart.
    """
    points = points - points.mean(axis=0)
    wide = float(np.ptp(points, axis=0).max())
    points = points * (width / wide if wide > 0 else 1.0)
    noise = np.random.default_rng(seed).normal(0.0, width / 1e4, points.shape)
    return (points + noise).astype(np.float32)


def beside_neighbours(old: Floats, near: NDArray[np.int32], otherwise: Floats) -> Floats:
    """Return where a map begins that goes on from an older one.

    Parameters
    ----------
    old
        Where each point lay, NaN for new ones; those stand at the mean of their neighbours.
    near
        Neighbours of each point, -1 for none.
    otherwise
        Where a new point stands that has no neighbour with a place.
    """
    points = np.array(old, np.float32)
    for _ in range(2):  # the second time beside those that just got a place
        new = np.flatnonzero(np.isnan(points[:, 0]))
        beside = near[new]
        places = np.where((beside >= 0)[:, :, None], points[beside], np.nan)
        placed = ~np.isnan(places[:, :, 0])
        counts = placed.sum(axis=1)
        sums = np.where(placed[:, :, None], places, 0.0).sum(axis=1)
        points[new[counts > 0]] = sums[counts > 0] / counts[counts > 0, None]
    return np.where(np.isnan(points), otherwise, points).astype(np.float32)
