"""Shoppers by how much they bought alone: what lookalikes have to beat, and their fallback."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.releases.people import People

_DAY = 86_400


def activity(people: People) -> NDArray[np.float64]:
    """Return recency, frequency and money of each shopper as standardised logarithms.

    Returns
    -------
    ndarray of shape (n, 1 to 3)
        ``ln(1 + x)`` of the days since the last purchase (without dates: left out), the orders and
        the money (without prices: left out), each less its mean and divided by its standard
        deviation over those who bought. Who never bought is as long ago as the oldest.
    """
    bought = np.asarray(people.orders) > 0
    columns = [np.log1p(np.asarray(people.orders, np.float64))]
    if people.last is not None:
        newest = int(people.last.max(initial=0))
        since = (newest - people.last) / _DAY
        since = np.where(bought, since, since[bought].max(initial=0.0))
        columns.append(np.log1p(since))
    if people.spend is not None:
        columns.append(np.log1p(np.maximum(people.spend, 0)))
    found = np.column_stack(columns)
    if bought.any():
        spread = found[bought].std(axis=0)
        found = (found - found[bought].mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return found


def activity_likeness(
    features: NDArray[np.float64], seeds: NDArray[np.int64] | NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return how near each shopper's numbers are to the mean of the seeds': minus the distance."""
    return -np.linalg.norm(features - features[seeds].mean(axis=0), axis=1)


def best_first(
    scores: NDArray[np.floating], fallback: NDArray[np.floating], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return some rows in the order of their scores; ties by row.

    Those whose score is NaN come after all others, in the order of ``fallback``.
    """
    known = ~np.isnan(scores[rows])
    first, last = rows[known], rows[~known]
    first = first[np.argsort(-scores[first], kind="stable")]
    last = last[np.argsort(-fallback[last], kind="stable")]
    return np.concatenate([first, last])
