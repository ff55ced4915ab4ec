"""A new map over an older one: the same ids as near as can be to where they were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.data.ids import IdMap
from recsys.models.arrays import Floats

# Fewer points in common say nothing of where the others belong.
FEWEST_COMMON = 5


@dataclass(frozen=True)
class Aligned:
    """A map that was turned to lie over an older one.

    Attributes
    ----------
    shift
        Median distance of the points in common from where they were, as a share of the map's
        width.
    common
        How many points both have.
    """

    points: Floats
    shift: float
    common: int


def rows_before(old: IdMap, new: IdMap) -> NDArray[np.int64]:
    """Return the row that each id had before, -1 for a new one."""
    found = (old.row(one) for one in new.ids)
    return np.array([-1 if row is None else row for row in found], np.int64)


def align(points: Floats, before: Floats) -> Aligned | None:
    """Turn, mirror, scale and shift a map onto an older one (Procrustes, Schönemann 1966).

    Parameters
    ----------
    points
        Shape ``(n, 2)``.
    before
        Where each of them was, NaN for new ones.

    Returns
    -------
    Aligned or None
        None where too few of them, or only points on one spot, have been there before.
    """
    both = np.isfinite(points).all(axis=1) & np.isfinite(before).all(axis=1)
    if int(both.sum()) < FEWEST_COMMON:
        return None
    ours, theirs = points[both].astype(np.float64), before[both].astype(np.float64)
    middle, there = ours.mean(axis=0), theirs.mean(axis=0)
    ours, theirs = ours - middle, theirs - there
    if not ours.any() or not theirs.any():
        return None
    left, sizes, right = np.linalg.svd(ours.T @ theirs)
    turn = (left @ right) * (sizes.sum() / (ours**2).sum())
    turned = ((points - middle) @ turn + there).astype(np.float32)
    away = np.linalg.norm(turned[both] - before[both], axis=1)
    return Aligned(turned, float(np.median(away)) / _width(turned), int(both.sum()))


def _width(points: Floats) -> float:
    return max(float(np.ptp(points[np.isfinite(points).all(axis=1)], axis=0).max()), 1e-12)
