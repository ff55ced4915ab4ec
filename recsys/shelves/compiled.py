"""A rule book read against a catalogue: which rules hold for one list, and for which products."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule, Target
from recsys.rules.saying import rule_title
from recsys.rules.schedule import moment
from recsys.shelves.applied import Applied, Held, Mask, right_of
from recsys.shelves.facts import Facts
from recsys.shelves.targets import matching, named_set, products_of
from recsys.types import ShelfName

_MOST_BOOKS = 8  # kept, with a byte a product for each target in use


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
            self._masks[number] = products_of(self.book, self.book.rules[number].target, facts)
        return self._masks[number]


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
        mask = products_of(self.book, target, self.facts)
        return every[matching(target, mask, self.facts, now)(every)]

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
            held[kind].append(Held(rule, matching(rule.target, mask, self.facts, now)))
            notes += self._nothing(rule, mask)
        kinds = {
            kind: tuple(sorted(some, key=lambda one: right_of(one.rule)))
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
            return [f"{rule_title(rule)} names a collection that was deleted."]
        if rule.target.newer_than_days is not None and not self.facts.launched.any():
            return [f"{rule_title(rule)} goes by launch dates, and the catalogue has none."]
        if not mask.any() and rule.kind != "pin":
            return [f"{rule_title(rule)} matches no product of the catalogue."]
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
