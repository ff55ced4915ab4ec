"""The rules and settings that hold for one list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recsys.rules.rule import Rule
from recsys.rules.saying import title_of
from recsys.rules.shelf_settings import ShelfSettings
from recsys.shelves.facts import Facts

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


def beats(one: Rule, other: Rule) -> bool:
    """Say whether one rule has its way where two cannot: the higher priority, then the older."""
    return right_of(one) < right_of(other)


def right_of(rule: Rule) -> tuple[int, int]:
    """Return what rules are sorted by: the one with the greater right first."""
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
