"""Whether materials, colours, properties, brands and places stand in the facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.copywriting.checks.denials import check_denials
from recsys.copywriting.checks.evidence import Evidence, bears
from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import Mention, brands, lexicon, load, parents
from recsys.copywriting.checks.pairing import is_pairing
from recsys.copywriting.checks.phrasing import check_phrasing
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.checks.units import unit_of

_CHECKS = {"comparison": "superlative", "ingredient": "property", "pairing": "property"}
# A trade name has a capital inside, or a sign behind it: "HydroShield", "Dryline™".
_INNER = re.compile(r"\b[A-Z]?[a-z]+[A-Z][A-Za-z]+\b|(?<![\w-])[^\W\d_][\w-]*(?=[™®])")
_GERMAN_NOUNS = frozenset({"Staub", "Anker", "Mammut"})
_FREE = re.compile(r"\b([^\W\d_]{3,})[- ]free\b(?! of| from)", re.IGNORECASE)


def check_terms(part: Part, evidence: Evidence) -> Iterator[Finding | Receipt]:
    """Find every material, colour, property, certification and superlative in the facts."""
    passed: list[tuple[int, int]] = []
    mentions = lexicon(part.language).mentions(part.words, passed=passed)
    for mention in mentions:
        yield from _judge(part, mention, evidence)
    taken = [(mention.start, mention.end) for mention in mentions]
    # Ingredients are mostly passed over: "low in fat" is for the other check to find.
    told = [(one.start, one.end) for one in mentions if one.term.kind != "ingredient"]
    yield from check_phrasing(part, evidence, [*told, *passed])
    yield from check_denials(part, evidence, taken)
    if part.language == "en":
        yield from _free(part, evidence, taken)


def _judge(part: Part, mention: Mention, evidence: Evidence) -> Iterator[Finding | Receipt]:
    kind = mention.term.kind
    fact, against = bears(mention, evidence)
    start, end = mention.start, mention.end
    if fact is not None:
        yield Receipt(start=start, end=end, field=fact.field, value=fact.value, where=part.where)
        return
    shown = part.text[start:end]
    if mention.denied and kind in ("superlative", "offer", "comparison"):
        return
    if against is not None:
        denied = "not " if mention.denied and not mention.term.denies else ""
        words = (
            f"“{denied}{shown}” is the reverse of the field “{against.field}”:"
            f" “{_short(against.value)}”. Say what stands there, or remove it."
        )
        yield _finding(part, "negation", words, start, end)
        return
    if kind == "ingredient" and not mention.denied:
        return
    if kind == "pairing" and mention.term.id.split()[-1] not in evidence.words:
        return
    words = _unsupported(shown, mention, evidence)
    worn_with = part.language == "en" and kind in ("material", "colour")
    if worn_with and is_pairing(part.words, mention.first, mention.last):
        words = f"“{shown}” seems to be said of what goes with it; see for yourself."
        yield _finding(part, kind, words, start, end, blocks=False)
        return
    yield _finding(part, _CHECKS.get(kind, kind), words, start, end)


def _unsupported(shown: str, mention: Mention, evidence: Evidence) -> str:
    if mention.denied and not mention.term.denies:
        return (
            f"No field {evidence.whose} says that it is without “{shown}”;"
            " remove it, or add it as a feature."
        )
    narrower = next(
        (
            fact
            for term, fact in evidence.said.items()
            if term in parents().get(mention.term.id, ()) and term != mention.term.id
        ),
        None,
    )
    if narrower is not None:
        return (
            f"“{shown}” says more than the field “{narrower.field}”: “{_short(narrower.value)}”."
            " Say what stands there."
        )
    return f"“{shown}” stands in no field {evidence.whose}; remove it, or add it as a feature."


def _free(
    part: Part, evidence: Evidence, taken: list[tuple[int, int]]
) -> Iterator[Finding | Receipt]:
    """Find "lint-free" and whatever else is said not to be there."""
    harmless = _harmless()
    for match in _FREE.finditer(part.text):
        shown, word = match.group(), match.group(1).casefold()
        start, end = match.span()
        if f"{word} free" in harmless or any(a < end and start < b for a, b in taken):
            continue
        if word in load("form")["before_free"].split() or part.text[: match.start()].endswith("-"):
            continue
        if f"{word} free" in evidence.text.replace("-", " ") or f"without {word}" in evidence.text:
            continue
        words = f"“{shown}” stands in no field {evidence.whose}; remove it, or add it as a feature."
        yield _finding(part, "property", words, start, end)


def _harmless() -> frozenset[str]:
    return frozenset(load("harmless")["harmless"]["en"])


def check_brands(part: Part, evidence: Evidence, tags: list[tuple[int, int]]) -> Iterator[Finding]:
    """Find brands and trade names that no field has."""
    words = part.words
    known = brands()
    for at, word in enumerate(words):
        if part.language == "de" and word.text in _GERMAN_NOUNS:
            continue
        for brand in known.get(word.text, ()):
            last = at + len(brand)
            if tuple(one.text for one in words[at:last]) != brand:
                continue
            if all(piece.casefold() in evidence.words for piece in brand):
                continue
            yield _brand(part, word.start, words[last - 1].end)
    for match in _INNER.finditer(part.text):
        name = match.group()
        listed = any(name in brand for options in known.values() for brand in options)
        if any(match.start() < end and start < match.end() for start, end in tags):
            continue
        if unit_of(name.casefold()) is not None:
            continue
        if name.casefold() not in evidence.text and not listed:
            yield _brand(part, *match.span())


def _brand(part: Part, start: int, end: int) -> Finding:
    shown = part.text[start:end]
    words = f"“{shown}” is a name that stands in no field; remove it, or add it to the facts."
    return _finding(part, "brand", words, start, end)


def _finding(
    part: Part, check: str, words: str, start: int, end: int, *, blocks: bool = True
) -> Finding:
    return Finding(check=check, words=words, where=part.where, start=start, end=end, blocks=blocks)


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
