"""UMAP: points are laid out in the plane so that neighbours in the space stay neighbours."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np

from recsys.maps.near import Near
from recsys.models.arrays import Floats
from recsys.types import Report

# How tightly points may be packed, on a map of some 20 across.
_MIN_DIST = 0.1
_SMALL, _EPOCHS_SMALL, _EPOCHS = 10_000, 500, 200
# A map that goes on from an older one has less way to go.
_GOING_ON = 0.5


def lay_out(near: Near, start: Floats, *, going_on: bool, seed: int, report: Report) -> Floats:
    """Lay out points by UMAP (McInnes, Healy and Melville 2018).

    The two steps of umap-learn are called by themselves, since its estimator would search for the
    neighbours again for small data and can neither tell its progress nor be broken off. Seeded and
    on one processor: the same input gives the same map.

    Parameters
    ----------
    near
        Neighbours within these points.
    start
        Where each point begins, shape ``(n, 2)``, no two on one spot.
    going_on
        Whether ``start`` is an older map that only has to be mended.

    Returns
    -------
    ndarray of shape (n, 2), float32
        A point without neighbours stays where it began.
    """
    report(0.0, "Starting UMAP")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it goes without Tensorflow
        from umap.layouts import (  # pyright: ignore[reportMissingTypeStubs]
            optimize_layout_euclidean,  # pyright: ignore[reportUnknownVariableType]
        )
        from umap.umap_ import (  # pyright: ignore[reportMissingTypeStubs]
            find_ab_params,  # pyright: ignore[reportUnknownVariableType]
            fuzzy_simplicial_set,  # pyright: ignore[reportUnknownVariableType]
            make_epochs_per_sample,  # pyright: ignore[reportUnknownVariableType]
        )
    random = np.random.RandomState(seed)
    count, k = near.rows.shape
    epochs = _EPOCHS_SMALL if count <= _SMALL else _EPOCHS
    strength = 1.0
    if going_on:
        epochs, strength = int(epochs * _GOING_ON), _GOING_ON
    # It asks the first argument only how many there are.
    found: Any = fuzzy_simplicial_set(
        np.empty((count, 1), np.float32),
        k,
        random,
        "precomputed",
        knn_indices=near.rows,
        knn_dists=near.distances,
    )
    edges: Any = found[0].tocoo()
    edges.sum_duplicates()
    # What would be drawn less than once is left out.
    edges.data[edges.data < edges.data.max(initial=0.0) / epochs] = 0
    edges.eliminate_zeros()
    if not edges.nnz:
        return start
    a, b = find_ab_params(1.0, _MIN_DIST)
    points: Any = np.array(start, np.float32, order="C")
    laid: Any = optimize_layout_euclidean(
        points,
        points,
        edges.row,
        edges.col,
        epochs,
        count,
        make_epochs_per_sample(edges.data, epochs),
        a,
        b,
        random.randint(-(2**31) + 1, 2**31 - 1, 3).astype(np.int64),
        initial_alpha=strength,
        tqdm_kwds={
            "file": _Epochs(epochs, report),
            "bar_format": "{n}",
            "disable": False,
            "mininterval": 0.2,
        },
        move_other=True,
    )
    return np.asarray(laid, np.float32)


class _Epochs:
    """The file that a progress bar writes to: hears where it stands, and may break it off."""

    def __init__(self, epochs: int, report: Report) -> None:
        self._epochs = epochs
        self._report = report

    def write(self, text: str) -> None:
        """Hear the number of epochs that are done."""
        number = re.search(r"\d+", text)
        if number is not None:
            self._report(int(number[0]) / self._epochs, "Laying out")

    def flush(self) -> None:
        """Do nothing; a file has it."""
