"""Whether every number of a text stands in the facts, with its unit and with what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.copywriting.checks.evidence import Evidence
from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.quantities import Quantity, quantities
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.text import Fact

# Of these a text that says another number most likely means the one that a field has.
_MEASURES = frozenset(
    {"length", "mass", "volume", "power", "voltage", "charge", "time", "celsius", "data", "food"}
)
_LETTERS = re.compile(r"([^\W\d_]+)[ -]$")
_PLAIN = re.compile(r"[\W_]+")


def check_numbers(
    part: Part, evidence: Evidence, skip: list[tuple[int, int]]
) -> Iterator[Finding | Receipt]:
    """Find every number in the facts, or say that it is not there.

    Parameters
    ----------
    skip
        Spans that other checks answer for: dates, merge tags, telephone numbers.
    """
    for number in quantities(part.tokens, part.language):
        start, end = number.start, number.end
        if any(start < last and first < end for first, last in skip):
            continue
        fact, other = _find(number, part, evidence)
        if fact is not None:
            yield Receipt(
                start=start, end=end, field=fact.field, value=fact.value, where=part.where
            )
        else:
            check, words = _say(part.text[start:end], number, other, evidence)
            blocks = not _is_small(number, part) or _counted(number, evidence)
            yield Finding(
                check=check, words=words, where=part.where, start=start, end=end, blocks=blocks
            )


def borne_out(number: Quantity, numbers: list[Quantity]) -> bool:
    """Whether one of a fact's numbers is this one and counts the same."""
    return any(number.equals(one) and _counts_alike(number, one) for one in numbers)


def _find(number: Quantity, part: Part, evidence: Evidence) -> tuple[Fact | None, Fact | None]:
    """Return the fact that a number stands in, and one with its digits but another unit."""
    if number.kind == "code":
        wanted = _PLAIN.sub("", part.text[number.start : number.end].casefold())
        for known in evidence.known:
            if wanted in _PLAIN.sub("", known.fact.value.casefold()):
                return known.fact, None
        return None, None
    if number.kind == "" and (named := _named(number, part, evidence)):
        return named, None
    other: Fact | None = None
    for known in evidence.known:
        for one in known.numbers:
            if _same(number, one):
                if _counts_alike(number, one) and not (one.bound and not number.bound):
                    return known.fact, None
                other = other or known.fact
            elif number.kind == one.kind and number.kind in _MEASURES:
                same = set(number.plain) & set(one.plain)
                other = known.fact if same else other or known.fact
    return None, other


def _is_small(number: Quantity, part: Part) -> bool:
    """Whether it is a "two" or "three" of common speech: "works for two devices".

    Not where it counts parts, or what comes with the product: "two pockets", "with two brushes".
    """
    shown = part.text[number.start : number.end]
    if number.kind or number.plain not in ((2.0,), (3.0,)) or not shown.isalpha():
        return False
    if part.text[number.end : number.end + 1] == "-":
        return False  # "three-layer"
    before = re.findall(r"[^\W\d_]+", part.text[max(number.start - 20, 0) : number.start])
    after = re.findall(r"[^\W\d_]+", part.text[number.end : number.end + 40])[:3]
    form = load("form")
    parts = {word.casefold() for word in after} & {*form["parts"], *form["counted"]}
    return not parts and not (before and before[-1].casefold() in form["gives"])


def _named(number: Quantity, part: Part, evidence: Evidence) -> Fact | None:
    """Find "IP 67" where a field says "IP67"."""
    match = _LETTERS.search(part.text[max(number.start - 20, 0) : number.start])
    if match is None:
        return None
    wanted = f"{match[1]}{part.text[number.start : number.end]}".casefold()
    whole = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    found = (known.fact for known in evidence.known if whole.search(known.fact.value.casefold()))
    return next(found, None)


def _counted(number: Quantity, evidence: Evidence) -> bool:
    """Whether a fact counts the same things, and so says another number of them."""
    return any(
        one.kind in ("", "pieces") and bool(number.after & (one.after | one.before))
        for known in evidence.known
        for one in known.numbers
    )


def _same(number: Quantity, one: Quantity) -> bool:
    if number.equals(one):
        return True
    pieces = {number.kind, one.kind} == {"", "pieces"}
    bare = number.kind == "" and not number.after and one.kind not in ("code", "percent")
    if pieces:
        return bool(set(number.values) & set(one.values))
    if bare:
        return bool(set(number.plain) & set(one.plain))
    return False


def _counts_alike(number: Quantity, one: Quantity) -> bool:
    if number.kind == "percent" and number.after and one.kind == "percent":
        # "Merino makes up 80% of the knit" names it before.
        around = number.after | number.before if "mak" in number.before else number.after
        return bool(around & (one.after or one.before))
    if number.kind or one.kind:  # the unit says what is counted
        return not _measures_else(number, one)
    around = number.after | number.before
    year = len(number.plain) == 1 and 1500 <= number.plain[0] <= 2100
    return year or not around or bool(around & (one.after | one.before))


def _measures_else(number: Quantity, one: Quantity) -> bool:
    """Whether words near both say what they measure, and not the same: width and depth."""
    return bool(number.sorts and one.sorts) and not number.sorts & one.sorts


def _say(shown: str, number: Quantity, other: Fact | None, evidence: Evidence) -> tuple[str, str]:
    if other is None:
        return "number", (
            f"“{shown}” stands in no field {evidence.whose}; remove it, or add it as a fact."
        )
    alike = any(set(number.plain) & set(one.plain) for one in _numbers_of(other, evidence))
    value = other.value if len(other.value) <= 60 else other.value[:59] + "…"
    numbers = _numbers_of(other, evidence)
    if any(number.equals(one) and _measures_else(number, one) for one in numbers):
        return "number", (
            f"“{shown}” measures something else in the field “{other.field}”: “{value}”."
            " Say it as it is there."
        )
    return "unit" if number.kind and alike else "number", (
        f"“{shown}” is not what the field “{other.field}” says: “{value}”. Say it as it is there."
    )


def _numbers_of(fact: Fact, evidence: Evidence) -> list[Quantity]:
    return [one for known in evidence.known if known.fact is fact for one in known.numbers]
