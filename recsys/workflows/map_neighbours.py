"""What lies near a point in the space of a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotReady
from recsys.maps.picture import Picture
from recsys.maps.vectors import Drawable, drawable
from recsys.models.arrays import Floats, SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.spaces import Query
from recsys.models.sparse import SparseSpace
from recsys.releases.engine import part_name
from recsys.releases.live import LiveView
from recsys.types import Placement
from recsys.vectors.base import Hits, VectorIndex
from recsys.workflows.map_cards import check_same_data


def neighbours(view: LiveView, picture: Picture, row: int, n: int = 10) -> list[tuple[int, float]]:
    """Return the points nearest to one in the space (not: on the map), with their cosine.

    The engine answers where its index holds these vectors to be compared by angle; else they are
    compared here. Of a shopper on a map of both: the nearest products. Only points with a place
    are given, and nothing for a point without one.

    Raises
    ------
    NotReady
        The map is of other data or of another model than what is live.
    """
    check_same_data(view, picture)
    if not 0 <= row < len(picture.points) or not picture.placed[row]:
        return []
    placement = _placement(view, picture)
    space, part = drawable(view.release.space(placement))
    asked = _Asked(view, picture.about["model_id"], space, part, n + 1)
    if row < picture.n_items:
        found = asked.items_like(row)
    elif picture.n_items:
        found = asked.items_for(row - picture.n_items)
    else:
        found = asked.shoppers_like(row)
    placed = picture.placed
    near = [
        (int(at), float(score))
        for at, score in zip(found.rows, found.scores, strict=True)
        if at != row and score > 0 and placed[at]
    ]
    return near[:n]


def _placement(view: LiveView, picture: Picture) -> Placement:
    """Return a placement that the map's model feeds."""
    strategies: dict[Placement, str] = view.release.manifest["strategies"]
    for placement, model_id in strategies.items():
        if model_id == picture.about["model_id"]:
            return placement
    raise NotReady(
        "This map is of a model that is not live any more.", hint="Draw the map of the live one."
    )


@dataclass(frozen=True)
class _Asked:
    """A space that is asked for the ``limit`` nearest."""

    view: LiveView
    model_id: str
    space: Drawable
    part: int | None
    limit: int

    def items_like(self, row: int) -> Hits:
        space = self.space
        if isinstance(space, SparseSpace):
            return self._best(_sparse_cosines(space.items, *space.items.row(row)))
        if self._feeds("similar"):
            name = "similar" if self.part is None else part_name("similar", self.part)
            return self._engine(self.view.release.index, name, space.items[row])
        return self._best(_cosines(space.items, space.items[row]))

    def items_for(self, user: int) -> Hits:
        space = self.space
        if isinstance(space, FactorSpace):
            return self._best(_cosines(space.items, space.users[user]))
        query = space.shopper_query(user)
        if query is None or query.indices is None:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        return self._best(_sparse_cosines(space.items, query.indices, query.values))

    def shoppers_like(self, user: int) -> Hits:
        space = self.space
        if isinstance(space, SparseSpace):
            # By what they did: what they ask of the space is not kept.
            return self._best(_sparse_cosines(space.histories, *space.histories.row(user)))
        if self._feeds("lookalikes"):
            index = self.view.release.shopper_index
            return self._engine(index, "lookalikes", space.users[user])
        return self._best(_cosines(space.users, space.users[user]))

    def _feeds(self, placement: Placement) -> bool:
        return self.view.release.manifest["strategies"].get(placement) == self.model_id

    def _engine(self, index: VectorIndex, name: str, vector: Floats) -> Hits:
        asked = Query(np.array(vector, np.float32)).unit()
        return index.query(name, asked.values, limit=self.limit)

    def _best(self, scores: NDArray[np.floating]) -> Hits:
        n = min(self.limit, len(scores))
        best = np.argpartition(scores, len(scores) - n)[-n:].astype(np.int64)
        best = best[np.argsort(-scores[best], kind="stable")]
        return Hits(best, scores[best].astype(np.float32))


def _cosines(vectors: Floats, vector: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)) * float(np.linalg.norm(vector))
    return (vectors @ vector) / np.maximum(lengths, 1e-12)


def _sparse_cosines(
    rows: SparseRows, indices: NDArray[np.int32], values: Floats
) -> NDArray[np.float64]:
    """Return the cosine of each sparse row with one, by numpy alone."""
    query = np.zeros(rows.shape[1])
    query[indices] = values
    line = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    dots = np.bincount(line, weights=query[rows.indices] * rows.data, minlength=rows.shape[0])
    squares = np.square(rows.data, dtype=np.float64)
    lengths = np.sqrt(np.bincount(line, weights=squares, minlength=rows.shape[0]))
    return dots / np.maximum(lengths * np.linalg.norm(query), 1e-12)
