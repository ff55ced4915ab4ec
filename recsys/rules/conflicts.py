"""Where rules get in each other's way, or in their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule
from recsys.rules.schedule import together

Severity = Literal["warning", "note"]


@dataclass(frozen=True)
class Conflict:
    """Something that whoever publishes has to know.

    Attributes
    ----------
    severity
        "warning": a rule does not do what it says. "note": it does, later or in part.
    words
        A sentence for people; names in it are the shop's text.
    rule_ids
        The rules it is about.
    """

    severity: Severity
    words: str
    rule_ids: tuple[int, ...] = ()


def meet(one: Rule, other: Rule, book: RuleBook) -> bool:
    """Tell whether two rules can hold for one list: placement, page, audience and time."""
    here, there = one.scope, other.scope
    return (
        _share(here.placements, there.placements)
        and _share(here.anchor_items, there.anchor_items)
        and _share(here.anchor_categories, there.anchor_categories)
        and (
            _share(here.segments, there.segments)
            or not audience(one, book).isdisjoint(audience(other, book))
        )
        and together(one, other, time_zone=book.time_zone)
    )


def _share(one: Sequence[object], other: Sequence[object]) -> bool:
    """Tell whether two lists have something in common; an empty one means everything."""
    return not one or not other or not frozenset(one).isdisjoint(other)


def audience(rule: Rule, book: RuleBook) -> frozenset[str]:
    """Return the shoppers that a rule is for, where it names segments."""
    sets = (book.sets.get(one) for one in rule.scope.segments)
    return frozenset(member for one in sets if one for member in one.members)
