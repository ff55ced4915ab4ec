"""What random shoppers who order as often as the seeds would find."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BINS = 10
_HALVINGS = 60


def expected_curve(
    orders: NDArray[np.int32],
    visible: NDArray[np.int64],
    hidden: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the share of hidden seeds that activity-matched random shoppers are expected to hold.

    Candidates, who are all but the visible seeds, are put in groups by number of orders, cut at
    the tenths of the visible seeds. Each is drawn without replacement with a chance that gives the
    groups the shares that they have of the visible seeds (half a seed is added to each group, so
    that none is never drawn). In the limit of many shoppers one of weight ``w`` is among the first
    ``s`` with the chance ``1 - exp(-w t)``, where ``t`` makes these chances add up to ``s``
    (exponential order sampling: Rosen 1997).

    Returns
    -------
    ndarray of the shape of sizes
    """
    mine = orders[visible]
    tenths = np.quantile(mine, np.linspace(0, 1, _BINS + 1)[:-1])
    cuts = np.unique([*tenths, mine.max() + 1])  # more than any seed is a group of its own
    group = np.searchsorted(cuts, orders, side="right")
    candidate = np.ones(len(orders), np.bool_)
    candidate[visible] = False
    count = np.bincount(group[candidate], minlength=len(cuts) + 1)
    seeds = np.bincount(group[visible], minlength=len(cuts) + 1) + 0.5
    weight = np.where(count > 0, seeds / np.maximum(count, 1), 0.0)
    low, high = np.zeros(len(sizes)), np.full(len(sizes), 1.0)

    def drawn(t: NDArray[np.float64]) -> NDArray[np.float64]:
        return (1 - np.exp(-np.outer(t, weight))) @ count.astype(np.float64)

    wanted = np.minimum(sizes, count.sum() * (1 - 1e-9))
    while (short := drawn(high) < wanted).any():
        high = np.where(short, 2 * high, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = drawn(middle) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    share = np.bincount(group[hidden], minlength=len(cuts) + 1) / max(len(hidden), 1)
    return (1 - np.exp(-np.outer(high, weight))) @ share
