"""What counting models share: weights of purchases, and neighbour lists cut by source."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from recsys.data.matrix import interaction_matrix
from recsys.models.arrays import SparseRows
from recsys.models.base import TrainingData
from recsys.types import Report

Scale = Literal["once", "log", "sum"]
_BLOCK = 2_048


def purchase_weights(data: TrainingData, *, half_life_days: float | None, scale: Scale) -> Any:
    """Return what each shopper bought of each item, a csr_matrix of shape (n_users, n_items).

    Parameters
    ----------
    half_life_days
        A row so many days older than the newest one counts half; None: age does not matter.
    scale
        "sum" adds the rows up; "log" replaces each sum by log2(1 + sum), so that a habit does not
        drown everything else; "once" lets no sum be more than 1.
    """
    shape = (data.n_users, data.n_items)
    found = interaction_matrix(data.rows, shape, half_life_days=half_life_days)
    if scale == "log":
        found.data = np.log2(1.0 + found.data)
    elif scale == "once":
        found.data = np.minimum(found.data, np.float32(1))
    return found


def best_of_each_source(sources: Any, targets: Any, keep: int, report: Report) -> SparseRows:
    """Return what each target item holds of ``W = sources @ targets'``, cut by source.

    Cutting the lists of the targets instead loses twice as much (docs/DESIGN, the one idea).

    Parameters
    ----------
    sources, targets
        csr_matrix of shape (n_items, n_features), no value below 0: ``w(j -> i)`` is the product
        of row j of the one and row i of the other. No item is a neighbour of itself.
    keep
        So many targets of each source are kept; ties go to the smaller row, the smaller item id.

    Returns
    -------
    SparseRows of shape (n_items, n_items)
        Row i holds ``{j: w(j -> i)}``.
    """
    from scipy.sparse import csr_matrix

    n_items = int(sources.shape[0])
    by_feature = targets.T.tocsr()
    blocks: list[tuple[Any, Any, Any]] = []
    for start in range(0, n_items, _BLOCK):
        done = min(start + _BLOCK, n_items)
        blocks.append(_best((sources[start:done] @ by_feature).tocsr(), start, keep))
        report(done / n_items, "Counting pairs")
    source, target, value = (np.concatenate(part) for part in zip(*blocks, strict=True))
    found = csr_matrix((value, (target, source)), shape=(n_items, n_items))
    return SparseRows.from_csr(found)


def _best(weights: Any, start: int, keep: int) -> tuple[Any, Any, Any]:
    """Return sources, targets and weights of the ``keep`` best targets of each source row.

    Only rows that are too long are looked at one by one: sorting all pairs took ten times as long.
    """
    indptr, target, value = weights.indptr, weights.indices, weights.data
    sizes = np.diff(indptr)
    source = np.repeat(np.arange(start, start + len(sizes)), sizes)
    value[source == target] = 0
    kept = value > 0
    for row in np.flatnonzero(sizes > keep):
        line = value[indptr[row] : indptr[row + 1]]
        floor = np.partition(line, len(line) - keep)[len(line) - keep]
        above = line >= floor
        surplus = int(above.sum()) - keep
        if surplus:
            ties = np.flatnonzero(line == floor)
            by_target = ties[np.argsort(target[indptr[row] : indptr[row + 1]][ties])]
            above[by_target[len(by_target) - surplus :]] = False
        kept[indptr[row] : indptr[row + 1]] &= above
    return source[kept], target[kept], value[kept]


def scaled_rows(matrix: Any, factors: Any) -> Any:
    """Return a csr_matrix with each row multiplied by a number, as float32."""
    found = matrix.astype(np.float32)
    found.data *= np.repeat(factors, np.diff(found.indptr)).astype(np.float32)
    return found


def unit_rows(matrix: Any) -> Any:
    """Return a csr_matrix with rows of length 1; rows without a value stay as they are."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1), np.float64).ravel())
    return scaled_rows(matrix, 1.0 / np.maximum(lengths, 1e-12))
