"""A new index has to answer what the models answer, before anybody can publish it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import StorageError
from recsys.models.arrays import Floats
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import Query, Space
from recsys.releases.engine import answer, asked_of
from recsys.types import Placement
from recsys.vectors.base import Hits, VectorIndex

_SAMPLE = 20
_MOST_TRIED = 2_000
_TOP = 10
_TOLERANCE = 1e-3
_SLACK = 1e-4  # of a space's largest score


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
    cosine = place == "similar"

    def difference(query: Query) -> float:
        hits = answer(index, asked_of(place, space, query, cosine=cosine), limit=_TOP)
        if isinstance(space, FusedSpace):
            # Equal scores of a part take their places in any order, and so do all but equal ones.
            low, high = space.bounds(query, cosine=cosine, slack=_SLACK)
            return _difference(hits, low, low != 0, high)
        exact = space.scores([query], cosine=cosine)[0]
        # The engine gives out no item that has nothing in common with a sparse query.
        able = rankable & (exact > 0) if space.kind == "sparse" else rankable
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


def _difference(
    hits: Hits, exact: Floats, able: NDArray[np.bool_], most: Floats | None = None
) -> float:
    """Return by what share of the largest score an answer is off; inf when it is short.

    With ``most`` a score may lie anywhere from ``exact`` to there.
    """
    found, there = len(hits.rows), min(_TOP, int(able.sum()))
    if found < there or (found > there and most is None):
        return np.inf
    most = exact if most is None else most
    scale = max(float(np.abs(most).max()), 1e-9)
    under, over = exact[hits.rows] - hits.scores, hits.scores - most[hits.rows]
    off = max(float(under.max(initial=0.0)), float(over.max(initial=0.0)))
    rest = able.copy()
    rest[hits.rows] = False
    better = float((exact[rest] - hits.scores.min(initial=np.inf)).max(initial=0.0))
    return max(off, better) / scale
