"""The vectors of shoppers, and those that know nothing of an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows
from recsys.models.factors import FactorSpace
from recsys.releases.release import Release
from recsys.segments.seeds import Seeded
from recsys.shelves.facts import dense_of
from recsys.shelves.once import once_a_release
from recsys.types import Placement

_ALL = slice(None)
_SHRINK = 0.1
_MOST_MEASURED = 100_000
# Where vectors of shoppers come from, the best place first.
_PLACES: tuple[Placement, ...] = ("lookalikes", "for_you", "similar", "also_bought")


@dataclass(frozen=True)
class Frame:
    """What directions look like once what all shoppers have in common is taken out.

    Attributes
    ----------
    centre
        The mean of the shoppers' vectors of length 1.
    turn
        Shape ``(d, d)``: makes what they differ in as wide in every direction (ZCA whitening, Bell
        and Sejnowski 1997), less so where they hardly differ: a tenth of the mean variance is
        added to each.
    """

    centre: Floats
    turn: Floats

    @classmethod
    def of(cls, units: Floats) -> Frame:
        """Measure some vectors of length 1."""
        centre = units.mean(axis=0, dtype=np.float64)
        apart = units - centre
        widths, axes = np.linalg.eigh(apart.T @ apart / max(len(units), 1))
        turn = axes / np.sqrt(widths + _SHRINK * widths.mean() + 1e-9) @ axes.T
        return cls(centre.astype(np.float32), turn.astype(np.float32))


@dataclass(frozen=True)
class Vectors:
    """Vectors of shoppers: where each points, and how long it is for a shopper.

    Attributes
    ----------
    raw
        Shape ``(n, d)``, of any length; a row of zeros is a shopper of whom nothing is known.
    scale
        One over the length of each, 0 for a row of zeros.
    level
        Logarithm of the length in standard deviations from the mean; 0 for a row of zeros. The
        more and the later somebody bought, the longer the vector.
    """

    raw: Floats
    scale: Floats
    level: Floats
    frame: Frame

    @classmethod
    def of(cls, raw: Floats, *, frame: Frame | None = None, usual: slice = _ALL) -> Vectors:
        """Measure some vectors.

        Parameters
        ----------
        frame
            None for one of these very vectors.
        usual
            Those whose lengths are the usual ones.
        """
        lengths = np.sqrt(np.einsum("ij,ij->i", raw, raw, dtype=np.float64))
        known = lengths > 0
        scale = np.divide(1.0, lengths, out=np.zeros(len(raw)), where=known).astype(np.float32)
        logs = np.log(lengths, out=np.zeros(len(raw)), where=known)
        compared = logs[usual][known[usual]]
        level = np.zeros(len(raw), np.float32)
        if len(compared) and compared.std() > 0:
            level[known] = (logs[known] - compared.mean()) / compared.std()
        if frame is None:
            some = np.flatnonzero(known)
            some = some[:: max(1, len(some) // _MOST_MEASURED)]
            frame = Frame.of(raw[some] * scale[some][:, None])
        return cls(raw, scale, level, frame)

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of whom something is known."""
        return self.scale > 0

    def units(self, rows: Rows | NDArray[np.int64] | slice = _ALL) -> Floats:
        """Return some of them with length 1."""
        return self.raw[rows] * self.scale[rows][:, None]

    def spread(self, rows: Rows | NDArray[np.int64] | slice = _ALL) -> Floats:
        """Return some of them in the frame, with length 1 there."""
        turned = (self.units(rows) - self.frame.centre) @ self.frame.turn
        lengths = np.sqrt(np.einsum("ij,ij->i", turned, turned))
        turned /= np.maximum(lengths, 1e-12)[:, None]
        return turned

    def only(self, rows: Rows | NDArray[np.int64] | slice) -> Vectors:
        """Return some of them, in this order; what is usual stays what it was."""
        return Vectors(self.raw[rows], self.scale[rows], self.level[rows], self.frame)


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


def without_event(
    release: Release, space: FactorSpace, users: Rows, event: Seeded, *, usual: slice = _ALL
) -> Vectors:
    """Fold in what shoppers had bought before an event, without the products that it is about.

    A product counts when it was first bought before the day; with the weight that the model gives
    it, which later purchases may have raised. Whoever bought nothing before has zeros.

    Parameters
    ----------
    usual
        The places of those whose lengths are the usual ones.
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
    vectors = shopper_vectors(release)
    return Vectors.of(found, frame=None if vectors is None else vectors.frame, usual=usual)


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
