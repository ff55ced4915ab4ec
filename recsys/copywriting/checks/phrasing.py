"""Claims that are known by their form: superlatives, and phrases with a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from recsys.copywriting.checks.evidence import Evidence
from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import load, small_words
from recsys.copywriting.checks.tokens import Part, Token, cut, root
from recsys.copywriting.text import Fact

# "the most comfortable", not "most of all", "the most of it", "most people".
_MOST = re.compile(
    r"\b(?:the|our|world['\u2019]s|your) most (?!of\b|out\b|from\b)[a-z]+"
    r"|\bmost [a-z]+(?:able|ible|ful|ous|ive|ic)\b",
    re.IGNORECASE,
)
_GERMAN = re.compile(r"[a-zäöüß]{3,}st(?:e|en|er|es|em)")
_ORDINALS = re.compile(r"(?:[zß]ig|hundert|tausend)st")
_BEFORE_GERMAN = frozenset(
    {"der", "die", "das", "den", "dem", "am", "unser", "unsere", "dein", "deine", "ihr"}
)


class _Phrase(NamedTuple):
    when: frozenset[str]
    find: re.Pattern[str]
    other: frozenset[str]  # words of which one in the facts is enough


def check_phrasing(
    part: Part, evidence: Evidence, taken: list[tuple[int, int]]
) -> Iterator[Finding | Receipt]:
    """Find superlatives by their ending, and phrases that claim whatever fills them.

    Parameters
    ----------
    taken
        Spans of which a word file has said what they are.
    """
    for start, end in _superlatives(part, evidence):
        if not _inside(start, end, taken):
            words = f"“{part.text[start:end]}” is a superlative that stands in no field; remove it."
            yield Finding(check="superlative", words=words, where=part.where, start=start, end=end)
    if part.language != "en":
        return
    for phrase in _phrases():
        if part.lows.isdisjoint(phrase.when) or phrase.other & evidence.words:
            continue
        for match in phrase.find.finditer(part.text):
            start, end = match.span()
            if _inside(start, end, taken):
                continue
            fact = _bearing(match.group(), evidence)
            if fact is not None:
                yield Receipt(
                    start=start, end=end, field=fact.field, value=fact.value, where=part.where
                )
                continue
            words = (
                f"“{match.group()}” stands in no field {evidence.whose};"
                " remove it, or add it as a feature."
            )
            yield Finding(check="property", words=words, where=part.where, start=start, end=end)


def _inside(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(first < end and start < last for first, last in taken)


def _superlatives(part: Part, evidence: Evidence) -> Iterator[tuple[int, int]]:
    if part.language == "de":
        for before, word in zip(part.words, part.words[1:], strict=False):
            if before.low in _BEFORE_GERMAN and _is_german(word) and word.low not in evidence.words:
                yield word.start, word.end
    if part.language != "en":
        return
    for match in _MOST.finditer(part.text):
        if match.group().casefold() not in evidence.text:
            yield match.span()
    harmless, times = _listed("no_en"), _listed("times")
    words = part.words
    for at, word in enumerate(words):
        if len(word.low) < 5 or not word.low.endswith("est") or word.low in evidence.words:
            continue
        after = words[at + 1].low if at + 1 < len(words) and not words[at + 1].broken else ""
        even = any(one.low == "even" for one in words[max(at - 3, 0) : at])
        if word.low not in harmless and after not in times and not even:
            yield word.start, word.end


def _is_german(word: Token) -> bool:
    low = word.text  # nouns have a capital, and are none
    return (
        bool(_GERMAN.fullmatch(low))
        and "sst" not in low
        and low not in _listed("no_de")
        and not _ORDINALS.search(low)
    )


def _bearing(shown: str, evidence: Evidence) -> Fact | None:
    """Return the fact that has all words of a phrase and denies nothing."""
    small = small_words("en")
    wanted = {root(token.low) for token in cut(shown) if token.low not in small}
    for known in evidence.known:
        if wanted <= {root(token.low) for token in known.tokens}:
            return known.fact
    return None


@lru_cache(maxsize=8)
def _listed(name: str) -> frozenset[str]:
    return frozenset(load("phrasing")["superlative"][name].split())


@lru_cache(maxsize=1)
def _phrases() -> tuple[_Phrase, ...]:
    return tuple(
        _Phrase(
            frozenset(entry["when"].split()),
            re.compile(rf"\b(?:{entry['find']})\b", re.IGNORECASE),
            frozenset(entry.get("or", "").split()),
        )
        for entry in load("phrasing")["phrase"]
    )
