"""Whether materials, colours, properties, brands and places stand in the facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recsys.copywriting.checks.evidence import Evidence, bears
from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import Mention, brands, lexicon, load, parents
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.checks.units import unit_of

_CHECKS = {"comparison": "superlative", "ingredient": "property", "pairing": "property"}
# "the most comfortable", not "most of all", "the most of it", "most people".
_MOST = re.compile(
    r"\b(?:the|our|world['\u2019]s|your) most (?!of\b|out\b|from\b)[a-z]+", re.IGNORECASE
)
# A trade name has a capital inside, or a sign behind it: "HydroShield", "Dryline™".
_INNER = re.compile(r"\b[A-Z]?[a-z]+[A-Z][A-Za-z]+\b|(?<![\w-])[^\W\d_][\w-]*(?=[™®])")
_FREE = re.compile(r"\b([^\W\d_]{3,})[- ]free\b(?! of| from)", re.IGNORECASE)


def check_terms(part: Part, evidence: Evidence) -> Iterator[Finding | Receipt]:
    """Find every material, colour, property, certification and superlative in the facts."""
    mentions = lexicon(part.language).mentions(part.words)
    for mention in mentions:
        yield from _judge(part, mention, evidence)
    taken = [(mention.start, mention.end) for mention in mentions]
    if part.language == "en":
        yield from _most(part, evidence)
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


def _most(part: Part, evidence: Evidence) -> Iterator[Finding]:
    for match in _MOST.finditer(part.text):
        if match.group().casefold() not in evidence.text:
            words = f"“{match.group()}” is a superlative that stands in no field; remove it."
            yield _finding(part, "superlative", words, *match.span())


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


def _finding(part: Part, check: str, words: str, start: int, end: int) -> Finding:
    return Finding(check=check, words=words, where=part.where, start=start, end=end)


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
