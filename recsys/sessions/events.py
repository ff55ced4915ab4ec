"""What a visitor does, and how much each of it says by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.data.reading import events as kinds
from recsys.models.arrays import Floats, Rows

Kind = Literal["viewed", "browsed", "carted", "purchased", "removed"]

WEIGHTS: Final[Mapping[Kind, float]] = {
    "viewed": kinds.VIEWED,
    "browsed": 0.3,
    "carted": kinds.ADDED,
    "purchased": kinds.PURCHASED,
    "removed": kinds.REMOVED,
}
"""What an event counts at first; below 0 it speaks against its product.

A category that was browsed says less than one product that was looked at.
"""
MOST_EVENTS = 200
# Products that count less than a hundredth of a purchase ask for nothing any more.
LEAST = 0.01
# Of this many later events, and of a day, each halves what an event counts
# (docs/decisions/013-sessions.md has the figures).
HALF_LIFE_EVENTS = 5
HALF_LIFE_SECONDS = 86_400


@dataclass(frozen=True)
class Event:
    """One thing that a visitor did.

    Attributes
    ----------
    at
        Seconds since the epoch.
    item
        Row of the product; -1 for a category.
    category
        Number of the category that was browsed; -1 for a product.
    """

    kind: Kind
    at: float
    item: int = -1
    category: int = -1


@dataclass(frozen=True)
class Session:
    """What a visitor did lately, oldest first, whatever the order in which it came in.

    Only the newest :data:`MOST_EVENTS` are kept; events of one moment stay in their order.
    """

    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        ordered = sorted(self.events, key=lambda event: event.at)[-MOST_EVENTS:]
        object.__setattr__(self, "events", tuple(ordered))

    def after(self, event: Event) -> Session:
        """Return the session with one more event."""
        return Session((*self.events, event))

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """What each event counts by now, below 0 where it speaks against its product.

        ``weight * 2 ** -(later / 5) * 2 ** -(age / 1 day)`` with the number of later events, and
        the age measured from the newest event: a shelf does not change while somebody reads it.
        """
        count = len(self.events)
        later = np.arange(count)[::-1]
        at = np.array([event.at for event in self.events], np.float64)
        age = at.max(initial=0.0) - at
        first = np.array([WEIGHTS[event.kind] for event in self.events], np.float64)
        return first * np.exp2(-later / HALF_LIFE_EVENTS) * np.exp2(-age / HALF_LIFE_SECONDS)

    @cached_property
    def products(self) -> tuple[Rows, NDArray[np.float64]]:
        """Products by row, and the signed sum of what their events count."""
        items = np.array([event.item for event in self.events], np.int32)
        there = items >= 0
        rows, place = np.unique(items[there], return_inverse=True)
        sums = np.bincount(place, weights=self.weights[there], minlength=len(rows))
        return rows, sums.astype(np.float64)

    @cached_property
    def liked(self) -> tuple[Rows, Floats]:
        """Products that count :data:`LEAST` or more, by row: what shelves are asked with."""
        rows, sums = self.products
        return rows[sums >= LEAST], sums[sums >= LEAST].astype(np.float32)

    @cached_property
    def disliked(self) -> tuple[Rows, Floats]:
        """Products that count as far below 0, by row, and how far."""
        rows, sums = self.products
        return rows[sums <= -LEAST], -sums[sums <= -LEAST].astype(np.float32)

    @cached_property
    def browsed(self) -> dict[int, float]:
        """Categories that were browsed, and what that counts, most first."""
        found: dict[int, float] = {}
        for event, weight in zip(self.events, self.weights.tolist(), strict=True):
            if event.category >= 0:
                found[event.category] = found.get(event.category, 0.0) + weight
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    @cached_property
    def last(self) -> dict[int, Kind]:
        """Product -> the last thing that was done with it, looking at it apart.

        What was bought or put into the cart stays so when it is looked at again.
        """
        found: dict[int, Kind] = {}
        for event in self.events:
            if event.item >= 0 and (event.kind != "viewed" or event.item not in found):
                found[event.item] = event.kind
        return found

    def done(self, *wanted: Kind) -> Rows:
        """Return the products with which one of these was done last, by row."""
        rows = sorted(row for row, kind in self.last.items() if kind in wanted)
        return np.array(rows, np.int32)
