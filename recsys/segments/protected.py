"""What the law protects: who goes by it is told, whatever the campaign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from recsys.releases.live import LiveView
from recsys.segments.definition import Conditions, Definition, Wanted
from recsys.segments.protected_words import protected_kind
from recsys.shelves.facts import Column, facts_of

_By = TypeVar("_By", Conditions, Wanted)


def warnings_of(view: LiveView, definition: Definition) -> list[str]:
    """Say where a definition goes by what the law protects, or by products marked as sensitive.

    No product, category or brand is named: these words stand in files, too.
    """
    conditions = conditions_of(definition)
    seeds = definition.seeds
    found = [_protected(column) for one in conditions for column in one.attributes]
    by = [*conditions, *([definition.wanted] if definition.wanted else [])]
    items = {item for one in by for item in one.items} | set(seeds.buyers_of if seeds else ())
    private = _sensitive_items(view, items)
    if private:
        found.append(
            f"It goes by {private} product{'s' if private > 1 else ''} marked as sensitive: being"
            " in this segment tells that of a person."
        )
    facts = facts_of(view)
    for one in by:
        found += [_told("category", _marked(view, facts.category, it)) for it in one.categories]
        found += [_told("brand", _marked(view, facts.brand, it)) for it in one.brands]
    return list(dict.fromkeys(filter(None, found)))


def conditions_of(definition: Definition) -> list[Conditions]:
    """Return the conditions of a definition: its own, and those of its seeds."""
    seeds = definition.seeds
    both = (definition.conditions, seeds and seeds.conditions)
    return [one for one in both if one is not None]


def masked(view: LiveView, definition: Definition) -> Definition:
    """Return a definition that names nothing sensitive, for a file that others may read."""
    seeds = definition.seeds
    if seeds is not None:
        buyers_of = _hidden_items(view, seeds.buyers_of)
        goes_by = _masked(view, seeds.conditions)
        seeds = seeds.model_copy(update={"buyers_of": buyers_of, "conditions": goes_by})
    conditions = _masked(view, definition.conditions)
    wanted = _masked(view, definition.wanted)
    update = {"seeds": seeds, "conditions": conditions, "wanted": wanted}
    return definition.model_copy(update=update)


def _protected(column: str) -> str:
    kind = protected_kind(column)
    if not kind:
        return ""
    return (
        f"It goes by {column!r}, which tells of {kind}. Treating people differently by that may be"
        " against the law; check that the campaign needs it."
    )


def _told(word: str, counts: tuple[int, int]) -> str:
    marked, every = counts
    if not marked:
        return ""
    if marked == every:
        return f"It goes by a sensitive {word}: being in this segment tells that of a person."
    return (
        f"It goes by a {word} of which {marked:,} of {every:,} products are marked as sensitive:"
        " being in this segment may tell that of a person."
    )


def _sensitive_items(view: LiveView, items: Iterable[str]) -> int:
    marked = view.release.sensitive
    if marked is None:
        return 0
    return int(marked[view.release.item_ids.rows(items)].sum())


def _marked(view: LiveView, column: Column, value: str) -> tuple[int, int]:
    """Return how many products of a value are marked as sensitive, and how many it has."""
    sensitive = view.release.sensitive
    if sensitive is None or not len(column.codes):
        return 0, 0
    has = column.among([value])
    return int(sensitive[has].sum()), int(has.sum())


def _masked(view: LiveView, one: _By | None) -> _By | None:
    if one is None:
        return None
    facts = facts_of(view)
    update = {
        "items": _hidden_items(view, one.items),
        "categories": _hidden(view, facts.category, one.categories, "a sensitive category"),
        "brands": _hidden(view, facts.brand, one.brands, "a sensitive brand"),
    }
    return one.model_copy(update=update)


def _hidden(view: LiveView, column: Column, values: Iterable[str], words: str) -> tuple[str, ...]:
    found = [(value, *_marked(view, column, value)) for value in values]
    return tuple(words if marked and marked == every else one for one, marked, every in found)


def _hidden_items(view: LiveView, items: Iterable[str]) -> tuple[str, ...]:
    return tuple("a sensitive product" if _sensitive_items(view, [one]) else one for one in items)
