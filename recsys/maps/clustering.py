"""Groups of points that lie close in the space."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats

# As many as a person tells apart by name and by colour.
MOST_GROUPS = 12
_TRIES, _MANY = 3, 20_000


def how_many(points: int) -> int:
    """Return into how many groups so many points fall: ``1.2 n^(1/4)``, from 2 to 12.

    Examples
    --------
    >>> [how_many(points) for points in (24, 100, 1_000, 10_000, 68_000)]
    [3, 4, 7, 12, 12]
    """
    return int(np.clip(round(1.2 * points**0.25), 2, MOST_GROUPS))


def cluster(vectors: Floats, *, seed: int) -> NDArray[np.int16]:
    """Return the number of each point's group: k-means of vectors of length 1, largest first.

    By angle all but exactly, since the vectors are of one length. Where fewer places than groups
    differ there are fewer groups.
    """
    clusters: Any = import_module("sklearn.cluster")
    tries = 1 if len(vectors) > _MANY else _TRIES
    groups = min(how_many(len(vectors)), len(vectors))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it found fewer
        model = clusters.KMeans(groups, n_init=tries, random_state=seed).fit(vectors)
    found: NDArray[np.int64] = np.asarray(model.labels_, np.int64)
    sizes = np.bincount(found, minlength=groups)
    rank = np.empty(groups, np.int16)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(groups, dtype=np.int16)
    return rank[found]
