"""A map from vectors: groups, a quick picture, and the one by UMAP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.maps.align import align
from recsys.maps.clustering import cluster
from recsys.maps.layout import lay_out
from recsys.maps.near import Near, nearest
from recsys.maps.start import beside_neighbours, dense_stand_in, scaled, two_widest
from recsys.maps.together import with_shoppers
from recsys.maps.vectors import Vectors
from recsys.models.arrays import Floats, SparseRows
from recsys.types import Report, part_of

# Neighbours of each point, itself included.
NEIGHBOURS = 15
SEED = 20


@dataclass(frozen=True)
class Drawing:
    """What is worked out of some vectors; rows without a vector have no place.

    Attributes
    ----------
    points
        Shape ``(n, 2)``, NaN for those.
    started, shift, common
        Whether it went on from an older map, its median shift (share of the width), and how many
        points both have.
    """

    points: Floats
    started: bool = False
    shift: float | None = None
    common: int = 0


class Sketch:
    """The groups and the quick picture, and all that the picture by UMAP starts from.

    Parameters
    ----------
    histories
        What each shopper bought: on a map of both they stand beside it.
    """

    def __init__(self, vectors: Vectors, histories: SparseRows | None = None) -> None:
        self.vectors = vectors
        self._histories = histories
        self.rows = np.flatnonzero(vectors.known)
        some: Any = vectors.all[self.rows]
        self.dense: Floats = dense_stand_in(some, seed=SEED) if vectors.sparse else some
        self._items = int(np.searchsorted(self.rows, vectors.n_items))

    @property
    def both(self) -> bool:
        """Whether there are products and shoppers."""
        return 0 < self._items < len(self.rows)

    def groups(self) -> NDArray[np.int16]:
        """Return the group of each point, -1 for those without a vector.

        Of products and shoppers together the products make the groups, and each shopper belongs to
        the group whose middle is nearest.
        """
        found = np.full(len(self.vectors.known), -1, np.int16)
        if not self.both:
            found[self.rows] = cluster(self.dense, seed=SEED)
            return found
        items, shoppers = self.dense[: self._items], self.dense[self._items :]
        own = cluster(items, seed=SEED)
        middles = np.stack([items[own == group].mean(axis=0) for group in range(own.max() + 1)])
        middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-12)
        found[self.rows] = np.append(own, (shoppers @ middles.T).argmax(axis=1).astype(np.int16))
        return found

    def quick(self) -> Drawing:
        """Return the two widest directions."""
        return Drawing(self._everywhere(quick_points(self.dense, self._items)))

    def by_umap(self, before: Floats | None, report: Report) -> Drawing:
        """Return the picture by UMAP.

        Parameters
        ----------
        before
            Where each point was on an older map, NaN for new ones; it goes on from there.
        """
        near = self._near(part_of(report, 0.0, 0.35))
        start = scaled(quick_points(self.dense, self._items), seed=SEED)
        old = None if before is None else before[self.rows]
        over = None if old is None else align(start, old)
        going_on = old is not None and over is not None
        if old is not None and over is not None:
            start = scaled_like(beside_neighbours(old, near.rows, over.points))
        laid = lay_out(near, start, going_on=going_on, seed=SEED, report=part_of(report, 0.35, 1.0))
        fitted = None if old is None else align(laid, old)
        if fitted is None:
            return Drawing(self._everywhere(laid))
        points = self._everywhere(fitted.points)
        return Drawing(points, going_on, fitted.shift, fitted.common)

    def _near(self, report: Report) -> Near:
        if not self.both:
            return nearest(self.vectors, self.rows, NEIGHBOURS, seed=SEED, report=report)
        items = self.rows[: self._items]
        near = nearest(self.vectors, items, NEIGHBOURS, seed=SEED, report=part_of(report, 0, 0.7))
        return with_shoppers(
            near, self.vectors, self.rows, self._histories, report=part_of(report, 0.7, 1.0)
        )

    def _everywhere(self, points: Floats) -> Floats:
        found = np.full((len(self.vectors.known), 2), np.nan, np.float32)
        found[self.rows] = points
        return found


def quick_points(dense: Floats, n_items: int) -> Floats:
    """Return two widest directions: of products and shoppers together those of the products."""
    if not 0 < n_items < len(dense):
        return two_widest(dense)
    return two_widest(dense, (np.arange(len(dense)) < n_items).astype(np.float32))


def scaled_like(points: Floats) -> Floats:
    """Return points each a little off its place, so that none lie on one spot."""
    width = max(float(np.ptp(points, axis=0).max()), 1e-6)
    noise = np.random.default_rng(SEED).normal(0.0, width / 1e4, points.shape)
    return (points + noise).astype(np.float32)
