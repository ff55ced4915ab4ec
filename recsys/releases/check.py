"""A new index has to answer what the models answer, before anybody can publish it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import StorageError
from recsys.models.arrays import Floats
from recsys.models.factors import FactorSpace
from recsys.models.spaces import Query, Space
from recsys.types import Placement
from recsys.vectors.base import Hits, VectorIndex

_SAMPLE = 20
_MOST_TRIED = 2_000
_TOP = 10
_TOLERANCE = 1e-3


def check_items(
    index: VectorIndex, place: Placement, space: Space, *, n_users: int
) -> dict[str, Any]:
    """Ask the index of items a sample of queries and compare with the model's own scores.

    Raises
    ------
    StorageError
        A score differs by more than rounding, or something better was left out.
    """
    rankable = space.known_items

    def difference(query: Query) -> float:
        exact = space.scores([query], cosine=place == "similar")[0]
        # The engine gives out no item that has nothing in common with a sparse query.
        able = rankable & (exact > 0) if space.kind == "sparse" else rankable
        asked = query.unit() if place == "similar" and space.kind == "factors" else query
        hits = index.query(place, asked.values, indices=asked.indices, limit=_TOP)
        return _difference(hits, exact, able)

    if place == "for_you":
        return _check(place, n_users, space.shopper_query, difference)
    return _check(place, space.n_items, space.item_query, difference)


def check_shoppers(index: VectorIndex, space: FactorSpace) -> dict[str, Any]:
    """Ask the index of shoppers a sample of queries and compare with the cosines.

    Raises
    ------
    StorageError
        A similarity differs by more than rounding, or a closer shopper was left out.
    """
    lengths = np.linalg.norm(space.users, axis=1)

    def difference(query: Query) -> float:
        exact = (space.users @ query.values) / np.maximum(
            lengths * np.linalg.norm(query.values), 1e-12
        )
        hits = index.query("lookalikes", query.unit().values, limit=_TOP)
        return _difference(hits, exact, lengths > 0)

    return _check("lookalikes", len(space.users), space.shopper_query, difference)


def _check(
    place: Placement,
    count: int,
    query_of: Callable[[int], Query | None],
    difference: Callable[[Query], float],
) -> dict[str, Any]:
    asked, worst = 0, 0.0
    for row in np.random.default_rng(1).permutation(count)[:_MOST_TRIED]:
        query = query_of(int(row))
        if query is None:
            continue
        worst = max(worst, difference(query))
        asked += 1
        if asked == _SAMPLE:
            break
    if worst > _TOLERANCE:
        raise StorageError(
            f"The index for {place} does not answer what its model answers (off by {worst:.2g}).",
            hint="Check the disk, then build the release again; the live release is untouched.",
        )
    return {"queries": asked, "largest_difference": worst}


def _difference(hits: Hits, exact: Floats, able: NDArray[np.bool_]) -> float:
    """Return by what share of the largest score an answer is off; inf when it is short."""
    if len(hits.rows) != min(_TOP, int(able.sum())):
        return np.inf
    scale = max(float(np.abs(exact).max()), 1e-9)
    off = float(np.abs(exact[hits.rows] - hits.scores).max(initial=0.0))
    rest = able.copy()
    rest[hits.rows] = False
    better = float((exact[rest] - hits.scores.min(initial=np.inf)).max(initial=0.0))
    return max(off, better) / scale
