"""Small values that every layer speaks of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

Placement = Literal["for_you", "similar", "also_bought", "lookalikes"]

PLACEMENTS: tuple[Placement, ...] = ("for_you", "similar", "also_bought", "lookalikes")

# Buy again has no model: it goes by a shopper's own purchases.
ShelfName = Literal["for_you", "similar", "also_bought", "lookalikes", "buy_again"]

SHELVES: tuple[ShelfName, ...] = (*PLACEMENTS, "buy_again")


# Placement -> (default, most) number of products.
LIMITS: dict[ShelfName, tuple[int, int]] = {
    "for_you": (10, 50),
    "similar": (5, 20),
    "also_bought": (5, 20),
    "lookalikes": (10, 50),
    "buy_again": (10, 50),
}

# How answers of several spaces become one: by place, or by score.
How = Literal["rrf", "weighted"]
# By place, an item at place r of one list adds 1 / (60 + r), places from 0, as the engine counts
# (Cormack, Clarke and Buettcher 2009).
RRF_K = 60


class Report(Protocol):
    """How long work tells where it stands, and learns that it has to stop."""

    def __call__(self, share: float, step: str) -> None:
        """Record that ``share`` (0 to 1) of the work is done and ``step`` is under way.

        Raises
        ------
        JobStopped
            The work is cancelled or no longer ours; let it pass through.
        """
        ...


def silent(share: float, step: str) -> None:
    """Report to nobody."""


def part_of(report: Report, start: float, end: float) -> Report:
    """Return a report whose 0 to 1 is ``start`` to ``end`` of ``report``."""

    def inner(share: float, step: str) -> None:
        report(start + (end - start) * share, step)

    return inner


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; an empty field narrows nothing.

    Attributes
    ----------
    category
        Exact category name.
    price_min, price_max
        Both inclusive, in the shop's currency; items without a price do not match.
    min_stock
        At least so many pieces in stock; 1 by default, since sold-out items are never shown.
    """

    category: str | None = None
    price_min: float | None = None
    price_max: float | None = None
    min_stock: int = 1


@dataclass(frozen=True)
class Mark:
    """What a rule or a setting did to a product that stands on a shelf.

    Attributes
    ----------
    kind
        "pinned", "boosted", "buried", or the setting: "fresh", "surprise".
    words
        For people: ``Pinned #2 by Christmas``.
    rule_id
        0 for a setting.
    """

    kind: str
    words: str
    rule_id: int = 0


@dataclass(frozen=True)
class Step:
    """One step on the way to a shelf.

    Attributes
    ----------
    name
        What was done: "engine", "filters", "left out", "rules", "re-rank", "fill", "pins", "cut".
    before, after
        Products in the list before and after it.
    removed
        Reason -> number of products taken out by it.
    words
        What else there is to say, for people; may be empty.
    """

    name: str
    before: int
    after: int
    removed: dict[str, int] = field(default_factory=dict[str, int])
    words: str = ""


@dataclass(frozen=True)
class ShelfItem:
    """One product on a shelf.

    Attributes
    ----------
    fields
        The catalogue columns an outsider may see (never cost or unmapped ones).
    badge
        "new" for a product that nobody bought yet, "popular" for one that stands here because it
        is, else empty.
    marks
        What rules and settings did to it.
    """

    item_id: str
    rank: int
    score: float
    reason: str
    fields: dict[str, Any]
    badge: str = ""
    marks: tuple[Mark, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return one flat row, ids first."""
        return {
            "item_id": self.item_id,
            "rank": self.rank,
            "score": round(self.score, 6),
            **self.fields,
            "reason": self.reason,
            "badge": self.badge,
            "marks": [mark.words for mark in self.marks],
        }


@dataclass(frozen=True)
class Shelf:
    """The list a shopper sees, and what was taken out of it.

    Attributes
    ----------
    removed
        Reason -> number of products that scored high enough to stand here and were taken out.
    fallback
        Why this is not the list that was asked for (an unknown shopper gets the popular shelf);
        empty when it is.
    neighbours
        For lookalikes: the similar shoppers, ``{"user_id", "similarity"}``.
    made_of
        Where the products come from -> how many: "by the model", "popular", "by words", "new".
    rule_set_id
        The rules it obeys: 0 none, -1 a draft.
    steps
        How it came about, in order.
    notes
        What somebody who made a rule has to know: a pin that waits for stock, an include-only rule
        that nothing fits.
    """

    placement: ShelfName
    release_id: str
    items: list[ShelfItem]
    asked: int
    removed: dict[str, int] = field(default_factory=dict)
    fallback: str = ""
    neighbours: list[dict[str, Any]] = field(default_factory=list)
    made_of: dict[str, int] = field(default_factory=dict)
    rule_set_id: int = 0
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def trace(self) -> str:
        """Say in words how many are shown and why others are not."""
        words = f"{len(self.items)} of {self.asked} shown"
        if len(self.made_of) > 1:
            words += " · " + ", ".join(
                f"{count} {source}" for source, count in self.made_of.items()
            )
        if self.removed:
            total = f"{sum(self.removed.values()):,} removed"
            parts = [f"{count:,} {reason}" for reason, count in self.removed.items()]
            words += f" · {total}: {', '.join(parts if len(parts) > 1 else self.removed)}"
        return words

    def as_dict(self) -> dict[str, Any]:
        """Return the document that the API and ``--json`` give out."""
        document: dict[str, Any] = {
            "items": [item.as_dict() for item in self.items],
            "placement": self.placement,
            "release_id": self.release_id,
            "shown": len(self.items),
            "asked": self.asked,
            "removed": self.removed,
            "made_of": self.made_of,
            "fallback": self.fallback,
            "rule_set_id": self.rule_set_id,
            "steps": [asdict(step) for step in self.steps],
            "notes": self.notes,
        }
        if self.placement == "lookalikes":
            document["neighbours"] = self.neighbours
        return document
