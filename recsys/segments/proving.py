"""The proof of lookalikes: hide some of the seeds, look for them again, and compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats
from recsys.segments.activity import activity_likeness, best_first
from recsys.segments.definition import SCORERS, Scorer
from recsys.segments.likeness import draw_others, learn, logistic
from recsys.segments.matched import expected_curve
from recsys.segments.vectors import Vectors
from recsys.types import Report, silent

TIMES, HIDDEN_SHARE, _FOLDS = 10, 0.2, 4
_SIZES = 48
# Student's t of 9 degrees of freedom, two-sided, 95 %.
_T9 = 2.262157
_Z = 1.959964
# Curves beside those of the scorers.
CHOSEN, RFM, MATCHED, RANDOM = "chosen", "rfm", "matched", "random"

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Base:
    """The shoppers among whom seeds are looked for, as they stood before the event.

    Attributes
    ----------
    vectors
        Of a model that learned from rows before the event only.
    activity
        Shape ``(n, 1 to 3)``, see :func:`recsys.segments.activity.activity`.
    orders
        Of each shopper.
    """

    vectors: Vectors
    activity: NDArray[np.float64]
    orders: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.orders)


@dataclass(frozen=True)
class Curve:
    """Share of the hidden seeds found against the number of shoppers reached, with intervals."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def as_dict(self) -> dict[str, list[float]]:
        """Return plain numbers."""
        lines = {"mean": self.mean, "low": self.low, "high": self.high}
        return {name: np.round(values, 5).tolist() for name, values in lines.items()}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Curve:
        """Read what :meth:`as_dict` gave."""
        return cls(**{name: np.array(values, np.float64) for name, values in kept.items()})


@dataclass(frozen=True)
class Proven:
    """What a proof found.

    Attributes
    ----------
    sizes
        Numbers of shoppers reached, ascending; the last is everybody but the visible seeds.
    curves
        "chosen" (in each round by the scorer that won inside the visible seeds), each scorer,
        "rfm", "matched" and "random"; the last two are expectations. Intervals of the others are
        never narrower than Wilson's of as many trials as different seeds were hidden.
    against
        "rfm", "matched" and "random" -> "chosen" less that one, paired.
    chosen
        The scorer that wins where all seeds are visible: the one to use.
    wins
        How often each scorer was chosen in the rounds.
    hidden
        Seeds hidden in each round.
    """

    sizes: NDArray[np.int64]
    curves: dict[str, Curve]
    against: dict[str, Curve]
    chosen: Scorer
    wins: dict[str, int]
    seeds: int
    hidden: int
    base: int


def prove(base: Base, seeds: Places, *, seed: int = 0, report: Report = silent) -> Proven:
    """Hide 20 % of the seeds ten times, look for them, and choose the scorer without them.

    Whatever is learned or chosen in a round goes by its visible seeds alone: hidden ones are to it
    what any other shopper is.

    Parameters
    ----------
    seeds
        Places in the base; at least as many as two rounds of hiding need, some ten.
    """
    random = np.random.default_rng(seed)
    count = max(1, round(HIDDEN_SHARE * len(seeds)))
    sizes = _sizes(len(base) - len(seeds) + count)
    found: dict[str, list[NDArray[np.float64]]] = {}
    looked_for = np.zeros(len(base), np.bool_)
    wins: Counter[str] = Counter()
    for number in range(TIMES):
        report(number / (TIMES + 1), f"Looking for hidden seeds, {number + 1} of {TIMES}")
        mixed = random.permutation(seeds)
        hidden, visible = np.sort(mixed[:count]), np.sort(mixed[count:])
        looked_for[hidden] = True
        winner = choose(base, visible, seed=seed + number)
        wins[winner] += 1
        for name, ranks in _looked_for(base, visible, hidden, seed=seed + number).items():
            shares = (ranks[:, None] < sizes[None, :]).mean(axis=0)
            found.setdefault(name, []).append(shares)
            if name == winner:
                found.setdefault(CHOSEN, []).append(shares)
        expected = expected_curve(base.orders, visible, hidden, sizes)
        found.setdefault(MATCHED, []).append(expected)
        found.setdefault(RANDOM, []).append(sizes / sizes[-1])
    report(TIMES / (TIMES + 1), "Choosing the scorer")
    curves, against = _curves(found, int(looked_for.sum()))
    return Proven(
        sizes,
        curves,
        against,
        choose(base, seeds, seed=seed),
        {scorer: wins[scorer] for scorer in SCORERS},
        len(seeds),
        count,
        len(base),
    )


def choose(base: Base, visible: Places, *, seed: int = 0) -> Scorer:
    """Return the scorer that finds visible seeds best, each quarter by the other three.

    By the mean of ``1 - ln(rank) / ln(candidates)``, which is the area under the curve over the
    logarithm of the size: small reaches count as much as large ones. Ties go to the simpler one.
    """
    mixed = np.random.default_rng(seed).permutation(visible)
    worth = dict.fromkeys(SCORERS, 0.0)
    for fold in range(_FOLDS):
        asked = np.sort(mixed[fold::_FOLDS])
        known = np.setdiff1d(visible, asked)
        for scorer in SCORERS:
            ranks = _ranks(base, scorer, known, asked, seed=seed)
            most = len(base) - len(known)
            worth[scorer] += float((1 - np.log(ranks + 1) / np.log(max(most, 2))).sum())
    return max(SCORERS, key=lambda scorer: worth[scorer])


