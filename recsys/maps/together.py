"""Shoppers beside the products they buy, on one map of both."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.maps.near import Near, nearest_across
from recsys.maps.vectors import Vectors
from recsys.models.arrays import Floats, SparseRows
from recsys.types import Report

_PAIRS_AT_ONCE = 200_000


def with_shoppers(
    near: Near,
    vectors: Vectors,
    rows: NDArray[np.int64],
    histories: SparseRows | None,
    *,
    report: Report,
) -> Near:
    """Return neighbours where those of each shopper are products.

    Of what they bought the nearest in the space; who bought fewer has the nearest of all products
    beside them. No shopper is a neighbour of another: what two of them share are products, and by
    the nearest of all they draw each other away from those (docs/decisions/014-maps.md).

    Parameters
    ----------
    near
        Neighbours of the products among themselves.
    rows
        The points on the map, products first.
    histories
        What each shopper bought; None where nobody knows.
    """
    count, width = near.rows.shape
    shoppers, items = vectors.all[rows[count:]], vectors.all[rows[:count]]
    found = np.full((len(rows) - count, width - 1), -1, np.int32)
    distances = np.ones(found.shape, np.float32)
    if histories is not None:
        place = np.full(vectors.n_items, -1, np.int32)
        place[rows[:count]] = np.arange(count, dtype=np.int32)
        who, what = _pairs(histories, rows[count:] - vectors.n_items, place)
        _take_nearest(found, distances, who, what, _dots(shoppers, items, who, what))
    _fill_up(found, distances, shoppers, items, report)
    own = np.arange(count, len(rows), dtype=np.int32)[:, None]
    nothing = np.zeros((len(own), 1), np.float32)
    return Near(
        np.concatenate((near.rows, np.concatenate((own, found), axis=1))),
        np.concatenate((near.distances, np.concatenate((nothing, distances), axis=1))),
    )


def _pairs(
    histories: SparseRows, users: NDArray[np.int64], place: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return who bought what: numbers of the users given, and places of the products."""
    starts = histories.indptr[users].astype(np.int64)
    sizes = histories.indptr[users + 1] - starts
    who = np.repeat(np.arange(len(users)), sizes)
    at = np.arange(len(who)) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    what = place[histories.indices[at]]
    kept = (what >= 0) & (histories.data[at] > 0)
    return who[kept], what[kept]


def _dots(shoppers: Any, items: Any, who: NDArray[np.int64], what: NDArray[np.int32]) -> Floats:
    """Return the cosine of each pair."""
    scores = np.empty(len(who), np.float32)
    for start in range(0, len(who), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        one, other = shoppers[who[some]], items[what[some]]
        product = one.multiply(other) if hasattr(one, "multiply") else one * other
        scores[some] = np.asarray(product.sum(axis=1)).ravel()
    return scores


def _take_nearest(
    found: NDArray[np.int32],
    distances: Floats,
    who: NDArray[np.int64],
    what: NDArray[np.int32],
    scores: Floats,
) -> None:
    """Write the nearest of each shopper's products into ``found`` and ``distances``."""
    order = np.lexsort((what, -scores, who))
    who, what, scores = who[order], what[order], scores[order]
    rank = np.arange(len(who)) - np.searchsorted(who, who)
    best = rank < found.shape[1]
    found[who[best], rank[best]] = what[best]
    distances[who[best], rank[best]] = np.clip(1 - scores[best], 0, 2)


def _fill_up(
    found: NDArray[np.int32], distances: Floats, shoppers: Any, items: Any, report: Report
) -> None:
    """Give shoppers who bought little the nearest of all products, too."""
    thin = np.flatnonzero(found[:, -1] < 0)
    if not len(thin):
        return
    width = found.shape[1]
    nearest, away = nearest_across(shoppers[thin], items, width, report=report)
    for number, line in enumerate(thin.tolist()):
        first = int((found[line] >= 0).sum())
        new = ~np.isin(nearest[number], found[line, :first])
        some = nearest[number][new][: width - first]
        found[line, first : first + len(some)] = some
        distances[line, first : first + len(some)] = away[number][new][: width - first]
