"""People's names: a subject is written for a whole segment, so it must hold nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from recsys.copywriting.checks.evidence import Evidence
from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.text import Brief

_NAME = r"(?P<name>[^\W\d_a-zß-öø-ÿ][^\W\d_]+)"
# "Dear Anna, ..."; the words that are nobody's name are in the word file.
_GREETING = re.compile(
    r"^\W{0,20}(?:(?i:Dear|Hi|Hello|Hey|Good morning|Liebe[rs]?|Hallo|Guten Tag|Bonjour|Hola|Ciao"
    rf"|Hej|Ol[áa]|Cze[śs][ćc]))[ ,]+{_NAME}(?: [^\W\d_a-z][^\W\d_]+)?\s?[,!:\u2013\u2014-]"
)
# "Jolanda, your tea is back"
_CALLED = re.compile(
    rf"^\W{{0,20}}{_NAME}\s?[,:!\u2013\u2014-]\s?(?i:your?|we|here|for you|dein\w*|ihre?|du|wir)\b"
)
_SAINTS = frozenset({"st", "saint", "sankt"})


@lru_cache(maxsize=1)
def _first_names() -> frozenset[str]:
    return frozenset(name for names in load("names")["first"].values() for name in names.split())


def check_names(
    part: Part, evidence: Evidence, tags: list[tuple[int, int]], brief: Brief
) -> Iterator[Finding]:
    """Find whom a text greets, and in an e-mail all first names that stand in no fact."""
    told: set[int] = set()
    for pattern in (_GREETING, _CALLED) if brief.kind == "subject" else (_GREETING,):
        match = pattern.match(part.text)
        if match is None or _is_none(match["name"], evidence) or _within(match.span("name"), tags):
            continue
        sure = pattern is _GREETING or match["name"].casefold() in _first_names()
        told.add(match.start("name"))
        yield _finding(part, match["name"], match.span("name"), blocks=sure)
    if brief.kind != "subject" or part.lows.isdisjoint(_forms()):
        return
    for before, word in pairwise([None, *part.words]):
        if word is None or word.start in told or word.low not in _forms():
            continue
        saint = before is not None and before.low in _SAINTS
        small = word.text[0].islower() and not part.text.islower()
        name = word.text.removesuffix("s").rstrip("'\u2019") if "'" in word.low else word.text
        if saint or small or name.casefold() in evidence.words:
            continue
        if not _within((word.start, word.end), tags):
            yield _finding(part, name, (word.start, word.end))


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return _first_names() | {f"{name}'s" for name in _first_names()}


def _is_none(name: str, evidence: Evidence) -> bool:
    low = name.casefold()
    common = load("stopwords")["stopwords"].values()
    return (
        name in load("leaks")["greeted"]["no_names"]
        or low in evidence.words
        or any(low in words.split() for words in common)
    )


def _within(span: tuple[int, int], tags: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in tags)


def _finding(part: Part, name: str, span: tuple[int, int], *, blocks: bool = True) -> Finding:
    words = (
        f"“{name}” is a person's name that stands in no field; use a merge tag instead."
        if blocks
        else f"“{name}” may be a person's name; if it is one, use a merge tag instead."
    )
    return Finding(
        check="personal",
        words=words,
        where=part.where,
        start=span[0],
        end=span[1],
        blocks=blocks,
    )
