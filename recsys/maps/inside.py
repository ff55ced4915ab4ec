"""Which points a drawn line goes around."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NO_AREA = 3


def inside(points: NDArray[np.float32], polygon: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which points lie in a polygon, by the even-odd rule.

    What a line that crosses itself goes around twice is outside, as on the screen. Each edge looks
    only at the points between its two ends, so the time hardly grows with the number of edges.

    Parameters
    ----------
    points
        Shape ``(n, 2)``.
    polygon
        Shape ``(k, 2)``; the last corner is joined to the first.

    Returns
    -------
    ndarray of shape (n,)
        True for points inside and on the border. A point with a NaN is outside; a polygon of
        fewer than three different corners, with a NaN or without any area holds nothing.
    """
    found = np.zeros(len(points), np.bool_)
    corners = np.asarray(polygon, np.float64).reshape(-1, 2)
    if len(np.unique(corners, axis=0)) < _NO_AREA or not np.isfinite(corners).all():
        return found
    ends = np.roll(corners, -1, axis=0)
    if _flat(corners):
        return found
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    near = near[np.argsort(points[near, 1], kind="stable")]
    x, y = points[near].astype(np.float64).T
    odd, border = np.zeros(len(near), np.bool_), np.zeros(len(near), np.bool_)
    for (x1, y1), (x2, y2) in zip(corners.tolist(), ends.tolist(), strict=True):
        bottom, top = min(y1, y2), max(y1, y2)
        first, last = np.searchsorted(y, (bottom, top))
        after = int(np.searchsorted(y, top, side="right"))
        some = slice(int(first), after)
        # Above 0 on one side of the edge, below 0 on the other.
        side = (x2 - x1) * (y[some] - y1) - (x[some] - x1) * (y2 - y1)
        on = (side == 0) & (x[some] >= min(x1, x2)) & (x[some] <= max(x1, x2))
        border[some] |= on
        # A ray to the right crosses the edge; the upper end belongs to the next one.
        crossed = side > 0 if y2 > y1 else side < 0
        odd[int(first) : int(last)] ^= crossed[: int(last) - int(first)]
    found[near] = odd | border
    return found


def _flat(corners: NDArray[np.float64]) -> bool:
    """Say whether all corners lie on one line."""
    away = corners - corners[0]
    far = away[np.argmax((away**2).sum(axis=1))]
    return not np.any(away[:, 0] * far[1] - away[:, 1] * far[0])
