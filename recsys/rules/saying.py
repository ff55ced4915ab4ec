"""Rules in words, the same everywhere: in lists, conflicts, reviews and on the command line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recsys.rules.rule import Rule, RuleKind, Scope, Target
from recsys.types import ShelfName

SHELF_WORDS: dict[ShelfName, str] = {
    "for_you": "For You",
    "similar": "Similar",
    "also_bought": "Also bought",
    "lookalikes": "Lookalikes",
    "buy_again": "Buy again",
}
_VERBS: dict[RuleKind, str] = {
    "pin": "Pin",
    "boost": "Boost",
    "bury": "Bury",
    "hide": "Hide",
    "only": "Show only",
}
_MOST_NAMED = 3


def _as_it_is(item_id: str) -> str:
    return item_id


@dataclass(frozen=True)
class Names:
    """What products and named sets are called.

    Attributes
    ----------
    item
        Id -> name; the id itself where nothing better is known.
    sets
        Id -> name of collections and segments; one that is missing was deleted.
    """

    item: Callable[[str], str] = _as_it_is
    sets: Mapping[int, str] = field(default_factory=dict[int, str])

    def set(self, set_id: int, word: str) -> str:
        """Return what a collection or segment is called."""
        return self.sets.get(set_id, f"a deleted {word} ({set_id})")


def rule_words(rule: Rule, names: Names | None = None) -> str:
    """Say a rule in one sentence: ``Pin Green tea to slot 2 on For You``."""
    names = names or Names()
    words = f"{_VERBS[rule.kind]} {target_words(rule.target, names)}"
    if rule.kind == "pin":
        words += f" to slot {rule.slot}"
    elif rule.kind in {"boost", "bury"}:
        words += f" ({rule.strength})"
    words += "".join(f" {part}" for part in (scope_words(rule.scope, names), _when(rule)) if part)
    return words if rule.on else f"{words}, switched off"


def rule_title(rule: Rule) -> str:
    """Return how a rule is called in a sentence: ``Rule 'Christmas'``."""
    return f"Rule {rule.name!r}" if rule.name else f"Rule {rule.id}"


def title_of(rule: Rule) -> str:
    """Return the name of a rule, or else its number."""
    return rule.name or (f"rule {rule.id}" if rule.id else "the new rule")


def label_of(rule: Rule) -> str:
    """Return the number and the name of a rule."""
    return f"rule {rule.id}: {rule.name}" if rule.id and rule.name else title_of(rule)


def target_words(target: Target, names: Names | None = None) -> str:
    """Say which products a target means."""
    names = names or Names()
    parts: list[str] = []
    if target.items:
        parts.append(_some([names.item(one) for one in target.items], "and"))
    if target.collections:
        called = [names.set(one, "collection") for one in target.collections]
        parts.append(f"collection {_some(called, 'or')}")
    if target.categories:
        parts.append(f"category {_some(target.categories, 'or')}")
    if target.brands:
        parts.append(f"brand {_some(target.brands, 'or')}")
    parts += [f"{name} {_some(values, 'or')}" for name, values in sorted(target.attributes.items())]
    parts += _range("price", target.price_min, target.price_max)
    parts += _range("stock", target.stock_min, target.stock_max)
    if target.newer_than_days is not None:
        parts.append(f"launched in the last {_days(target.newer_than_days)}")
    return ", ".join(parts) or "nothing"


def scope_words(scope: Scope, names: Names | None = None) -> str:
    """Say where and for whom a rule holds; empty where it holds everywhere for everybody."""
    names = names or Names()
    parts: list[str] = []
    if scope.placements:
        parts.append(f"on {_every([SHELF_WORDS[one] for one in scope.placements], 'and')}")
    if scope.anchor_items:
        parts.append(f"beside {_some([names.item(one) for one in scope.anchor_items], 'or')}")
    if scope.anchor_categories:
        parts.append(f"beside category {_some(scope.anchor_categories, 'or')}")
    if scope.segments:
        called = [names.set(one, "segment") for one in scope.segments]
        parts.append(f"for {_some(called, 'or')}")
    return " ".join(parts)


def moment_words(text: str) -> str:
    """Return a local time as people write it: ``1 Dec 2026, 08:00``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found.strftime("%-d %b %Y, %H:%M")


def ago(at: float, *, now: float | None = None) -> str:
    """Return how long ago a moment was: ``just now``, ``2 minutes ago``."""
    past = (time.time() if now is None else now) - at
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if past >= size:
            return f"{counted(int(past // size), word)} ago"
    return "just now"


def counted(number: int, word: str, plural: str = "") -> str:
    """Return ``1 product`` or ``1,200 products``."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def _when(rule: Rule) -> str:
    parts = [
        f"{word} {moment_words(text)}"
        for word, text in (("from", rule.starts), ("until", rule.ends))
        if text
    ]
    return " ".join(parts)


def _days(number: int) -> str:
    return "day" if number == 1 else f"{number} days"


def _range(word: str, low: float | None, high: float | None) -> Iterable[str]:
    if low is not None and high is not None:
        yield f"{word} {low:,.10g}" if low == high else f"{word} {low:,.10g} to {high:,.10g}"
    elif low is not None:
        yield f"{word} from {low:,.10g}"
    elif high is not None:
        yield f"{word} up to {high:,.10g}"


def _some(texts: Sequence[str], word: str) -> str:
    """Join some texts; of many, name the first and count the others."""
    if len(texts) > _MOST_NAMED:
        return f"{', '.join(texts[: _MOST_NAMED - 1])} {word} {len(texts) - _MOST_NAMED + 1:,} more"
    return _every(texts, word)


def _every(texts: Sequence[str], word: str) -> str:
    *rest, last = texts
    return f"{', '.join(rest)} {word} {last}" if rest else last
