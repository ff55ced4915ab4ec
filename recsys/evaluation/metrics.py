"""Metrics of ranked lists, one value a shopper or basket, and their intervals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 1_000


def top_k(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the columns of the k best scores of each row, best first.

    Parameters
    ----------
    scores
        Shape ``(n, n_items)``. Items that must not be shown have ``-inf``.

    Returns
    -------
    ndarray of shape (n, min(k, n_items))
        Ties go to the smaller column. A row with fewer than k finite scores ends in ``-1``.
    """
    k = min(k, scores.shape[1])
    # The k-th best score, then everything above it and, among equals, the smallest columns.
    edge = np.partition(scores, scores.shape[1] - k, axis=1)[:, scores.shape[1] - k]
    found = np.full((len(scores), k), -1, np.int64)
    for row, line in enumerate(scores):
        close = np.flatnonzero(line >= edge[row])
        best = close[np.argsort(-line[close], kind="stable")][:k]
        best = best[np.isfinite(line[best])]
        found[row, : len(best)] = best
    return found


def ndcg(hits: NDArray[np.bool_], relevant: int) -> float:
    """Return the binary NDCG of one list.

    ``sum(hit_r / log2(r + 1)) / sum over the first min(k, relevant) ranks of 1 / log2(r + 1)``
    (Järvelin and Kekäläinen 2002). 0 when nothing is relevant.
    """
    if relevant == 0:
        return 0.0
    discounts = 1.0 / np.log2(np.arange(2, len(hits) + 2))
    return float(discounts[hits].sum() / discounts[: min(len(hits), relevant)].sum())


def recall(hits: NDArray[np.bool_], relevant: int) -> float:
    """Return the share of the relevant items that are in the list; 0 when nothing is relevant."""
    return float(hits.sum() / relevant) if relevant else 0.0


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers, rounded to what the interval can carry."""
        return {key: round(value, 5) for key, value in asdict(self).items()}


def bootstrap(
    values: NDArray[np.float64], *, groups: NDArray[Any] | None = None, seed: int = 1
) -> Interval:
    """Return the mean of ``values`` and its 95 % percentile interval (Efron 1979).

    Parameters
    ----------
    values
        One value a shopper (or a basket); a difference of two models makes it a paired comparison.
    groups
        The shopper of each value: whole shoppers are drawn, 1,000 times.
    """
    if not len(values):
        return Interval(0.0, 0.0, 0.0)
    if groups is None:
        groups = np.arange(len(values))
    _, member = np.unique(groups, return_inverse=True)
    sums = np.bincount(member, weights=values)
    sizes = np.bincount(member)
    random = np.random.default_rng(seed)
    means = np.empty(_ROUNDS)
    for turn in range(_ROUNDS):  # one at a time: all at once would take 1,000 times the memory
        drawn = random.integers(0, len(sums), len(sums))
        means[turn] = sums[drawn].sum() / sizes[drawn].sum()
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(values.mean()), float(low), float(high))
