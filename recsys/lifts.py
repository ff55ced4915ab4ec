"""What a chosen part of products or shoppers has more often than all of them have it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Two-sided, 95 %.
_Z = 1.959964


@dataclass(frozen=True)
class Lift:
    """How much more often one value is found among the chosen than among all.

    Attributes
    ----------
    count
        Of the chosen, so many have it.
    share, everyone
        Shares of the chosen and of all that have it, 0 to 1.
    lift
        ``share / everyone``: 2 is twice as often.
    low, high
        95 % interval of the lift: that of the ratio of the chosen to the *others* (MOVER-R over
        Wilson intervals, Donner and Zou 2012), mixed with the chosen's own part of all. NaN where
        all are chosen.
    sure
        Whether the chosen differ from the others by more than chance, with all values that were
        compared beside it in mind: of those called sure one in twenty is not, on average
        (Benjamini and Hochberg 1995).
    """

    value: str
    count: int
    share: float
    everyone: float
    lift: float
    low: float
    high: float
    sure: bool = False


def lifts(
    values: Sequence[str],
    chosen: NDArray[np.int64],
    everyone: NDArray[np.int64],
    *,
    n_chosen: int,
    n_everyone: int,
) -> list[Lift]:
    """Compare how many of the chosen and how many of all have each value.

    Parameters
    ----------
    chosen, everyone
        For each value the number of those who have it; ``chosen`` are among ``everyone``. One may
        have several values, or none.

    Returns
    -------
    list of Lift
        Values that nobody has are left out. First those that are surely more frequent, the
        strongest evidence first (signed log-likelihood ratio, Dunning 1993), then the rest, then
        those that are surely rarer. Nothing where nobody is chosen.
    """
    if not n_chosen:
        return []
    others = n_everyone - n_chosen
    part = n_chosen / n_everyone
    places = np.flatnonzero(everyone).tolist()
    pairs = [(int(chosen[place]), int(everyone[place])) for place in places]
    evidence = [_evidence(a, n_chosen, total - a, others) for a, total in pairs]
    sure = _sure(evidence) if others else [False] * len(places)
    found: list[tuple[float, Lift]] = []
    for place, (a, total), says, stands in zip(places, pairs, evidence, sure, strict=True):
        share, all_share = a / n_chosen, total / n_everyone
        low = high = float("nan")
        if others:
            ratios = _interval(a, n_chosen, total - a, others)
            low, high = (_against_all(ratio, part) for ratio in ratios)
        lift = Lift(values[place], a, share, all_share, share / all_share, low, high, stands)
        found.append((says, lift))
    found.sort(key=lambda pair: (-pair[0], pair[1].value))
    return [one for _, one in found]


def lifts_of_codes(
    values: Sequence[str], codes: NDArray[np.int32], chosen: NDArray[np.int64]
) -> list[Lift]:
    """Compare by one value each: ``values[codes[row]]``, -1 for none.

    Parameters
    ----------
    chosen
        Row numbers of the chosen.
    """
    count = len(values)

    def counted(some: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.bincount(some[some >= 0], minlength=count)

    return lifts(
        values,
        counted(codes[chosen]),
        counted(codes),
        n_chosen=len(chosen),
        n_everyone=len(codes),
    )


def _against_all(ratio: float, part: float) -> float:
    """Return the ratio to all, of whom the chosen are a part, from the ratio to the others."""
    return 1 / part if math.isinf(ratio) else ratio / (part * ratio + 1 - part)


def _sure(evidence: Sequence[float]) -> list[bool]:
    """Say which differences stand when all are looked at, at a false discovery rate of 5 %."""
    # A log-likelihood ratio of one more parameter is a chi-square of one degree of freedom.
    chances = np.array([math.erfc(math.sqrt(abs(one) / 2)) for one in evidence])
    order = np.argsort(chances)
    able = np.flatnonzero(chances[order] <= 0.05 * np.arange(1, len(order) + 1) / len(order))
    found = np.zeros(len(order), np.bool_)
    if len(able):
        found[order[: able[-1] + 1]] = True
    return found.tolist()


def _interval(a: int, n: int, b: int, m: int) -> tuple[float, float]:
    (p, low_p, high_p), (q, low_q, high_q) = _wilson(a, n), _wilson(b, m)
    low = _bound(p, q, low_p * (2 * p - low_p), high_q * (2 * q - high_q), sign=-1)
    high = _bound(p, q, high_p * (2 * p - high_p), low_q * (2 * q - low_q), sign=1)
    return low, high


def _bound(p: float, q: float, over: float, under: float, *, sign: int) -> float:
    if abs(under) < 1e-15:  # none of the others has it, or the formula's removable gap
        return math.inf if sign > 0 or not p * q else over / (2 * p * q)
    return (p * q + sign * math.sqrt(max((p * q) ** 2 - over * under, 0.0))) / under


def _wilson(hits: int, of: int) -> tuple[float, float, float]:
    """Return a share and its 95 % interval (Wilson 1927)."""
    share, z2 = hits / of, _Z**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    spread = _Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return share, max(middle - spread, 0.0), min(middle + spread, 1.0)


def _evidence(a: int, n: int, b: int, m: int) -> float:
    """Return the log-likelihood ratio of two shares against one, negative for a rarer value."""

    def fit(hits: int, of: int, share: float) -> float:
        total = 0.0
        if hits:
            total += hits * np.log(share)
        if hits < of:
            total += (of - hits) * np.log1p(-share)
        return float(total)

    if not m:
        return float(a)
    both = (a + b) / (n + m)
    ratio = 2 * (fit(a, n, a / n) + fit(b, m, b / m) - fit(a, n, both) - fit(b, m, both))
    return ratio if a * m >= b * n else -ratio
