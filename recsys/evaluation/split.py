from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.data.dataset import Interactions


@dataclass(frozen=True)
class Split:
    """Interactions cut by time: learn from ``train``, choose by ``validation``, keep ``test``.

    The last 20 % of the rows are the test part, and validation is cut the same way out of the
    rest. A cut never falls inside one second.
    """

    train: Interactions
    validation: Interactions
    test: Interactions


def split_by_time(rows: Interactions, *, share: float = 0.2) -> Split | None:
    """Cut interactions that are in the order of time.

    Returns
    -------
    Split or None
        None where there are no dates, or where all rows fall on one side: then there is no
        honest test.
    """
    if rows.timestamp is None:
        return None
    last = _cut(rows, len(rows), share)
    first = _cut(rows, last, share)
    if not 0 < first < last < len(rows):
        return None
    return Split(
        train=rows.rows(slice(0, first)),
        validation=rows.rows(slice(first, last)),
        test=rows.rows(slice(last, len(rows))),
    )


def before(rows: Interactions, second: int) -> Interactions:
    """Return the rows older than a second, of rows that have dates and are in their order."""
    if rows.timestamp is None:
        raise ValueError("rows without dates have no before")
    return rows.rows(slice(0, int(np.searchsorted(rows.timestamp, second, side="left"))))


def _cut(rows: Interactions, end: int, share: float) -> int:
    """Return the first row of the last ``share`` of rows before ``end``, moved to a new second."""
    place = int(end * (1 - share))
    if rows.timestamp is None or not 0 < place < end:
        return place
    second = int(rows.timestamp[place])
    return int(np.searchsorted(rows.timestamp[:end], second, side="left"))
