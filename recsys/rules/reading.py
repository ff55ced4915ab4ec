"""Rules at the door: whatever comes in is a rule, or an error that lists all that is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from recsys.errors import InputError
from recsys.rules.book import SetKind
from recsys.rules.rule import Rule, Target
from recsys.rules.saying import moment_words
from recsys.rules.schedule import moment
from recsys.types import SHELVES

# Similar and Also bought have a product that they stand beside.
_ANCHORED = frozenset({"similar", "also_bought"})
# What a list of ids may hold; more belong into a collection.
MOST_ITEMS = 1_000


def read_rule(
    document: Mapping[str, Any],
    *,
    sets: Mapping[int, SetKind],
    time_zone: str = "UTC",
    now: float | None = None,
) -> Rule:
    """Return the rule that a document says.

    A day without a time is taken whole: a rule starts with it and ends after it.

    Parameters
    ----------
    document
        The fields of :class:`Rule` as JSON has them.
    sets
        The collections and segments there are.
    now
        Refuse a rule that has ended before; None takes it.

    Raises
    ------
    InputError
        It is none; the message lists every fault.
    """
    given: dict[str, Any] = {"target": {}, **document}
    for key in ("starts", "ends"):
        if isinstance(given.get(key), str):
            given[key] = _whole_day(given[key].strip(), end=key == "ends")
    faults: list[str] = []
    try:
        rule = Rule.model_validate(given)
    except ValidationError as error:
        faults = [_sentence(dict(one)) for one in error.errors()]
        rule = _the_rest(given, {one["loc"][0] for one in error.errors()})
    if rule is not None:
        faults += rule_faults(rule, sets=sets, time_zone=time_zone, now=now)
    if faults or rule is None:
        raise InputError(
            " ".join(dict.fromkeys(faults)),
            hint="Mend the rule and save it again; nothing has changed.",
        )
    return rule


def rule_faults(
    rule: Rule, *, sets: Mapping[int, SetKind], time_zone: str = "UTC", now: float | None = None
) -> list[str]:
    """Return what is wrong with a rule whose fields are right one by one, as sentences."""
    return [
        *_target_faults(rule),
        *_scope_faults(rule),
        *_time_faults(rule, time_zone, now),
        *_set_faults(rule, sets),
    ]


def _target_faults(rule: Rule) -> Iterable[str]:
    target = rule.target
    if target == Target():
        yield "The rule is about no products: give it a target."
    elif rule.kind == "pin" and not target.items:
        yield "A pin needs the id of a product."
    for word, low, high in (
        ("price", target.price_min, target.price_max),
        ("stock", target.stock_min, target.stock_max),
    ):
        if low is not None and high is not None and low > high:
            yield f"The lowest {word} {low:,.10g} is above the highest {high:,.10g}."
    if len(target.items) > MOST_ITEMS:
        yield (
            f"The rule names {len(target.items):,} products, and {MOST_ITEMS:,} is the most:"
            " make a collection of them."
        )
    texts = [*target.items, *target.categories, *target.brands, *target.attributes]
    texts += [text for values in target.attributes.values() for text in values]
    if not all(text.strip() for text in texts):
        yield "An id or a value of the target is empty."
    for name in sorted(name for name, values in target.attributes.items() if not values):
        yield f"Which {name} is meant is not said."


def _scope_faults(rule: Rule) -> Iterable[str]:
    scope = rule.scope
    if not all(text.strip() for text in (*scope.anchor_items, *scope.anchor_categories)):
        yield "An id or a category that the rule stands beside is empty."
    beside = bool(scope.anchor_items or scope.anchor_categories)
    if beside and scope.placements and not _ANCHORED.intersection(scope.placements):
        yield (
            "A rule beside a product or a category holds on Similar and Also bought only, and this"
            " one is for neither."
        )


def _time_faults(rule: Rule, time_zone: str, now: float | None) -> Iterable[str]:
    times: dict[str, float] = {}
    for key in ("starts", "ends"):
        text = str(getattr(rule, key))
        if not text:
            continue
        try:
            times[key] = moment(text, time_zone)
        except (ValueError, OverflowError):
            yield f"{key} is {text!r}; write the shop's local time as 2026-12-01T08:00."
    if "ends" not in times:
        return
    if "starts" in times and times["starts"] >= times["ends"]:
        yield (
            f"The rule starts on {moment_words(rule.starts)}, which is not before it ends on"
            f" {moment_words(rule.ends)}."
        )
    elif now is not None and times["ends"] <= now:
        yield f"The rule has ended on {moment_words(rule.ends)}."


def _set_faults(rule: Rule, sets: Mapping[int, SetKind]) -> Iterable[str]:
    named: list[tuple[SetKind, Sequence[int]]] = [
        ("collection", rule.target.collections),
        ("segment", rule.scope.segments),
    ]
    for kind, ids in named:
        for set_id in ids:
            if sets.get(set_id) != kind:
                yield f"There is no {kind} {set_id}."


def _whole_day(text: str, *, end: bool) -> str:
    """Return the first moment of a day, or the first after it; other text as it is."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d")
        return (day + timedelta(days=int(end))).strftime("%Y-%m-%dT%H:%M")
    except (ValueError, OverflowError):
        return text


def _the_rest(given: Mapping[str, Any], faulty: set[int | str]) -> Rule | None:
    """Return a rule of the fields that can be read, so that their faults are told, too."""
    if "target" in faulty or "kind" in faulty:
        return None  # what is wrong with these would be told twice
    try:
        return Rule.model_validate({key: one for key, one in given.items() if key not in faulty})
    except ValidationError:
        return None


# Of pydantic's errors -> what to say of the value that was found.
_SAID = {
    "literal_error": "; it has to be {expected}",
    "greater_than_equal": "; it has to be {ge} or more",
    "less_than_equal": "; it has to be {le} or less",
    "int_type": ", which is not a whole number",
    "int_parsing": ", which is not a whole number",
    "int_from_float": ", which is not a whole number",
    "float_type": ", which is not a number",
    "float_parsing": ", which is not a number",
    "finite_number": ", which is not a number",
    "bool_type": "; it has to be true or false",
    "bool_parsing": "; it has to be true or false",
    "string_type": ", which is not text",
    "tuple_type": ", which is not a list",
    "model_type": ", which is not an object with fields",
    "dict_type": ", which is not an object with fields",
}


def _sentence(problem: Mapping[str, Any]) -> str:
    """Say in words what is wrong with one field."""
    path = ".".join(str(part) for part in problem["loc"])
    kind, limits = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        return f"{path} is missing."
    if kind == "extra_forbidden":
        return f"A rule has no field {path!r}."
    if kind == "string_too_long":
        return f"{path} is longer than {limits['max_length']} characters."
    if kind == "literal_error" and "placements" in problem["loc"]:
        return f"There is no placement {problem['input']!r}; there are {', '.join(SHELVES)}."
    if path == "slot" and "than_equal" in kind:
        return f"slot is {problem['input']}; slots go from 1 to 50."
    said = _SAID.get(kind, f", which cannot be used there ({problem['msg']})").format(**limits)
    return f"{path} is {_short(problem['input'])}{said}."


def _short(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
