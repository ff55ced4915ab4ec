"""Products that are alike stand apart: marginal relevance, and caps for a category or a brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats
from recsys.rules.shelf_settings import Level

LAMBDA: Final[Mapping[Level, float]] = {"none": 1.0, "light": 0.85, "medium": 0.7, "strong": 0.5}
"""How much the score counts against the likeness to what stands already; see :func:`spread`."""


class Cap(NamedTuple):
    """At most so many of one code among the first places; -1 is no code."""

    codes: NDArray[np.int32]
    most: int


def spread(
    relevance: NDArray[np.float64],
    alike: Floats | None,
    weight: float,
    caps: Sequence[Cap],
    places: int,
) -> NDArray[np.int64]:
    """Return the order in which candidates take the first places; the rest follows as it was.

    Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): each place goes to the
    candidate with the largest ``weight * relevance - (1 - weight) * alike``, where ``alike`` is the
    largest likeness to one that stands already, 0 for the first. A candidate above a cap follows
    after all others.

    Parameters
    ----------
    relevance
        Best first, on a scale on which 0 to 1 is from the worst to the best candidate.
    alike
        Cosines between all candidates; None counts as 0.

    Examples
    --------
    >>> alike = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    >>> spread(np.array([1.0, 0.9, 0.6]), alike, 0.5, [], 2).tolist()
    [0, 2, 1]
    """
    count = len(relevance)
    near = np.zeros(count)
    free = np.ones(count, np.bool_)
    over = np.zeros(count, np.bool_)
    taken: list[int] = []
    while len(taken) < min(places, count):
        value = np.where(free & ~over, weight * relevance - (1 - weight) * near, -np.inf)
        best = int(np.argmax(value))
        if value[best] == -np.inf:
            break
        taken.append(best)
        free[best] = False
        if alike is not None:
            near = (
                alike[best].astype(np.float64) if len(taken) == 1 else np.maximum(near, alike[best])
            )
        for cap in caps:
            code = cap.codes[best]
            if code >= 0 and np.count_nonzero(cap.codes[taken] == code) >= cap.most:
                over |= cap.codes == code
    rest = np.flatnonzero(free)
    rest = rest[np.argsort(over[rest], kind="stable")]
    return np.concatenate([np.array(taken, np.int64), rest])