def _looked_for(
    base: Base, visible: Places, hidden: Places, *, seed: int
) -> dict[str, NDArray[np.int64]]:
    """Return the ranks of the hidden seeds by each scorer and by RFM."""
    found = {str(scorer): _ranks(base, scorer, visible, hidden, seed=seed) for scorer in SCORERS}
    others = _others(np.ones(len(base), np.bool_), visible, seed)
    weights, _ = logistic(base.activity[visible], base.activity[others])
    found[RFM] = _places(base, visible, hidden, base.activity @ weights)
    return found


def _ranks(
    base: Base, scorer: Scorer, visible: Places, asked: Places, *, seed: int
) -> NDArray[np.int64]:
    return _places(base, visible, asked, scores_of(base, scorer, visible, seed=seed))


def scores_of(base: Base, scorer: Scorer, visible: Places, *, seed: int = 0) -> Floats:
    """Return everybody's score by what is learned from the visible seeds; NaN: no vector."""
    known = base.vectors.known
    mine = visible[known[visible]]
    others = _others(known, visible, seed)
    if not len(mine) or not len(others):
        return np.full(len(base), np.nan, np.float32)
    seeds, rest = base.vectors.only(mine), base.vectors.only(others)
    return learn(scorer, seeds, rest, seed=seed).of(base.vectors)


def _others(known: NDArray[np.bool_], visible: Places, seed: int) -> Places:
    unlabelled = known.copy()
    unlabelled[visible] = False
    random = np.random.default_rng(seed)
    return draw_others(np.flatnonzero(unlabelled), len(visible), random)


def _places(
    base: Base, visible: Places, asked: Places, scores: NDArray[np.floating]
) -> NDArray[np.int64]:
    """Return the places, from 0, of those asked for among all but the visible seeds."""
    candidates = np.delete(np.arange(len(base)), visible)
    order = best_first(scores, activity_likeness(base.activity, visible), candidates)
    place = np.empty(len(base), np.int64)
    place[order] = np.arange(len(order))
    return place[asked]


def _sizes(most: int) -> NDArray[np.int64]:
    """Return the sizes at which curves are drawn: even on a logarithmic scale, and everybody."""
    steps = np.geomspace(min(10, most), most, _SIZES)
    return np.unique(np.round(steps).astype(np.int64))


def _curves(
    found: Mapping[str, Sequence[NDArray[np.float64]]], different: int
) -> tuple[dict[str, Curve], dict[str, Curve]]:
    """Return the curves, and how far the chosen one is above others, where so many were hidden."""
    curves = {name: _curve(np.array(shares), least=0.0) for name, shares in found.items()}
    against = {
        name: _curve(np.subtract(found[CHOSEN], found[name]), least=-1.0)
        for name in (RFM, MATCHED, RANDOM)
    }
    for name in (CHOSEN, RFM, *SCORERS):
        curves[name] = _no_narrower(curves[name], different)
    for name in (MATCHED, RANDOM):  # expectations, which are exact
        against[name] = _no_narrower(against[name], different, less=curves[name].mean)
    return curves, against


def _curve(rounds: NDArray[np.float64], *, least: float) -> Curve:
    """Return the mean over the rounds with its 95 % interval.

    The rounds share most of their seeds, so the variance of the mean is taken as ``(1 / 10 + 1 / 4)
    s^2``, where 1 / 4 is hidden to visible: the corrected resampled t (Nadeau and Bengio 2003).
    """
    mean = rounds.mean(axis=0)
    factor = np.sqrt(1 / len(rounds) + HIDDEN_SHARE / (1 - HIDDEN_SHARE))
    half = _T9 * factor * rounds.std(axis=0, ddof=1)
    return Curve(mean, np.maximum(mean - half, least), np.minimum(mean + half, 1.0))


def _no_narrower(curve: Curve, trials: int, *, less: NDArray[np.float64] | float = 0.0) -> Curve:
    """Widen an interval to the 95 % one of as many trials as different seeds were looked for.

    Rounds that agree, as where all is found each time, have no variance and would make a few seeds
    look certain. Wilson's interval (1927) has a width there, too: 20 of 20 are 84 to
    100 %.

    Parameters
    ----------
    less
        What a difference is less than the share: an exact number.
    """
    share = np.clip(curve.mean + less, 0.0, 1.0)
    weight = _Z**2 / trials
    middle = (share + weight / 2) / (1 + weight)
    half = _Z * np.sqrt(share * (1 - share) / trials + weight / trials / 4) / (1 + weight)
    low, high = np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)
    return Curve(curve.mean, np.minimum(curve.low, low - less), np.maximum(curve.high, high - less))


def at(sizes: NDArray[np.int64], values: Sequence[float] | NDArray[np.float64], size: int) -> float:
    """Return a curve's value at any size, straight between those at which it is drawn."""
    return float(np.interp(size, np.concatenate(([0], sizes)), np.concatenate(([0.0], values))))
