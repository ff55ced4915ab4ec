"""What lies near a point in the space of a map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotReady
from recsys.maps.picture import Picture
from recsys.maps.vectors import drawable
from recsys.models.arrays import Floats, SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.spaces import Query, Space
from recsys.models.sparse import SparseSpace
from recsys.releases.engine import part_name
from recsys.releases.live import LiveView
from recsys.types import Placement
from recsys.vectors.base import Hits
from recsys.workflows.map_cards import check_same_data


def neighbours(
    view: LiveView, picture: Picture, row: int, n: int = 10
) -> list[tuple[int, float]]:
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
    whole = view.release.space(placement)
    space, part = drawable(whole)
    if row >= picture.n_items:
        found = _of_shopper(view, picture, placement, space, row - picture.n_items, n)
    else:
        found = _of_item(view, picture, space, part, row, n)
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


def _of_item(
    view: LiveView, picture: Picture, space: Space, part: int | None, row: int, n: int
) -> Hits:
    if isinstance(space, SparseSpace):
        return _best(_sparse_cosines(space.items, space.items.row(row)), n + 1)
    assert isinstance(space, FactorSpace)
    if view.release.manifest["strategies"].get("similar") == picture.about["model_id"]:
        name = "similar" if part is None else part_name("similar", part)
        asked = Query(np.array(space.items[row], np.float32)).unit()
        return view.release.index.query(name, asked.values, limit=n + 1)
    return _best(_cosines(space.items, space.items[row]), n + 1)


def _of_shopper(
    view: LiveView, picture: Picture, placement: Placement, space: Space, user: int, n: int
) -> Hits:
    """Return the nearest shoppers, or on a map of both the nearest products."""
    both = picture.n_items > 0
    if isinstance(space, SparseSpace):
        query = space.shopper_query(user)
        if query is None or query.indices is None:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        if both:
            return _best(_sparse_cosines(space.items, (query.indices, query.values)), n)
        # Of shoppers by what they did: their queries are not kept.
        return _best(_sparse_cosines(space.histories, space.histories.row(user)), n + 1)
    assert isinstance(space, FactorSpace)
    if both:
        return _best(_cosines(space.items, space.users[user]), n)
    strategies = view.release.manifest["strategies"]
    if strategies.get("lookalikes") == picture.about["model_id"]:
        asked = Query(np.array(space.users[user], np.float32)).unit()
        return view.release.shopper_index.query("lookalikes", asked.values, limit=n + 1)
    return _best(_cosines(space.users, space.users[user]), n + 1)


def _cosines(vectors: Floats, vector: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)) * float(np.linalg.norm(vector))
    return (vectors @ vector) / np.maximum(lengths, 1e-12)


def _sparse_cosines(
    rows: SparseRows, asked: tuple[NDArray[np.int32], Floats]
) -> NDArray[np.float64]:
    """Return the cosine of each sparse row with one, by numpy alone."""
    query = np.zeros(rows.shape[1])
    query[asked[0]] = asked[1]
    line = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    dots = np.bincount(line, weights=query[rows.indices] * rows.data, minlength=rows.shape[0])
    squares = np.square(rows.data, dtype=np.float64)
    lengths = np.sqrt(np.bincount(line, weights=squares, minlength=rows.shape[0]))
    return dots / np.maximum(lengths * np.linalg.norm(query), 1e-12)


def _best(scores: NDArray[np.floating], n: int) -> Hits:
    n = min(n, len(scores))
    best = np.argpartition(scores, len(scores) - n)[-n:].astype(np.int64)
    best = best[np.argsort(-scores[best], kind="stable")]
    return Hits(best, scores[best].astype(np.float32))
