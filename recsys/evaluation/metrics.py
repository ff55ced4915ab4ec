"""Metrics of ranked lists: one value a list, worked out for all lists at once.

All take ``hits``, a boolean array of shape ``(n, >= k)`` that says which places hold a wanted item,
best first, and ``relevant``, how many items each list was to find. A list to find nothing gives 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Hits = NDArray[np.bool_]
Values = NDArray[np.float64]
Counts = NDArray[np.integer[Any]]

# So many columns share one look in top_k: the best of each bounds the k-th best from below.
_STRIDE = 64


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
    found = np.full((len(scores), k), -1, np.int64)
    if k == 0:
        return found
    edge = _lower_bound(scores, k)
    for row, line in enumerate(scores):
        close = np.flatnonzero(line >= edge[row])
        best = close[np.argsort(-line[close], kind="stable")][:k]
        best = best[np.isfinite(line[best])]
        found[row, : len(best)] = best
    return found


def _lower_bound(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """Return for each row a number that at least k of its scores reach, and few more.

    Columns are dealt into groups; the k best of the groups' best scores are k different scores, so
    the k-th best score of all is no smaller than the k-th of them.
    """
    width = scores.shape[1] // _STRIDE
    if width < 4 * k:
        return np.partition(scores, scores.shape[1] - k, axis=1)[:, scores.shape[1] - k]
    groups = scores[:, : width * _STRIDE].reshape(len(scores), _STRIDE, width).max(axis=1)
    return np.partition(groups, width - k, axis=1)[:, width - k]


def precision(hits: Hits, k: int) -> Values:
    """Return the share of the k places that hold a wanted item; empty places are misses."""
    return _share(hits[:, :k].sum(axis=1), np.full(len(hits), k, np.int64))


def recall(hits: Hits, relevant: Counts, k: int) -> Values:
    """Return the share of the wanted items that are among the first k."""
    return _share(hits[:, :k].sum(axis=1), relevant)


def hit_rate(hits: Hits, k: int) -> Values:
    """Return 1 where any of the first k places holds a wanted item, else 0."""
    return np.asarray(hits[:, :k].any(axis=1), np.float64)


def reciprocal_rank(hits: Hits, k: int) -> Values:
    """Return 1 / the place of the first hit among the first k, 0 without one (MRR is its mean)."""
    first = np.argmax(hits[:, :k], axis=1) + 1
    return _share(hit_rate(hits, k), first)


def average_precision(hits: Hits, relevant: Counts, k: int) -> Values:
    """Return the average precision at k (MAP is its mean).

    ``sum over hits of precision at the hit's place / min(k, relevant)``. Dividing by all relevant
    items, as some libraries do, holds shoppers against the model who bought more than k products;
    dividing by the hits found would call one lucky hit a perfect list.
    """
    taken = hits[:, :k].astype(np.float64)
    places: Values = np.arange(1, taken.shape[1] + 1, dtype=np.float64)
    found: Values = np.cumsum(taken, axis=1)
    precisions: Values = found / places
    return _share((precisions * taken).sum(axis=1), np.minimum(relevant, k))


def ndcg(hits: Hits, relevant: Counts, k: int) -> Values:
    """Return the binary NDCG.

    ``sum(hit_r / log2(r + 1)) / sum over the first min(k, relevant) ranks of 1 / log2(r + 1)``
    (Järvelin and Kekäläinen 2002).
    """
    gains = np.concatenate(([0.0], np.cumsum(_discounts(k))))
    found = (hits[:, :k] * _discounts(k)[: hits.shape[1]]).sum(axis=1)
    return _share(found, gains[np.minimum(relevant, k)])


def graded_ndcg(gains: NDArray[np.floating[Any]], ideal: NDArray[np.floating[Any]]) -> Values:
    """Return the NDCG of ratings: ``sum(gain_r / log2(r + 1))`` over the same of the best list.

    Parameters
    ----------
    gains
        Shape ``(n, k)``: the rating of what stands on each place, 0 where it is not wanted.
    ideal
        Shape ``(n, k)``: the k largest ratings of the wanted items, largest first, 0 beyond them.
    """
    discounts = _discounts(gains.shape[1])
    return _share((gains * discounts).sum(axis=1), (ideal * discounts).sum(axis=1))


def _discounts(k: int) -> Values:
    return 1.0 / np.log2(np.arange(2, k + 2))


def _share(part: NDArray[Any], whole: NDArray[Any]) -> Values:
    whole = np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
