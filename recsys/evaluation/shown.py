"""Metrics of what is shown, whether it was wanted or not: how new, how varied, how much of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.parts import Part
from recsys.evaluation.tasks import Task, purchases
from recsys.models.arrays import Rows

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_TOP = 10
_BLOCK = 4_096


def shown_metrics(
    task: Task, found: Rows, part: Part
) -> tuple[dict[str, NDArray[np.float64]], dict[str, float]]:
    """Return the metrics of each list's first ten, and those of all lists together.

    - novelty@10: mean of ``-log2 p(i)`` over the list, ``p`` the share of known shoppers who
      bought the item before the cut (at least one is assumed);
    - popularity@10: mean of ``p(i)`` over the list;
    - diversity@10: 1 - mean cosine of two products of the list, see :func:`diversity_vectors`;
    - serendipity@10: mean over the list of relevant x (1 - popularity percentile);
    - same_category@10, for Similar: share of the list in the product's own finest category;
    - coverage@10: share of the known items that stand in any list; served: share of full lists.

    An empty list has NaN where there is nothing to take the mean of.
    """
    top = found[:, :_TOP]
    filled = top >= 0
    size = filled.sum(axis=1)
    items = np.where(filled, top, 0)
    buyers = np.bincount(purchases(part).known.indices, minlength=part.known.n_items)
    share = np.maximum(buyers, 1) / max(int(part.known_users.sum()), 1)
    percentile = popularity_percentile(buyers, part.known_items)
    relevant = task.gains(top) > 0
    values = {
        "novelty@10": _mean(-np.log2(share)[items], filled, size),
        "popularity@10": _mean(share[items], filled, size),
        "diversity@10": _diversity(top, filled, size, part),
        "serendipity@10": np.nan_to_num(_mean(relevant * (1 - percentile[items]), filled, size)),
    }
    if task.name == "similar" and task.given is not None and part.leaves is not None:
        own = part.leaves[task.given.indices]
        same = (part.leaves[items] == own[:, None]) & (own >= 0)[:, None]
        shares = _mean(same, filled, size)
        values["same_category@10"] = np.where(own >= 0, shares, np.nan)
    shown = np.unique(top[filled])
    whole = {
        "coverage@10": len(shown) / max(int(part.known_items.sum()), 1),
        "served": float((size == _TOP).mean()) if len(size) else 0.0,
    }
    return values, whole


def popularity_percentile(
    buyers: NDArray[np.int64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return for each item which share of the known items has no more buyers than it."""
    ordered = np.sort(buyers[known])
    return np.searchsorted(ordered, buyers, side="right") / max(len(ordered), 1)


def diversity_vectors(part: Part) -> csr_matrix[np.float32]:
    """Return the unit vectors in which products are compared, the same for all models.

    Where the catalogue has categories: one number for each finest category, so that the cosine is
    1 within a category and 0 else. Where it has none: who bought the product.
    """
    from scipy.sparse import csr_matrix

    if "diversity" not in part.memo:
        n_items = part.known.n_items
        if part.leaves is not None and (part.leaves >= 0).any():
            rows = np.flatnonzero(part.leaves >= 0)
            columns, width = part.leaves[rows], int(part.leaves.max()) + 1
        else:
            known = purchases(part).known.tocoo()
            rows, columns, width = known.col, known.row, part.known.n_users
        counts = np.bincount(rows, minlength=n_items)
        data = (1 / np.sqrt(np.maximum(counts, 1)))[rows].astype(np.float32)
        part.memo["diversity"] = csr_matrix((data, (rows, columns)), shape=(n_items, width))
    return cast("csr_matrix[np.float32]", part.memo["diversity"])


def _diversity(
    top: Rows, filled: NDArray[np.bool_], size: NDArray[Any], part: Part
) -> NDArray[np.float64]:
    """Return ``1 - (|sum of the unit vectors|^2 - sum of their lengths^2) / (n (n - 1))``."""
    from scipy.sparse import csr_matrix

    vectors = diversity_vectors(part)
    own = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
    found = np.full(len(top), np.nan)
    for start in range(0, len(top), _BLOCK):
        here = slice(start, start + _BLOCK)
        lines, places = np.nonzero(filled[here])
        items = top[here][lines, places]
        ones = np.ones(len(items), np.float32)
        member = csr_matrix((ones, (lines, items)), shape=(len(top[here]), vectors.shape[0]))
        sums = member @ vectors
        squares = np.asarray(sums.multiply(sums).sum(axis=1)).ravel()
        pairs = (size[here] * (size[here] - 1)).astype(np.float64)
        alone = np.bincount(lines, weights=own[items], minlength=len(pairs))
        within = np.divide(squares - alone, pairs, out=np.zeros(len(pairs)), where=pairs > 0)
        found[here] = np.where(pairs > 0, 1 - within, np.nan)
    return found


def _mean(
    values: NDArray[Any], filled: NDArray[np.bool_], size: NDArray[Any]
) -> NDArray[np.float64]:
    total = np.where(filled, values, 0).sum(axis=1).astype(np.float64)
    return np.divide(total, size, out=np.full(len(size), np.nan), where=size > 0)
