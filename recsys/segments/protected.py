"""What the law protects: who goes by it is told, whatever the campaign."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from recsys.releases.live import LiveView
from recsys.segments.definition import Conditions, Definition
from recsys.segments.protected_words import protected_kind
from recsys.shelves.facts import Column, facts_of

_HIDDEN = "a sensitive {}"


def warnings_of(view: LiveView, definition: Definition) -> list[str]:
    """Say where a definition goes by what the law protects, or by products marked as sensitive.

    Neither a product nor a category nor a brand is named: these words go into files, too.
    """
    conditions = conditions_of(definition)
    found = [_protected(column) for one in conditions for column in one.attributes]
    items, categories, brands = _products(definition, conditions)
    private = _sensitive_items(view, items)
    if private:
        found.append(
            f"It goes by {private} product{'s' if private > 1 else ''} marked as sensitive: being"
            " in this segment tells that of a person."
        )
    facts = facts_of(view)
    for word, column, values in (
        ("category", facts.category, categories),
        ("brand", facts.brand, brands),
    ):
        found += [_told(word, *_marked(view, column, value)) for value in values]
    return list(dict.fromkeys(filter(None, found)))


def conditions_of(definition: Definition) -> list[Conditions]:
    """Return the conditions that a definition holds: its own, and those of its seeds."""
    seeds = definition.seeds
    both = (definition.conditions, seeds and seeds.conditions)
    return [one for one in both if one is not None]


def masked(view: LiveView, definition: Definition) -> Definition:
    """Return a definition that names nothing sensitive, for a file that others read."""
    facts = facts_of(view)

    def hidden(word: str, column: Column, values: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            _HIDDEN.format(word) if _all(*_marked(view, column, value)) else value
            for value in values
        )

    def items(values: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            _HIDDEN.format("product") if _sensitive_items(view, [value]) else value
            for value in values
        )

    def of[One: Conditions](one: One | None) -> One | None:
        return one and one.model_copy(
            update={
                "items": items(one.items),
                "categories": hidden("category", facts.category, one.categories),
                "brands": hidden("brand", facts.brand, one.brands),
            }
        )

    return definition


def _protected(column: str) -> str:
    kind = protected_kind(column)
    if not kind:
        return ""
    return (
        f"It goes by {column!r}, which tells of {kind}. Treating people differently by that may be"
        " against the law; check that the campaign needs it."
    )


def _told(word: str, marked: int, count: int) -> str:
    if not marked:
        return ""
    if _all(marked, count):
        return f"It goes by a sensitive {word}: being in this segment tells that of a person."
    return (
        f"It goes by a {word} of which {marked:,} of {count:,} products are marked as sensitive:"
        " being in this segment may tell that of a person."
    )
