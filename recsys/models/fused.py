from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows
from recsys.models.spaces import Query, Space, SpaceKind, write_about
from recsys.types import RRF_K, How

_DEPTH = 200


@dataclass(frozen=True)
class FusedSpace:
    """Several spaces asked together; the engine fuses their answers.

    Each space gives its ``depth`` best items; what none of them gives out is not ranked. A query's
    depth grows with the history, whose own items come first and are dropped later.

    Attributes
    ----------
    parts
        The spaces, over the same items and shoppers.
    weights
        How much each counts.
    how
        "rrf": by place, ``sum of weight / (60 + place)``; "weighted": by score, ``sum of weight *
        score``, 0 where a space does not give the item out.

    Equal scores inside a space take their places by row here, and in any order in the engine:
    :meth:`bounds` says between what its answers lie.
    """

    parts: tuple[Space, ...]
    weights: tuple[float, ...]
    how: How = "rrf"
    kind: ClassVar[SpaceKind] = "fused"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return self.parts[0].n_items

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items that any of the spaces can rank."""
        return np.logical_or.reduce([part.known_items for part in self.parts])

    def shopper_query(self, user: int) -> Query | None:
        """Return each space's query of the shopper."""
        asked = tuple(part.shopper_query(user) for part in self.parts)
        return _together(asked, len(self.history(user)[0]))

    def item_query(self, item: int) -> Query | None:
        """Return each space's query of the item."""
        return _together(tuple(part.item_query(item) for part in self.parts), 1)

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return each space's query of the items."""
        return _together(tuple(part.items_query(items, weights) for part in self.parts), len(items))

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the fused scores; 0 for items that no space gives out."""
        found = np.zeros((len(queries), self.n_items), np.float32)
        for place, (part, weight) in enumerate(zip(self.parts, self.weights, strict=True)):
            known = part.known_items
            able = [row for row, query in enumerate(queries) if query.parts[place] is not None]
            asked = [query for row in able if (query := queries[row].parts[place]) is not None]
            if not asked:
                continue
            for row, scores in zip(able, part.scores(asked, cosine=cosine), strict=True):
                best = best_rows(part, scores, known, queries[row].depth, cosine=cosine)
                found[row, best] += weight * self.adds(scores[best], np.arange(len(best)))
        return found

    def adds(self, scores: Floats, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what a space adds for items with these scores at these places."""
        if self.how == "weighted":
            return scores.astype(np.float64)
        return 1.0 / (RRF_K + places)

    def bounds(self, query: Query, *, cosine: bool = False, slack: float) -> tuple[Floats, Floats]:
        """Return the least and the most that each item's fused score can be.

        Of scores that are equal, or differ by less than ``slack`` of a space's largest, either may
        stand first.
        """
        low, high = (np.zeros(self.n_items) for _ in range(2))
        for part, weight, asked in zip(self.parts, self.weights, query.parts, strict=True):
            if asked is None:
                continue
            scores = part.scores([asked], cosine=cosine)[0]
            able = _given_out(part, scores, part.known_items, cosine=cosine)
            mine, near = scores[able], slack * float(np.abs(scores).max(initial=0.0))
            upwards = np.sort(mine)
            first = len(mine) - _below(upwards, mine + near, side="right")
            last = len(mine) - 1 - _below(upwards, mine - near, side="left")
            least = weight * self.adds(mine - near, last)
            most = weight * self.adds(mine + near, first)
            sure, possible = last < query.depth, first < query.depth
            low[able] += np.where(sure, least, np.where(possible, np.minimum(least, 0), 0))
            high[able] += np.where(sure, most, np.where(possible, np.maximum(most, 0), 0))
        return low.astype(np.float32), high.astype(np.float32)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return the parts' contributions together.

        By score they add up to the score. Places cannot be split over a history: each part's
        contributions are scaled to their largest then, and weighted; what raises an item in a
        space raises it here.
        """
        found: Floats | None = None
        for part, weight in zip(self.parts, self.weights, strict=True):
            adds = part.contributions(sources, weights, items)
            if adds is not None:
                largest = max(float(np.abs(adds).max(initial=0.0)), 1e-12)
                scale = 1.0 if self.how == "weighted" else largest
                adds = (adds * (weight / scale)).astype(np.float32)
                found = adds if found is None else found + adds
        return found

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return the longest of the spaces' histories of a shopper."""
        return max((part.history(user) for part in self.parts), key=lambda found: len(found[0]))

    def save(self, folder: Path) -> None:
        """Write the spaces into folders of their own."""
        for number, part in enumerate(self.parts):
            (folder / str(number)).mkdir()
            part.save(folder / str(number))
        write_about(
            folder, self.kind, parts=len(self.parts), weights=list(self.weights), how=self.how
        )

    @classmethod
    def load(cls, folder: Path, about: dict[str, Any]) -> FusedSpace:
        """Map what :meth:`save` wrote into memory, read-only."""
        from recsys.models.store import load_space

        parts = tuple(load_space(folder / str(number)) for number in range(about["parts"]))
        return cls(parts, tuple(about["weights"]), about["how"])


def best_rows(
    space: Space, scores: Floats, known: NDArray[np.bool_], depth: int, *, cosine: bool = False
) -> NDArray[np.int64]:
    """Return the rows that the engine gives out first, best first, ties by row."""
    able = _given_out(space, scores, known, cosine=cosine)
    if len(able) > depth:
        edge = np.partition(scores[able], len(able) - depth)[len(able) - depth]
        able = able[scores[able] >= edge]
    return able[np.argsort(-scores[able], kind="stable")][:depth]


def _given_out(
    space: Space, scores: Floats, known: NDArray[np.bool_], *, cosine: bool
) -> NDArray[np.int64]:
    """Return the rows a space gives out: what shares nothing, or points away, is not like it."""
    return np.flatnonzero(known & (scores > 0) if cosine or space.kind == "sparse" else known)


def _below(upwards: Floats, scores: Floats, *, side: Literal["left", "right"]) -> NDArray[np.int64]:
    """Return how many of some sorted scores are below each of others, "right": or equal."""
    found: Any = np.searchsorted(upwards, scores, side=side)
    return found


def depth_for(history: int) -> int:
    """Return how many of each space's best are fused, for a history of so many items."""
    return _DEPTH + history


def _together(asked: tuple[Query | None, ...], history: int) -> Query | None:
    if all(query is None for query in asked):
        return None
    return Query(np.empty(0, np.float32), parts=asked, depth=depth_for(history))
