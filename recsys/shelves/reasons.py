"""Why a product stands on a shelf, in one sentence made from the model's own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.metrics import top_k
from recsys.models.arrays import Floats, Rows
from recsys.models.spaces import Space
from recsys.releases.release import Release

_MOST_NAMED = 2
_MOST_LOOKED_AT = 4  # some may have the same name
# The second name is left out when it adds less than this share of what the first one adds.
_WORTH_NAMING = 0.3
_LOOKED = "Because you looked at"


@dataclass(frozen=True)
class Told:
    """What reasons are made of where there is no release: see the same fields of a release."""

    names: list[str]
    buyers: NDArray[np.float32]
    sensitive: NDArray[np.bool_] | None


def because_of(
    release: Release | Told,
    space: Space,
    items: NDArray[np.int64],
    sources: Rows,
    weights: Floats,
    *,
    verb: str,
    bought: Rows | None = None,
) -> list[str]:
    """Return one sentence an item, naming the history or cart items that add most to its score.

    Sensitive items are never named. Items to which nothing else in the history adds anything, and
    spaces that use no history, get the sentence of :func:`popular`.

    Parameters
    ----------
    bought
        Where given, history items that are not among these were only looked at, and the sentence
        says so. It names either kind, never both.
    """
    parts = space.contributions(sources, weights, items.astype(np.int32))
    if parts is None:
        return popular(release, items)
    if release.sensitive is not None:
        parts[:, release.sensitive[sources]] = 0
    looked = np.zeros(len(sources), np.bool_) if bought is None else ~np.isin(sources, bought)
    fallback = popular(release, items)
    sentences: list[str] = []
    for row, (item, order) in enumerate(zip(items, top_k(parts, _MOST_LOOKED_AT), strict=True)):
        named: list[str] = []
        only_looked = False
        for place in order:
            part, best = parts[row, place], parts[row, order[0]]
            if part <= 0 or part < _WORTH_NAMING * best or len(named) == _MOST_NAMED:
                break
            name = release.names[sources[place]]
            if sources[place] == item or name in named:
                continue
            if not named:
                only_looked = looked[place]
            if looked[place] == only_looked:
                named.append(name)
        words = _LOOKED if only_looked else verb
        sentences.append(f"{words} {' and '.join(named)}" if named else fallback[row])
    return sentences


def popular(release: Release | Told, items: NDArray[np.int64]) -> list[str]:
    """Return ``Popular: bought by 1,204 shoppers`` for each item."""
    return [f"Popular: bought by {int(release.buyers[item]):,} shoppers" for item in items]
