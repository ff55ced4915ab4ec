from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Interactions

# How the past is parted from the future: at one moment, or at the end of each shopper's rows.
SplitBy = Literal["time", "last_out"]
SHARE = 0.2


@dataclass(frozen=True)
class Split:
    """Interactions cut in three: learn from ``train``, choose by ``validation``, keep ``test``.

    The last 20 % of the rows are the test part, and validation is cut the same way out of the
    rest. A cut by time never falls inside one second.
    """

    train: Interactions
    validation: Interactions
    test: Interactions
    known_before_test: Interactions
    """``train`` and ``validation`` together, in their order."""


def split_by_time(rows: Interactions, *, share: float = SHARE) -> Split | None:
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
        known_before_test=rows.rows(slice(0, last)),
    )


def split_last_out(rows: Interactions, *, share: float = SHARE) -> Split | None:
    """Leave the last rows of each shopper out, by the order of the file.

    For shops without dates. What it cannot tell: whether others' later purchases helped, since
    all shoppers' early rows are learned from; whether the file's order is that of time; and what a
    season changes. It flatters all models alike, so it compares them and predicts nothing.

    Of each shopper with two rows or more, the last fifth (at least one row) is left out, whole
    baskets where that leaves something.

    Returns
    -------
    Split or None
        None where no shopper has rows enough.
    """
    last = _last_of_each(rows, share)
    rest = rows.rows(~last)
    middle = _last_of_each(rest, share)
    if not last.any() or not middle.any():
        return None
    return Split(rest.rows(~middle), rest.rows(middle), rows.rows(last), rest)


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


def _last_of_each(rows: Interactions, share: float) -> NDArray[np.bool_]:
    order = np.argsort(rows.user, kind="stable")
    user: NDArray[Any] = rows.user[order]
    sizes = np.bincount(user) if len(user) else np.zeros(1, np.int64)
    starts = np.cumsum(sizes) - sizes
    place = np.arange(len(user)) - starts[user]
    left_out = np.where(sizes > 1, np.maximum(1, (sizes * share).astype(np.int64)), 0)
    found = np.zeros(len(user), np.bool_)
    found[order] = place >= (sizes - left_out)[user]
    # A basket is not torn apart, unless it is all that the shopper has.
    whole = np.bincount(rows.basket, weights=found)[rows.basket] > 0 if len(user) else found
    fits = np.bincount(rows.user, weights=whole, minlength=len(sizes)) < sizes
    return np.where(fits[rows.user], whole, found)
