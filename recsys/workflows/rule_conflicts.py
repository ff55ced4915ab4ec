"""What is wrong with a draft as a whole, said before it goes live."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from recsys.releases.live import LiveView
from recsys.rules.book import RuleBook
from recsys.rules.conflicts import Conflict, meet
from recsys.rules.rule import Rule, Target
from recsys.rules.saying import SHELF_WORDS, counted, moment_words, rule_title
from recsys.rules.schedule import standing
from recsys.shelves.applied import beats
from recsys.shelves.compiled import Compiled, compile_book
from recsys.shelves.facts import facts_of
from recsys.types import LIMITS, SHELVES, ShelfName

MANY = 500
_MOST_PAIRS = 100  # told; nobody mends more at once
_NAMED = 3

Rows = NDArray[np.int64]


def match_counts(
    book: RuleBook, view: LiveView, rules: Sequence[Rule] | None = None
) -> dict[int, int]:
    """Return how many products of the live catalogue rules match now; None: all of the book."""
    compiled = compile_book(book, facts_of(view))
    rules = book.rules if rules is None else rules
    return {rule.id: len(compiled.products(rule.target)) for rule in rules}


def products_of(book: RuleBook, view: LiveView, target: Target) -> NDArray[np.int64]:
    """Return the rows of the live catalogue that a target means now."""
    return compile_book(book, facts_of(view)).products(target)


def conflicts(book: RuleBook, view: LiveView, *, now: float | None = None) -> list[Conflict]:
    """Say in words what in a book does not do what it says, warnings first.

    Rules that are switched off get in nobody's way.

    Parameters
    ----------
    now
        Seconds since the epoch; None for this moment.
    """
    now = time.time() if now is None else now
    compiled = compile_book(book, facts_of(view))
    found: list[Conflict] = []
    if len(book.rules) >= MANY:
        words = f"There are {len(book.rules):,} rules: nobody keeps so many in mind."
        found.append(Conflict("note", words))
    found += _set_faults(book, view)
    active: list[tuple[Rule, Rows]] = []
    for rule in book.rules:
        stands = standing(rule, now=now, time_zone=book.time_zone)
        if stands == "off":
            continue
        if stands == "ended":
            found.append(_note(rule, f"has ended on {moment_words(rule.ends)} and does nothing"))
            continue
        if stands == "waits":
            found.append(_note(rule, f"waits until {moment_words(rule.starts)}"))
        rows = compiled.products(rule.target, now=now)
        found += _own_faults(rule, rows, compiled, view)
        active.append((rule, rows))
    found += islice(_pairs(active, compiled), _MOST_PAIRS)
    return sorted(found, key=lambda one: one.severity != "warning")


def _set_faults(book: RuleBook, view: LiveView) -> Iterable[Conflict]:
    release = view.release
    for one in book.sets.values():
        users = [
            rule.id
            for rule in book.rules
            if one.id in (*rule.target.collections, *rule.scope.segments)
        ]
        known = release.item_ids if one.kind == "collection" else release.user_ids
        unknown = sum(member not in known for member in one.members)
        called = f"{one.kind.capitalize()} {one.name!r}"
        if not one.members:
            yield Conflict("warning", f"{called} is empty.", tuple(users))
        elif unknown:
            what = "products" if one.kind == "collection" else "shoppers"
            words = (
                f"{called}: {unknown:,} of its {counted(len(one.members), 'member')}"
                f" {'is' if unknown == 1 else 'are'} not among the live {what}."
            )
            severity = "warning" if unknown == len(one.members) else "note"
            yield Conflict(severity, words, tuple(users))


def _own_faults(rule: Rule, rows: Rows, compiled: Compiled, view: LiveView) -> Iterable[Conflict]:
    gone = list(_deleted_sets(rule, compiled.book))
    yield from gone
    known = compiled.facts.item_ids
    unknown = [one for one in rule.target.items if one not in known]
    if unknown:
        words = f"names {_some(unknown)}, which the live catalogue does not have"
        yield (_warning if len(unknown) == len(rule.target.items) else _note)(rule, words)
    elif not len(rows) and not gone:
        yield _warning(rule, _why_nothing(rule, compiled))
    if rule.kind == "pin":
        yield from _pin_faults(rule, rows, compiled, view)
    if rule.kind == "only" and len(rows):
        shown = int((_may_show(view)[rows]).sum())
        places: Sequence[ShelfName] = rule.scope.placements or SHELVES
        shelves: list[ShelfName] = [s for s in places if LIMITS[s][0] > shown]
        if shelves:
            words = (
                f"leaves {counted(shown, 'product')} in stock, and"
                f" {SHELF_WORDS[shelves[0]]} shows {LIMITS[shelves[0]][0]}"
            )
            yield _warning(rule, words)


def _deleted_sets(rule: Rule, book: RuleBook) -> Iterable[Conflict]:
    for kind, ids in (("collection", rule.target.collections), ("segment", rule.scope.segments)):
        gone = [one for one in ids if one not in book.sets]
        if gone:
            left = "it matches nothing" if kind == "collection" else "it holds for nobody"
            words = f"names a {kind} that was deleted"
            yield _warning(rule, words if len(gone) < len(ids) else f"{words}, so {left}")


def _why_nothing(rule: Rule, compiled: Compiled) -> str:
    facts = compiled.facts
    missing = [name for name in rule.target.attributes if facts.column(name) is None]
    if missing:
        return f"goes by {_some(missing)}, and the live catalogue has no such column"
    if rule.target.newer_than_days is not None and not facts.launched.any():
        return "goes by launch dates, and the live catalogue has none"
    alone = _lasting(rule.target)
    if alone != rule.target and alone != Target() and len(compiled.products(alone)):
        return "matches no product at the live prices, stock and launch dates"
    return "matches no product of the live catalogue"


def _lasting(target: Target) -> Target:
    # Without what changes from day to day.
    daily = ("price_min", "price_max", "stock_min", "stock_max", "newer_than_days")
    return target.model_copy(update=dict.fromkeys(daily))


def _pin_faults(rule: Rule, rows: Rows, compiled: Compiled, view: LiveView) -> Iterable[Conflict]:
    for row in rows.tolist():
        if view.hidden[row] or view.stock[row] < 1:
            why = "is hidden now" if view.hidden[row] else "is sold out"
            yield _note(rule, f"waits: {compiled.facts.named(row)} {why}")
    last = rule.slot + max(len(rule.target.items), 1) - 1
    shelves: Sequence[ShelfName] = rule.scope.placements or SHELVES
    never: list[ShelfName] = [shelf for shelf in shelves if rule.slot > LIMITS[shelf][1]]
    if never:
        where, most = _every(never), LIMITS[never[0]][1]
        yield _warning(rule, f"pins to slot {rule.slot}, and {where} never shows more than {most}")
    short: list[ShelfName] = [
        shelf for shelf in shelves if shelf not in never and last > LIMITS[shelf][0]
    ]
    if short:
        words = f"pins to slot {last}, which {_every(short)} shows only where more are asked for"
        yield _note(rule, words)


def _pairs(active: list[tuple[Rule, Rows]], compiled: Compiled) -> Iterable[Conflict]:
    """Say where two rules want different things of one list."""
    by_kind: dict[str, list[tuple[Rule, Rows]]] = {}
    for rule, rows in active:
        by_kind.setdefault(rule.kind, []).append((rule, rows))
    book, named = compiled.book, compiled.facts.named
    pins = by_kind.get("pin", [])
    for (one, some), (other, more) in combinations(pins, 2):
        if one.slot == other.slot and meet(one, other, book):
            first, second = (one, other) if beats(one, other) else (other, one)
            yield _both(
                first, second, f"pin to slot {one.slot}: the first has it, the other the next free"
            )
        elif len(both := np.intersect1d(some, more)) and meet(one, other, book):
            yield _both(one, other, f"pin {named(int(both[0]))}: it stands in one place only")
    for pin, rows in pins:
        for other, theirs in (*by_kind.get("hide", []), *by_kind.get("only", [])):
            inside = np.isin(rows, theirs)
            barred = rows[inside if other.kind == "hide" else ~inside]
            if len(barred) and meet(pin, other, book):
                winner = other if beats(other, pin) else pin
                does = "hides it" if other.kind == "hide" else "includes other products only"
                words = (
                    f"{rule_title(pin)} pins {named(int(barred[0]))} and"
                    f" {_lower(rule_title(other))} {does}:"
                    f" {_lower(rule_title(winner))} has its way."
                )
                yield Conflict("warning", words, (pin.id, other.id))
    for boost, rows in by_kind.get("boost", []):
        for bury, theirs in by_kind.get("bury", []):
            if meet(boost, bury, book):
                both = np.intersect1d(rows, theirs, assume_unique=True)
                if len(both):
                    what = counted(len(both), "product")
                    words = f"move {what} in opposite directions, such as {named(int(both[0]))}"
                    yield _both(boost, bury, words)
    yield from _in_vain(by_kind, book)


def _in_vain(by_kind: dict[str, list[tuple[Rule, Rows]]], book: RuleBook) -> Iterable[Conflict]:
    """Say which rules are left with no product by another one."""
    only = by_kind.get("only", [])
    for (one, some), (other, more) in combinations(only, 2):
        if len(some) and len(more) and not np.isin(some, more).any() and meet(one, other, book):
            yield _both(one, other, "include only products that the other leaves out: none is left")
    for kind in ("only", "boost", "bury"):
        for rule, rows in by_kind.get(kind, []):
            for hide, hidden in by_kind.get("hide", []):
                if len(rows) and np.isin(rows, hidden).all() and meet(rule, hide, book):
                    words = (
                        f"{rule_title(hide)} hides every product of {_lower(rule_title(rule))},"
                        " which does nothing where both hold."
                    )
                    yield Conflict("warning", words, (rule.id, hide.id))


def _may_show(view: LiveView) -> NDArray[np.bool_]:
    return (view.stock > 0) & ~view.hidden


def _warning(rule: Rule, words: str) -> Conflict:
    return Conflict("warning", f"{rule_title(rule)} {words}.", (rule.id,))


def _note(rule: Rule, words: str) -> Conflict:
    return Conflict("note", f"{rule_title(rule)} {words}.", (rule.id,))


def _both(one: Rule, other: Rule, words: str) -> Conflict:
    titles = f"{rule_title(one)} and {_lower(rule_title(other))}"
    return Conflict("warning", f"{titles} both {words}.", (one.id, other.id))


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _every(shelves: Sequence[ShelfName]) -> str:
    *rest, last = (SHELF_WORDS[shelf] for shelf in shelves)
    return f"{', '.join(rest)} or {last}" if rest else last


def _some(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _NAMED:,} more" if len(texts) > _NAMED else ""
    return ", ".join(map(repr, texts[:_NAMED])) + more
