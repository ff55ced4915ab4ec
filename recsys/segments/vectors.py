"""The vectors of shoppers, and those that know nothing of an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows
from recsys.models.factors import FactorSpace
from recsys.models.spaces import unit_rows
from recsys.releases.release import Release
from recsys.segments.seeds import Seeded
from recsys.shelves.facts import dense_of
from recsys.shelves.once import once_a_release
from recsys.types import Placement

# Where vectors of shoppers come from, the best place first.
_PLACES: tuple[Placement, ...] = ("lookalikes", "for_you", "similar", "also_bought")


@dataclass(frozen=True)
class Vectors:
    """Vectors of shoppers, to be compared by direction.

    Attributes
    ----------
    raw
        Shape ``(n, d)``, of any length; a row of zeros is a shopper of whom nothing is known.
    scale
        One over the length of each, 0 for a row of zeros.
    """

    raw: Floats
    scale: Floats

    @classmethod
    def of(cls, raw: Floats) -> Vectors:
        """Measure some vectors."""
        lengths = np.sqrt(np.einsum("ij,ij->i", raw, raw, dtype=np.float64))
        scale = np.divide(1.0, lengths, out=np.zeros(len(raw)), where=lengths > 0)
        return cls(raw, scale.astype(np.float32))

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of whom something is known."""
        return self.scale > 0

    def unit(self, rows: Rows | NDArray[np.int64]) -> Floats:
        """Return some of them with length 1."""
        return self.raw[rows] * self.scale[rows][:, None]

    def only(self, rows: Rows | NDArray[np.int64]) -> Vectors:
        """Return some of them, in this order."""
        return Vectors(self.raw[rows], self.scale[rows])


def place_of_vectors(release: Release) -> Placement | None:
    """Return the placement whose model gives shoppers vectors; None where none does."""
    for place in _PLACES:
        if place in release.manifest["strategies"]:
            found = dense_of(release.space(place))
            if found is not None and found.users.any():
                return place
    return None


@once_a_release
def shopper_space(release: Release) -> FactorSpace | None:
    """Return the space with the vectors of shoppers; None where every model is without."""
    place = place_of_vectors(release)
    return None if place is None else dense_of(release.space(place))


@once_a_release
def shopper_vectors(release: Release) -> Vectors | None:
    """Return the vectors of all shoppers; None where every model is without."""
    space = shopper_space(release)
    return None if space is None else Vectors.of(space.users)


def without_event(release: Release, space: FactorSpace, users: Rows, event: Seeded) -> Vectors:
    """Fold in what shoppers had bought before an event, without the products that it is about.

    A product counts when it was first bought before the day; with the weight that the model gives
    it, which later purchases may have raised. Whoever bought nothing before has zeros.
    """
    found = np.zeros((len(users), space.users.shape[1]), np.float32)
    for place, user in enumerate(users.tolist()):
        items, weights = space.history(user)
        kept = ~np.isin(items, event.masked)
        if event.before is not None:
            kept &= _bought_before(release, user, items, event.before)
        query = space.items_query(items[kept], weights[kept])
        if query is not None:  # one more number stands for the bias
            found[place] = query.values[: found.shape[1]]
    return Vectors.of(unit_rows(found))


def _bought_before(release: Release, user: int, items: Rows, day: int) -> NDArray[np.bool_]:
    """Say which of a shopper's items were bought before a day, as far as the release knows."""
    bought, _, last = release.history(user)
    when = last if release.first is None else release.rhythm(user)
    if isinstance(when, tuple):
        when = when[0]
    if when is None or not len(bought):
        return np.zeros(len(items), np.bool_)
    place = np.minimum(np.searchsorted(bought, items), len(bought) - 1)
    return (bought[place] == items) & (when[place] < day)
