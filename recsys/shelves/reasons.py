"""Why a product stands on a shelf, in one sentence made from the model's own arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.metrics import top_k
from recsys.models.arrays import Floats, Rows
from recsys.models.fused import FusedSpace
from recsys.models.registry import MODELS
from recsys.models.spaces import Space
from recsys.releases.release import Release
from recsys.types import Placement

# Models that go by what the catalogue says.
_CONTENT_KINDS = {"content", "lsa"}
_LIKE = "Like {} in words and category"
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
    dated: bool = False


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

    Empty where none can be named: sensitive items never are, and some spaces use no history.

    Parameters
    ----------
    bought
        Where given, history items that are not among these were only looked at, and the sentence
        says so. It names either kind, never both.
    """
    parts = space.contributions(sources, weights, items.astype(np.int32))
    if parts is None:
        return [""] * len(items)
    if release.sensitive is not None:
        parts[:, release.sensitive[sources]] = 0
    looked = np.zeros(len(sources), np.bool_) if bought is None else ~np.isin(sources, bought)
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
        sentences.append(f"{words} {' and '.join(named)}" if named else "")
    return sentences


def because_word(release: Release, placement: Placement, *, otherwise: str) -> str:
    """Return how a reason begins: in the words of the model that feeds the placement."""
    model = MODELS.get(release.manifest["models"][placement]["kind"])
    return model.because if model is not None and model.because else otherwise


def popular(
    release: Release | Told, items: NDArray[np.integer[Any]], within: Sequence[str] = ()
) -> list[str]:
    """Return ``Popular now: bought by 1,204 shoppers`` for each item.

    Parameters
    ----------
    within
        Where given, the category in which each item is popular.
    """
    now = "Popular now" if release.dated else "Popular"
    found: list[str] = []
    for place, item in enumerate(items):
        count = int(release.buyers[item])
        where = f"{now} in {within[place]}" if within else now
        people = "1 shopper" if count == 1 else f"{count:,} shoppers"
        words = f"{where}: bought by {people}" if count else "New here: nobody bought it yet"
        found.append(words)
    return found


def like(release: Release, item: int, items: NDArray[np.int64]) -> list[str]:
    """Return for each item that it is like one item by its words."""
    return [_LIKE.format(may_name(release, item))] * len(items)


def like_one(
    release: Release, space: Space, items: NDArray[np.int64], item: int, kinds: Sequence[str]
) -> list[str]:
    """Return for each item in what it is like one item, after the model that says so.

    Parameters
    ----------
    space, kinds
        What feeds Similar, and of which kind it is; of a fusion the kinds of its parts, of which
        the one that adds most to an item's score speaks.
    """
    parts = space.parts if isinstance(space, FusedSpace) else (space,)
    speaks = np.zeros(len(items), np.int64)
    if isinstance(space, FusedSpace):
        anchor, one = np.array([item], np.int32), np.ones(1, np.float32)
        adds = [part.contributions(anchor, one, items.astype(np.int32)) for part in parts]
        shares = [
            np.zeros(len(items)) if found is None else _share(found[:, 0]) * weight
            for found, weight in zip(adds, space.weights, strict=True)
        ]
        speaks = np.argmax(shares, axis=0)
    name = may_name(release, item)
    words = [_likeness(part, kind, name) for part, kind in zip(parts, kinds, strict=True)]
    return [words[part] for part in speaks]


def _likeness(space: Space, kind: str, name: str) -> str:
    if kind in _CONTENT_KINDS:
        return _LIKE.format(name)
    if space.kind == "sparse":
        return f"Bought together with {name}"
    return f"For the same taste as {name}"


def _share(adds: Floats) -> Floats:
    return adds / max(float(adds.max(initial=0.0)), 1e-12)


def may_name(release: Release, item: int) -> str:
    """Return an item's name, or "this product" where no reason may name it."""
    barred = release.sensitive is not None and release.sensitive[item]
    return "this product" if barred else release.names[item]
