"""Buy again: what a shopper buys regularly, by the own frequency and rhythm of each product."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.releases.release import Release

BY_RHYTHM = "by own purchases"
NOTHING_BOUGHT = "Nothing to buy again"
_DAY = 86_400
# What a rhythm is before there is any: one purchase is taken to be followed after so many days.
FIRST_GAP = 30.0
# A product counts half for every so many of its rhythms that it is overdue.
HALVES_AFTER = 4.0


class Again(NamedTuple):
    """What a shopper bought before, the product most due first.

    Attributes
    ----------
    days
        On how many days each was bought; where the release does not know, how often.
    every
        Days between two purchases of it, NaN where it was bought on one day only or the release
        does not know.
    ago
        Days from its last purchase to the newest purchase of the shop, NaN without dates.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    days: NDArray[np.int32]
    every: NDArray[np.float64]
    ago: NDArray[np.float64]

    def reasons(self, rows: NDArray[np.int64]) -> list[str]:
        """Return one sentence for each of some of these products."""
        places = {int(row): place for place, row in enumerate(self.rows)}
        return [self._reason(places[int(row)]) for row in rows]

    def _reason(self, place: int) -> str:
        days, every, ago = self.days[place], self.every[place], self.ago[place]
        words = "Bought once" if days == 1 else f"Bought {days:,} times"
        if not np.isnan(every):
            gap = max(1, round(every))
            words += ", about every day" if gap == 1 else f", about every {gap:,} days"
        if np.isnan(ago):
            return words
        past = int(ago)
        when = {0: "today", 1: "yesterday"}.get(past, f"{past:,} days ago")
        return f"{words}, {'' if days == 1 else 'last '}{when}"


def due_again(release: Release, user: int) -> Again:
    """Return what a shopper bought, in the order in which it is likely to be bought again.

    A product scores the number of days on which it was bought, ``k``. Its rhythm is
    ``m = (span + 30) / k`` days, with the time from its first to its last purchase as the span.
    While it is not overdue, so ``ago <= m``, it keeps its score; then the score halves with every
    ``4 m``: ``k * 2 ** -((ago / m - 1) / 4)``. Equal scores: bought last, then the smaller id.
    Releases without first purchases know no rhythm and go by frequency alone.

    The form was chosen by replay on the demo (docs/decisions/012-buy-again.md); the Poisson-Gamma
    rates of Bhagat et al., "Buy It Again" (KDD 2018), did worse there than plain frequency.
    """
    items, times, last = release.history(user)
    rhythm = release.rhythm(user)
    unknown = np.full(len(items), np.nan)
    ago = unknown if last is None else ((release.newest or 0) - last) / _DAY
    days, every, scores = times.astype(np.int32), unknown, times.astype(np.float64)
    if rhythm is not None and last is not None:
        first, days = rhythm
        span = (last - first) / _DAY
        every = np.where(days > 1, span / np.maximum(days - 1, 1), np.nan)
        overdue = np.maximum(ago * days / (span + FIRST_GAP) - 1, 0)
        scores = days * np.exp2(-overdue / HALVES_AFTER)
    order = np.lexsort((items, -scores) if last is None else (items, -last, -scores))
    return Again(
        items[order].astype(np.int64),
        scores[order].astype(np.float32),
        days[order],
        every[order],
        ago[order],
    )
