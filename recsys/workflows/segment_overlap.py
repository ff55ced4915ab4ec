"""Which segments share their members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.rules.sets import load_sets
from recsys.segments.stored import segment_set
from recsys.workspace import Workspace

MOST_COMPARED = 12


@dataclass(frozen=True)
class Overlap:
    """Members that segments share, pair by pair.

    Attributes
    ----------
    names, sizes
        Of the segments, in the order that was asked for.
    both
        Members in both, shape ``(k, k)``; the sizes on the diagonal.
    """

    ids: tuple[int, ...]
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    both: NDArray[np.int64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of the row's members that are in the column, too; 0 for an empty segment."""
        return self.both / np.maximum(np.array(self.sizes), 1)[:, np.newaxis]

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """Members in both against members in either: 1 where two are the same, 0 for two empty."""
        sizes = np.array(self.sizes)
        either = sizes[:, np.newaxis] + sizes[np.newaxis, :] - self.both
        return self.both / np.maximum(either, 1)


def overlap(workspace: Workspace, set_ids: Sequence[int]) -> Overlap:
    """Compare the members of up to 12 segments.

    Raises
    ------
    InputError
        There are more, or fewer than two.
    NotFound
        One of them never was, or is deleted.
    """
    wanted = list(dict.fromkeys(set_ids))
    if not 2 <= len(wanted) <= MOST_COMPARED:
        raise InputError(
            f"{len(wanted)} segments were chosen to compare; 2 to {MOST_COMPARED} are possible.",
            hint="Choose others.",
        )
    with workspace.database.read() as connection:
        lines = [segment_set(connection, set_id) for set_id in wanted]
    sets = load_sets(workspace.database, {line.id: line.version for line in lines})
    numbers: dict[str, int] = {}
    rows = [
        np.array([numbers.setdefault(one, len(numbers)) for one in sets[line.id].members], np.int64)
        for line in lines
    ]
    # Of 12 segments of a million members each, 12 bytes a shopper, and no sorting.
    there = np.zeros((len(rows), len(numbers)), np.bool_)
    for place, members in enumerate(rows):
        there[place, members] = True
    both = np.zeros((len(rows), len(rows)), np.int64)
    for one in range(len(rows)):
        for other in range(one, len(rows)):
            both[one, other] = both[other, one] = np.count_nonzero(there[one] & there[other])
    return Overlap(
        ids=tuple(wanted),
        names=tuple(line.name for line in lines),
        sizes=tuple(len(members) for members in rows),
        both=both,
    )
