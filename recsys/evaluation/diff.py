"""What is different: between two lists, and between two replays of the same questions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows

T = TypeVar("T", bound=Hashable)

Kind = Literal["came", "went", "moved", "stayed"]
_KINDS: tuple[Kind, ...] = ("came", "went", "moved", "stayed")


@dataclass(frozen=True)
class Move(Generic[T]):
    """What became of one item; places count from 1, None is off the list."""

    item: T
    before: int | None
    after: int | None
    why: str = ""

    @property
    def kind(self) -> Kind:
        """Whether it came, went, moved or stayed where it was."""
        if self.before is None:
            return "came"
        if self.after is None:
            return "went"
        return "stayed" if self.before == self.after else "moved"


@dataclass(frozen=True)
class ListDiff(Generic[T]):
    """How one list becomes another.

    Attributes
    ----------
    moves
        The items of the second list in its order, then those that went, in the order of the first.
    """

    moves: tuple[Move[T], ...]

    def of(self, kind: Kind) -> list[Move[T]]:
        """Return the moves of one kind."""
        return [move for move in self.moves if move.kind == kind]

    def words(self) -> str:
        """Say how many items came, went, moved and stayed."""
        counts = [(len(self.of(kind)), kind) for kind in _KINDS]
        return ", ".join(f"{count} {kind}" for count, kind in counts if count) or "nothing"

    def apply(self, before: Sequence[T]) -> list[T]:
        """Return the second list, given the first.

        Raises
        ------
        ValueError
            The list is not the one that the diff was made of.
        """
        places = {move.before: move.item for move in self.moves if move.before is not None}
        if [places.get(place) for place in range(1, len(places) + 1)] != list(before):
            raise ValueError("the diff is of another list")
        kept = [move for move in self.moves if move.after is not None]
        return [move.item for move in sorted(kept, key=lambda move: move.after or 0)]


def diff_lists(
    before: Sequence[T], after: Sequence[T], *, why: Mapping[T, str] | None = None
) -> ListDiff[T]:
    """Say what moved, came and went between two lists, neither of which has an item twice.

    Parameters
    ----------
    why
        Item -> what is to be said about it; items without get no reason.
    """
    said = why or {}
    first = {item: place for place, item in enumerate(before, 1)}
    second = {item: place for place, item in enumerate(after, 1)}
    shown = [*after, *(item for item in before if item not in second)]
    moves = [Move(one, first.get(one), second.get(one), said.get(one, "")) for one in shown]
    return ListDiff(tuple(moves))


@dataclass(frozen=True)
class Facts:
    """What is known of each item.

    Attributes
    ----------
    category
        Number of its category (int32), -1 for none.
    price
        NaN where unknown.
    popularity
        How many shoppers bought it.
    """

    category: Rows
    price: NDArray[np.float64]
    popularity: Floats

    def __len__(self) -> int:
        return len(self.category)


@dataclass(frozen=True)
class Exposure:
    """How often an item, or a category (by its number), was shown in two replays."""

    row: int
    before: int
    after: int

    @property
    def change(self) -> int:
        """How much more often it is shown in the second."""
        return self.after - self.before


@dataclass(frozen=True)
class Shown:
    """What all lists of one replay show together.

    Attributes
    ----------
    slots
        Places with an item.
    products
        Different items; ``coverage`` is their share of all items.
    price, popularity
        Means over the slots; the price over those whose item has one, None without any.
    """

    slots: int
    products: int
    coverage: float
    price: float | None
    popularity: float


@dataclass(frozen=True)
class ReplayDiff:
    """How two replays of the same questions differ.

    Attributes
    ----------
    changed
        One value a question: share of the slots that hold another item.
    replaced
        One value a question: share of the longer list that the other one does not have,
        whatever the order.
    slots_changed, items_replaced
        The same over all slots.
    wins, losses
        The items whose exposure grew or fell most, most first.
    categories
        All categories whose exposure is different, the largest difference first.
    """

    changed: Floats
    replaced: Floats
    slots_changed: float
    items_replaced: float
    before: Shown
    after: Shown
    wins: tuple[Exposure, ...]
    losses: tuple[Exposure, ...]
    categories: tuple[Exposure, ...]

    def most_changed(self, most: int) -> NDArray[np.int64]:
        """Return the questions that differ most, most first; those that do not differ are out.

        By the share of items replaced, then of slots changed, then the earlier question.
        """
        order = np.lexsort((np.arange(len(self.changed)), -self.changed, -self.replaced))
        return order[self.changed[order] > 0][:most]


def diff_replays(before: Rows, after: Rows, facts: Facts, *, most: int = 10) -> ReplayDiff:
    """Compare the lists that the same questions got twice.

    Parameters
    ----------
    before, after
        Item rows, best first, shape ``(n, k)``; -1 fills up. No list has an item twice.
    most
        How many winners and losers to name.

    Raises
    ------
    ValueError
        There are not as many lists after as before.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} lists before and {len(after)} after")
    before, after = _as_wide(before, after), _as_wide(after, before)
    slots = ((before >= 0) | (after >= 0)).sum(axis=1)
    other = (before != after).sum(axis=1)
    common = ((before[:, :, None] == after[:, None, :]) & (before >= 0)[:, :, None]).sum((1, 2))
    longer = np.maximum((before >= 0).sum(axis=1), (after >= 0).sum(axis=1))
    old, new = exposure(before, len(facts)), exposure(after, len(facts))
    wins, losses = _moved(old, new, most)
    return ReplayDiff(
        changed=_share(other, slots),
        replaced=_share(longer - common, longer),
        slots_changed=float(other.sum() / max(slots.sum(), 1)),
        items_replaced=float((longer - common).sum() / max(longer.sum(), 1)),
        before=shown(before, facts),
        after=shown(after, facts),
        wins=wins,
        losses=losses,
        categories=by_group(old, new, facts.category),
    )


