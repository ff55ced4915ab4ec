"""UMAP: points are laid out in the plane so that neighbours in the space stay neighbours."""

from __future__ import annotations

import re
import warnings
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.maps.graph import neighbour_graph
from recsys.maps.near import Near
from recsys.models.arrays import Floats
from recsys.types import Report

# How tightly points may be packed, on a map of some 20 across.
_MIN_DIST = 0.1
# Epochs: so many points are moved in all, within these bounds.
_MOVES, _FEWEST, _MOST = 5_000_000, 80, 500
# A map that goes on from an older one has less way to go.
_GOING_ON = 0.5


def lay_out(near: Near, start: Floats, *, going_on: bool, seed: int, report: Report) -> Floats:
    """Lay out points by UMAP (McInnes, Healy and Melville 2018).

    The layout is that of umap-learn; its estimator is not called, since that compiles for ten
    seconds what :mod:`recsys.maps.graph` does in one, and can neither tell its progress nor be
    broken off. Seeded and on one processor: the same input gives the same map.

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
        layouts: Any = import_module("umap.layouts")
        umap: Any = import_module("umap.umap_")
    count = len(start)
    epochs = int(np.clip(_MOVES // count, _FEWEST, _MOST))
    strength = 1.0
    if going_on:
        epochs, strength = int(epochs * _GOING_ON), _GOING_ON
    edges = neighbour_graph(near)
    # What would be drawn less than once is left out.
    edges.data[edges.data < edges.data.max(initial=0.0) / epochs] = 0
    edges.eliminate_zeros()
    if not edges.nnz:
        return start
    weights: NDArray[np.float64] = edges.data.astype(np.float64)
    curve: Any = umap.find_ab_params(1.0, _MIN_DIST)
    points: Any = np.array(start, np.float32, order="C")
    laid: Any = layouts.optimize_layout_euclidean(
        points,
        points,
        edges.row,
        edges.col,
        epochs,
        count,
        weights.max() / weights,  # every so many epochs an edge is drawn
        *curve,
        np.random.default_rng(seed).integers(-(2**31) + 1, 2**31 - 1, 3),
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
