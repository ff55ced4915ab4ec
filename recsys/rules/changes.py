"""What differs between two states of rules and settings, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from recsys.rules.book import NamedSet, RuleBook
from recsys.rules.rule import Rule
from recsys.rules.saying import (
    SHELF_WORDS,
    Names,
    counted,
    moment_words,
    rule_title,
    rule_words,
    scope_words,
    target_words,
)
from recsys.rules.shelf_settings import ShelfSettings
from recsys.types import SHELVES, ShelfName

ChangeKind = Literal["added", "removed", "changed", "settings", "set"]


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    words
        A sentence for people; names in it are the shop's text.
    rule_id
        The rule that was added, removed or changed; else 0.
    placement
        Whose settings were changed; else empty, also for what all shelves of a page share.
    set_id
        The collection or segment that was deleted or whose members changed; else 0.
    """

    kind: ChangeKind
    words: str
    rule_id: int = 0
    placement: ShelfName | Literal[""] = ""
    set_id: int = 0


def book_changes(before: RuleBook, after: RuleBook, names: Names | None = None) -> list[Change]:
    """Say what ``after`` has that ``before`` had not, and the other way round.

    Rules come first, by id, then settings, then the sets that both name: their members, and
    whether they are there at all.
    """
    names = names or Names()
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    found: list[Change] = []
    for rule_id in sorted(old.keys() | new.keys()):
        if rule_id not in old:
            words = _with_name(new[rule_id], names)
            found.append(Change("added", f"Added: {words}.", rule_id))
        elif rule_id not in new:
            words = _with_name(old[rule_id], names)
            found.append(Change("removed", f"Removed: {words}.", rule_id))
        elif parts := rule_changes(old[rule_id], new[rule_id], names):
            words = f"{rule_title(old[rule_id])} changed: {'; '.join(parts)}."
            found.append(Change("changed", words, rule_id))
    for shelf in SHELVES:
        if parts := settings_changes(before.of(shelf), after.of(shelf)):
            words = f"Settings of {SHELF_WORDS[shelf]}: {'; '.join(parts)}."
            found.append(Change("settings", words, placement=shelf))
    if before.no_repeats != after.no_repeats:
        words = f"One product on several shelves of a page: {page_change(before.no_repeats)}."
        found.append(Change("settings", words))
    return found + _set_changes(before, after)


def rule_changes(before: Rule, after: Rule, names: Names | None = None) -> list[str]:
    """Say which fields of a rule differ: ``slot 2 -> 3``."""
    names = names or Names()
    pairs = [
        ("name", before.name, after.name),
        ("kind", before.kind, after.kind),
        ("products", target_words(before.target, names), target_words(after.target, names)),
        (
            "where",
            scope_words(before.scope, names) or "everywhere",
            scope_words(after.scope, names) or "everywhere",
        ),
        ("slot", str(before.slot), str(after.slot)),
        ("strength", before.strength, after.strength),
        ("priority", str(before.priority), str(after.priority)),
        (
            "starts",
            moment_words(before.starts) or "at once",
            moment_words(after.starts) or "at once",
        ),
        ("ends", moment_words(before.ends) or "never", moment_words(after.ends) or "never"),
        ("switched", "on" if before.on else "off", "on" if after.on else "off"),
    ]
    found = [f"{word} {old} -> {new}" for word, old, new in pairs if old != new]
    # Words cut long lists short, and two lists may then read the same.
    if before.target != after.target and not any(one.startswith("products ") for one in found):
        found.append(f"products, of {target_words(after.target, names)}")
    if before.scope != after.scope and not any(one.startswith("where ") for one in found):
        found.append(f"where, {scope_words(after.scope, names)}")
    return found


def settings_changes(before: ShelfSettings, after: ShelfSettings) -> list[str]:
    """Say which settings differ: ``diversity none -> medium``."""
    old, new = _settings_words(before), _settings_words(after)
    return [f"{word} {old[word]} -> {new[word]}" for word in old if old[word] != new[word]]


def page_change(before: bool) -> str:
    """Say how ``no_repeats`` changed from what it was."""
    return "no -> yes" if before else "yes -> no"


def _settings_words(settings: ShelfSettings) -> dict[str, str]:
    again = settings.repurchase_days
    return {
        "leave out bought products": "yes" if settings.leave_out_bought else "no",
        "bought products may come again": "never" if again is None else f"after {_days(again)}",
        "diversity": settings.diversity,
        "most of one category": _limit(settings.most_of_category),
        "most of one brand": _limit(settings.most_of_brand),
        "freshness": settings.freshness,
        "less of what everybody buys": settings.less_popular,
        "price affinity": settings.price_affinity,
        "share of surprises": f"{settings.surprise:.4g}",
        "fallbacks": ", ".join(settings.fallbacks) or "none",
    }


def _days(number: int) -> str:
    return counted(number, "day")


def _limit(number: int | None) -> str:
    return "no limit" if number is None else str(number)


def _with_name(rule: Rule, names: Names) -> str:
    words = rule_words(rule, names)
    return words if rule.name in {"", words} else f"{rule.name}: {words}"


def _set_changes(before: RuleBook, after: RuleBook) -> list[Change]:
    found: list[Change] = []
    for set_id in sorted(before.sets.keys() | after.sets.keys()):
        old, new = before.sets.get(set_id), after.sets.get(set_id)
        if old and new:
            words = _set_change(old, new)
        elif old:
            words = _deleted(old, after)
        else:
            back = after.sets[set_id]
            there = any(_names_set(rule, back) for rule in before.rules)
            has = counted(len(back.members), "member")
            words = f"{_called(back)} is there again, with {has}." if there else ""
        if words:
            found.append(Change("set", words, set_id=set_id))
    return found


def _deleted(one: NamedSet, after: RuleBook) -> str:
    """Say what rules that still name a deleted set do without it; empty where none does."""
    parts: list[str] = []
    for rule in after.rules:
        if not _names_set(rule, one):
            continue
        named = rule.target.collections if one.kind == "collection" else rule.scope.segments
        nothing = "match nothing" if one.kind == "collection" else "hold for nobody"
        # A rule that names another one, too, goes on with that.
        goes_on = any(other in after.sets for other in named)
        left = f"go on without this {one.kind}" if goes_on else nothing
        title = rule_title(rule)
        parts.append(f"{title[0].lower()}{title[1:]} will {left}")
    return f"{_called(one)} was deleted: {'; '.join(parts)}." if parts else ""


def _names_set(rule: Rule, one: NamedSet) -> bool:
    return one.id in (*rule.target.collections, *rule.scope.segments)


def _called(one: NamedSet) -> str:
    return f"{one.kind.capitalize()} {one.name}"


def _set_change(before: NamedSet, after: NamedSet) -> str:
    old, new = frozenset(before.members), frozenset(after.members)
    parts = [
        f"{counted(len(some), f'{word} member')}"
        for some, word in ((new - old, "new"), (old - new, "former"))
        if some
    ]
    if not parts:
        return ""
    return f"{_called(after)} has {' and '.join(parts)} since it was published."
