"""Pins: products that somebody put into a place by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recsys.shelves.applied import Applied, Held, beats
from recsys.types import Mark


@dataclass(frozen=True)
class Pinned:
    """A list with its pins.

    Attributes
    ----------
    rows
        At most as many as were asked for.
    marks
        Row -> which pin holds it there.
    waiting
        Row -> why its pin does not hold.
    notes
        The same for people.
    """

    rows: list[int]
    marks: Mapping[int, Mark]
    waiting: Mapping[int, str]
    notes: tuple[str, ...]


def pinned(
    rows: Sequence[int], applied: Applied, *, n: int, may_show: Callable[[int], str]
) -> Pinned:
    """Put the pins into their places and cut the list to ``n``.

    A pinned product leaves its other place, and so do the variants of it. Of two pins on one place
    the one with the greater right has it; the other takes the next one that is free. Several
    products of one pin take one place after the other.

    Parameters
    ----------
    may_show
        Says why a product may not be shown now, empty where it may: no pin beats stock, "hide now"
        and what the visitor filters by.
    """
    if not applied.pins:
        return Pinned(list(rows[:n]), {}, {}, ())
    facts = applied.facts
    slots: dict[int, tuple[int, Held]] = {}
    waiting: dict[int, str] = {}
    notes: list[str] = []
    for held in applied.pins:
        slot = held.rule.slot
        for item_id in held.rule.target.items:
            row = facts.item_ids.row(item_id)
            if row is None:
                notes.append(f"{held.title}: the catalogue has no product {item_id!r}.")
                continue
            placed = [there for there, _ in slots.values()]
            why = may_show(row) or _barred(row, held, applied) or _double(row, placed, applied)
            free = next((place for place in range(slot, n + 1) if place not in slots), None)
            if not why and free is None:
                why = (
                    f"there is no free place from {slot} to {n}"
                    if slot <= n
                    else (f"it is pinned to place {slot} and the shelf has {n}")
                )
            if why or free is None:
                waiting[row] = why
                notes.append(f"{held.title}: {facts.named(row)} waits, since {why}.")
                continue
            if free != slot:
                notes.append(
                    f"{held.title}: {facts.named(row)} stands at {free}, since"
                    f" {slots[slot][1].title} holds place {slot}."
                )
            slots[free] = (row, held)
            slot = free + 1
    found, marks = _placed(rows, applied, slots, n)
    return Pinned(found, marks, waiting, tuple(notes))


def _placed(
    rows: Sequence[int], applied: Applied, slots: Mapping[int, tuple[int, Held]], n: int
) -> tuple[list[int], dict[int, Mark]]:
    """Return the list with the pins in their slots, and the marks that say so."""
    taken = np.array([row for row, _ in slots.values()], np.int64)
    order = np.array(rows, np.int64)
    out = np.isin(order, taken)
    groups = applied.facts.groups
    if groups is not None:
        theirs = groups[taken]
        out |= np.isin(groups[order], theirs[theirs >= 0])
    others = iter(order[~out].tolist())
    pins = dict(sorted(slots.items()))
    found: list[int] = []
    marks: dict[int, Mark] = {}
    while len(found) < n:
        here = len(found) + 1
        row = None if here in pins else next(others, None)
        if row is None:
            if not pins:
                break
            # The place itself, or on a short list the next one that there is.
            slot = here if here in pins else min(pins)
            row, held = pins.pop(slot)
            words = f"Pinned #{here} by {held.title}"
            marks[row] = Mark("pinned", words, held.rule.id)
        found.append(row)
    return found, marks


def _barred(row: int, pin: Held, applied: Applied) -> str:
    """Say which rule with a greater right keeps a product off the list."""
    one = np.array([row])
    for held in applied.hides:
        if held.match(one)[0] and beats(held.rule, pin.rule):
            return f"{held.title} hides it"
    for held in applied.only:
        if not held.match(one)[0] and beats(held.rule, pin.rule):
            return f"{held.title} includes other products only"
    return ""


def _double(row: int, placed: Sequence[int], applied: Applied) -> str:
    """Say that a product, or a variant of it, is pinned already."""
    if row in placed:
        return "another rule pins it"
    groups = applied.facts.groups
    if groups is not None and groups[row] >= 0 and groups[row] in groups[list(placed)]:
        return "another variant of it is pinned"
    return ""
