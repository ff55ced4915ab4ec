"""A rule book read against a catalogue: which rules hold for one list, and for which products."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.data.ids import IdMap
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.rules.book import NamedSet, RuleBook, SetKind
from recsys.rules.rule import Rule, Target
from recsys.rules.schedule import moment
from recsys.rules.shelf_settings import ShelfSettings
from recsys.shelves.facts import Facts
from recsys.types import ShelfName

_DAY = 86_400
_MOST_BOOKS = 8  # kept, with a byte a product for each target in use
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Held:
    """A rule that holds for one list.

    Attributes
    ----------
    match
        Says of some rows whether they are products of the rule.
    """

    rule: Rule
    match: Callable[[NDArray[np.int64]], Mask]

    @property
    def title(self) -> str:
        """What the rule is called where there is little room."""
        return title_of(self.rule)


def title_of(rule: Rule) -> str:
    """Return the name of a rule, or else its number."""
    return rule.name or (f"rule {rule.id}" if rule.id else "the new rule")


def label_of(rule: Rule) -> str:
    """Return the number and the name of a rule."""
    return f"rule {rule.id}: {rule.name}" if rule.id and rule.name else title_of(rule)


def beats(one: Rule, other: Rule) -> bool:
    """Say whether one rule has its way where two cannot: the higher priority, then the older."""
    return _order(one) < _order(other)


def _order(rule: Rule) -> tuple[int, int]:
    # What was never kept is the youngest.
    return (-rule.priority, rule.id or 2**62)


@dataclass(frozen=True)
class Applied:
    """The rules and settings that hold for one list, those with the greater right first.

    Attributes
    ----------
    now
        Seconds since the epoch: from here the age of a launch counts.
    boosts
        Boosts and buries.
    idle
        Rule id -> why it does not hold here.
    notes
        What somebody who made a rule has to know.
    """

    facts: Facts
    now: float
    settings: ShelfSettings
    pins: tuple[Held, ...] = ()
    hides: tuple[Held, ...] = ()
    only: tuple[Held, ...] = ()
    boosts: tuple[Held, ...] = ()
    idle: Mapping[int, str] = field(default_factory=dict[int, str])
    notes: tuple[str, ...] = ()

    @property
    def bars(self) -> bool:
        """Whether any product is kept off the list."""
        return bool(self.hides or self.only)

    def kept(self, rows: NDArray[np.int64]) -> Mask:
        """Say which products all include-only rules let through."""
        found = np.ones(len(rows), np.bool_)
        for held in self.only:
            found &= held.match(rows)
        return found

    def hidden(self, rows: NDArray[np.int64]) -> Mask:
        """Say which products a rule hides."""
        found = np.zeros(len(rows), np.bool_)
        for held in self.hides:
            found |= held.match(rows)
        return found


class _Book:
    """What is worked out once for a book and a catalogue, each thing at its first use."""

    def __init__(self, book: RuleBook, facts: Facts) -> None:
        self.book = book
        self.ids = facts.item_ids
        self._masks: dict[int, Mask] = {}
        self._audiences: dict[int, frozenset[str]] = {}

    @cached_property
    def times(self) -> list[tuple[float, float]]:
        """Start and end of each rule, in seconds since the epoch."""
        zone = self.book.time_zone
        return [
            (
                moment(rule.starts, zone) if rule.starts else -np.inf,
                moment(rule.ends, zone) if rule.ends else np.inf,
            )
            for rule in self.book.rules
        ]

    @cached_property
    def anchors(self) -> list[frozenset[int]]:
        """The rows of the anchor products of each rule."""
        return [frozenset(self.ids.rows(rule.scope.anchor_items)) for rule in self.book.rules]

    def audience(self, set_id: int) -> frozenset[str]:
        if set_id not in self._audiences:
            found = named_set(self.book, set_id, "segment")
            self._audiences[set_id] = frozenset(found.members if found else ())
        return self._audiences[set_id]

    def mask(self, number: int, facts: Facts) -> Mask:
        """Say which products a rule names, prices, stock and newness apart."""
        if number not in self._masks:
            self._masks[number] = _static(self.book, self.book.rules[number].target, facts)
        return self._masks[number]


def named_set(book: RuleBook, set_id: int, kind: SetKind) -> NamedSet | None:
    """Return a set that a book names; None where it was deleted."""
    found = book.sets.get(set_id)
    return found if found is not None and found.kind == kind else None


def _static(book: RuleBook, target: Target, facts: Facts) -> Mask:
    """Return a mask over all products: every given field of the target has to hold."""
    count = len(facts.item_ids)
    if target == Target():
        return np.zeros(count, np.bool_)
    found = np.ones(count, np.bool_)
    if target.items:
        found &= _members(facts.item_ids, target.items)
    if target.collections:
        sets = (named_set(book, one, "collection") for one in target.collections)
        found &= _members(facts.item_ids, [i for one in sets if one for i in one.members])
    if target.categories:
        found &= facts.category.among(target.categories)
    if target.brands:
        found &= facts.brand.among(target.brands)
    for name, values in target.attributes.items():
        column = facts.column(name)
        found &= np.zeros(count, np.bool_) if column is None else column.among(values)
    return found


def _members(ids: IdMap, members: Sequence[str]) -> Mask:
    found = np.zeros(len(ids), np.bool_)
    found[ids.rows(members)] = True
    return found


def _matching(
    target: Target, mask: Mask, facts: Facts, now: float
) -> Callable[[NDArray[np.int64]], Mask]:
    """Return what says of rows whether they match a target, by the live price and stock."""

    def match(rows: NDArray[np.int64]) -> Mask:
        found = mask[rows]
        if target.price_min is not None:
            found = found & (facts.price[rows] >= target.price_min)
        if target.price_max is not None:
            found = found & (facts.price[rows] <= target.price_max)
        if target.stock_min is not None or target.stock_max is not None:
            stock = facts.stock[rows]
            found = found & (stock < UNKNOWN_STOCK) & (stock >= (target.stock_min or 0))
            if target.stock_max is not None:
                found = found & (stock <= target.stock_max)
        if target.newer_than_days is not None:
            launched = facts.launched[rows]
            found = found & (launched > 0) & (launched >= now - target.newer_than_days * _DAY)
        return found

    return match


class _Asked(NamedTuple):
    shelf: ShelfName
    user_id: str
    anchors: Sequence[int]
    now: float


@dataclass(frozen=True)
class Compiled:
    """A rule book for one catalogue as it stands now; see :func:`compile_book`."""

    book: RuleBook
    facts: Facts
    known: _Book

    def products(self, target: Target, *, now: float | None = None) -> NDArray[np.int64]:
        """Return the rows of the products that a target names now."""
        now = time.time() if now is None else now
        every = np.arange(len(self.facts.item_ids))
        mask = _static(self.book, target, self.facts)
        return every[_matching(target, mask, self.facts, now)(every)]

    def applied(
        self,
        shelf: ShelfName,
        *,
        user_id: str = "",
        anchors: Sequence[int] = (),
        now: float | None = None,
    ) -> Applied:
        """Return the rules that hold for one list.

        Parameters
        ----------
        user_id
            For whom it is; empty for nobody in particular, for whom no audience rule holds.
        anchors
            Rows of the products beside which it stands: the page's, or those in the cart.
        now
            Seconds since the epoch; None for this moment.
        """
        now = time.time() if now is None else now
        asked = _Asked(shelf, user_id, anchors, now)
        held: dict[str, list[Held]] = {"pin": [], "hide": [], "only": [], "boost": []}
        idle: dict[int, str] = {}
        notes: list[str] = []
        for number, rule in enumerate(self.book.rules):
            why = self._idle(number, asked)
            if why:
                idle[rule.id] = why
                continue
            mask = self.known.mask(number, self.facts)
            kind = "boost" if rule.kind == "bury" else rule.kind
            held[kind].append(Held(rule, _matching(rule.target, mask, self.facts, now)))
            notes += self._nothing(rule, mask)
        kinds = {
            kind: tuple(sorted(some, key=lambda one: _order(one.rule)))
            for kind, some in held.items()
        }
        return Applied(
            self.facts,
            now,
            self.book.of(shelf),
            pins=kinds["pin"],
            hides=kinds["hide"],
            only=kinds["only"],
            boosts=kinds["boost"],
            idle=idle,
            notes=tuple(notes),
        )

    def _idle(self, number: int, asked: _Asked) -> str:
        """Say why a rule does not hold for a list; empty where it does."""
        rule = self.book.rules[number]
        if not rule.on:
            return "switched off"
        return self._not_now(number, rule, asked) or self._not_here(number, rule, asked)

    def _not_now(self, number: int, rule: Rule, asked: _Asked) -> str:
        starts, ends = self.known.times[number]
        if asked.now < starts:
            return f"starts {rule.starts.replace('T', ' ')}"
        return f"ended {rule.ends.replace('T', ' ')}" if asked.now >= ends else ""

    def _not_here(self, number: int, rule: Rule, asked: _Asked) -> str:
        scope = rule.scope
        if scope.placements and asked.shelf not in scope.placements:
            return "for other placements"
        if scope.anchor_items and self.known.anchors[number].isdisjoint(asked.anchors):
            return "beside other products"
        if scope.anchor_categories:
            values, codes = self.facts.category.values, self.facts.category.codes
            beside: set[str] = {values[int(codes[row])] for row in asked.anchors if codes[row] >= 0}
            if beside.isdisjoint(scope.anchor_categories):
                return "beside other categories"
        if not scope.segments:
            return ""
        if not any(named_set(self.book, one, "segment") for one in scope.segments):
            return "its audience was deleted"
        own = any(asked.user_id in self.known.audience(one) for one in scope.segments)
        return "" if own else "for another audience"

    def _nothing(self, rule: Rule, mask: Mask) -> list[str]:
        """Say that a rule matches no product at all, and why where that is known."""
        gone = [
            one
            for one in rule.target.collections
            if named_set(self.book, one, "collection") is None
        ]
        if gone:
            return [f"{title_of(rule)} names a collection that was deleted."]
        if rule.target.newer_than_days is not None and not self.facts.launched.any():
            return [f"{title_of(rule)} goes by launch dates, and the catalogue has none."]
        if not mask.any() and rule.kind != "pin":
            return [f"{title_of(rule)} matches no product of the catalogue."]
        return []


_lock = threading.Lock()
_books: OrderedDict[tuple[int, int], _Book] = OrderedDict()


def compile_book(book: RuleBook, facts: Facts) -> Compiled:
    """Read a rule book against a catalogue.

    What depends on neither price, stock nor time is worked out once for a book and a release, and
    kept for the last few of them; so this is cheap for every request.
    """
    key = (id(book), id(facts.item_ids))
    with _lock:
        found = _books.get(key)
        if found is None:
            # It holds on to both, so that no other object takes their place in memory.
            found = _books[key] = _Book(book, facts)
            while len(_books) > _MOST_BOOKS:
                _books.popitem(last=False)
        else:
            _books.move_to_end(key)
    return Compiled(book, facts, found)