def exposure(lists: Rows, n_items: int) -> NDArray[np.int64]:
    """Return in how many slots each item stands."""
    return np.bincount(lists[lists >= 0], minlength=n_items)


def shown(lists: Rows, facts: Facts) -> Shown:
    """Return what lists show together; nothing shown has a coverage and a popularity of 0."""
    rows = lists[lists >= 0]
    products = len(np.unique(rows))
    prices = facts.price[rows]
    priced = prices[~np.isnan(prices)]
    return Shown(
        slots=len(rows),
        products=products,
        coverage=products / max(len(facts), 1),
        price=float(priced.mean()) if len(priced) else None,
        popularity=float(facts.popularity[rows].mean()) if len(rows) else 0.0,
    )


def _moved(
    old: NDArray[np.int64], new: NDArray[np.int64], most: int
) -> tuple[tuple[Exposure, ...], tuple[Exposure, ...]]:
    change = new - old
    order = np.argsort(-change, kind="stable")  # ties: the smaller row
    wins = [row for row in order[:most] if change[row] > 0]
    losses = [row for row in np.argsort(change, kind="stable")[:most] if change[row] < 0]
    return _exposures(wins, old, new), _exposures(losses, old, new)


def by_group(old: NDArray[np.int64], new: NDArray[np.int64], group: Rows) -> tuple[Exposure, ...]:
    """Return the groups of items whose exposure is different, the largest difference first.

    Parameters
    ----------
    old, new
        In how many slots each item stands, see :func:`exposure`.
    group
        Number of each item's group, such as its brand; -1 for none.
    """
    known = group >= 0
    size = int(group.max(initial=-1)) + 1
    before, after = (
        np.bincount(group[known], weights=counts[known], minlength=size).astype(np.int64)
        for counts in (old, new)
    )
    change = after - before
    order = np.argsort(-np.abs(change), kind="stable")
    return _exposures([row for row in order if change[row]], before, after)


def _exposures(
    rows: Sequence[Any], old: NDArray[np.int64], new: NDArray[np.int64]
) -> tuple[Exposure, ...]:
    return tuple(Exposure(int(row), int(old[row]), int(new[row])) for row in rows)


def _share(part: NDArray[np.int64], of: NDArray[np.int64]) -> Floats:
    return (part / np.maximum(of, 1)).astype(np.float32)


def _as_wide(lists: Rows, other: Rows) -> Rows:
    """Return lists filled up with -1 to the width of the wider of two."""
    missing = max(other.shape[1] - lists.shape[1], 0)
    return np.pad(lists, ((0, 0), (0, missing)), constant_values=-1)
