"""The several things that a visitor is after, apart from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats

NEAR = 0.3
MOST_INTERESTS = 3
LEAST_SHARE = 0.1
_BEST = 10


@dataclass(frozen=True)
class Interest:
    """Products that a visitor is after together.

    Attributes
    ----------
    places
        Which of the session's liked products they are, the heaviest first.
    share
        Of what all of them count, from 0 to 1.
    """

    places: tuple[int, ...]
    share: float


def interests_of(weights: Floats, alike: Floats) -> list[Interest]:
    """Group products by nearness, and return the groups that count most.

    Leader clustering (Hartigan 1975, chapter 3): product by product, the heaviest first, each joins
    the group to whose members it is nearest on average, if that is at least :data:`NEAR`, else it
    begins one of its own.

    Parameters
    ----------
    weights
        What each product counts, all above 0.
    alike
        Shape ``(k, k)``: how alike two of them are, from -1 to 1.

    Returns
    -------
    list of Interest
        At most :data:`MOST_INTERESTS` with a share of at least :data:`LEAST_SHARE`, largest first.
    """
    groups: list[list[int]] = []
    # Of each group and product, the sum of how alike its members are to it.
    sums = np.zeros((0, len(weights)), np.float64)
    for place in np.lexsort((np.arange(len(weights)), -weights)).tolist():
        near = sums[:, place] / np.array([len(group) for group in groups])
        best = int(near.argmax()) if len(near) else -1
        if best >= 0 and near[best] >= NEAR:
            groups[best].append(place)
            sums[best] += alike[place]
        else:
            groups.append([place])
            sums = np.vstack((sums, alike[place]))
    total = float(weights.sum())
    found = [Interest(tuple(group), float(weights[group].sum()) / total) for group in groups]
    found.sort(key=lambda interest: -interest.share)
    return [one for one in found if one.share >= LEAST_SHARE][:MOST_INTERESTS]


def same_category(codes: NDArray[np.integer]) -> Floats:
    """Return 1 where two products are of one category, else 0: where no vectors tell."""
    same = (codes[:, None] == codes[None, :]) & (codes >= 0)[:, None]
    return (same | np.eye(len(codes), dtype=np.bool_)).astype(np.float32)


def seated(speaks: Sequence[Floats], n: int) -> NDArray[np.int64]:
    """Give each interest a place among the first ``n`` of a list.

    An interest none of whose best ten products stands there gets one of the last places, for its
    best one. The first place is never given away, nor one by which another interest stands there.

    Parameters
    ----------
    speaks
        For each interest, how much it speaks for each product of the list, best first, which all
        have the same length; 0: not at all.

    Returns
    -------
    ndarray
        Positions in the list, in the new order.
    """
    count = len(speaks[0]) if speaks else 0
    kept, given = {0}, list[int]()
    for one in speaks:
        best = np.argsort(-one, kind="stable")[:_BEST]
        best = best[one[best] > 0]
        there = best[best < n]
        if len(there):
            kept.add(int(there.min()))
        elif len(best) and int(best[0]) not in given:
            given.append(int(best[0]))
    head = list(range(min(n, count)))
    free = [place for place in reversed(head) if place not in kept][: len(given)]
    given = given[: len(free)]
    stay = [place for place in head if place not in free]
    rest = [place for place in range(count) if place not in {*stay, *given}]
    return np.array([*stay, *given, *rest], np.int64)
