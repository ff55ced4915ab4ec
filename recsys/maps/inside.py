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
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
    near = near[np.argsort(y[near])]
    x, y = x[near].astype(np.float64), y[near].astype(np.float64)
    odd, border = np.zeros(len(near), np.bool_), np.zeros(len(near), np.bool_)
    bottoms, tops = np.minimum(corners[:, 1], ends[:, 1]), np.maximum(corners[:, 1], ends[:, 1])
    firsts, lasts = np.searchsorted(y, bottoms).tolist(), np.searchsorted(y, tops).tolist()
    afters = np.searchsorted(y, tops, side="right").tolist()
    edges = zip(corners.tolist(), ends.tolist(), firsts, lasts, afters, strict=True)
    for (x1, y1), (x2, y2), first, last, after in edges:
        if first == after:
            continue
        some = slice(first, after)
        # Above 0 on one side of the edge, below 0 on the other.
        side = (x2 - x1) * (y[some] - y1) - (x[some] - x1) * (y2 - y1)
        on = side == 0
        if on.any():
            border[some] |= on & (x[some] >= min(x1, x2)) & (x[some] <= max(x1, x2))
        # A ray to the right crosses the edge; the upper end belongs to the next one.
        crossed = side > 0 if y2 > y1 else side < 0
        odd[first:last] ^= crossed[: last - first]
    found[near] = odd | border
    return found


def _flat(corners: NDArray[np.float64]) -> bool:
    """Say whether all corners lie on one line."""
    away = corners - corners[0]
    far = away[np.argmax((away**2).sum(axis=1))]
    return not np.any(away[:, 0] * far[1] - away[:, 1] * far[0])
