"""What a fact denies in words that no list has: "Not suitable for induction hobs"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import lru_cache

from recsys.copywriting.checks.evidence import NOTHING, Evidence
from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.lexicon import lexicon, load, negators, small_words
from recsys.copywriting.checks.tokens import Part, Token, cut, root
from recsys.copywriting.text import Fact

_FAR = 6  # words behind a denial, or before what it denies


def check_denials(
    part: Part, evidence: Evidence, taken: list[tuple[int, int]]
) -> Iterator[Finding]:
    """Find what a field denies, said as if it were so.

    Parameters
    ----------
    taken
        Spans that the word files answer for.
    """
    if part.language != "en":
        return
    denied: dict[str, Fact] = {}
    for known in evidence.known:
        for word in _denied(known.fact.field, known.fact.value):
            denied.setdefault(word, known.fact)
    if not denied:
        return
    words = part.words
    for at, word in enumerate(words):
        fact = denied.get(root(word.low))
        if fact is None or any(start < word.end and word.start < end for start, end in taken):
            continue
        if _is_denied(words, at):
            continue
        value = fact.value if len(fact.value) <= 60 else fact.value[:59] + "…"
        said = (
            f"“{word.text}” is denied by the field “{fact.field}”: “{value}”."
            " Say what stands there, or remove it."
        )
        yield Finding(
            check="negation", words=said, where=part.where, start=word.start, end=word.end
        )


@lru_cache(maxsize=4096)
def _denied(name: str, value: str) -> tuple[str, ...]:
    """Return the roots of what a fact denies: of its label, and of what follows "not"."""
    if value.strip().casefold() in NOTHING:
        return _first(cut(name), frozenset())
    words = [token for token in cut(value) if token.kind != "mark"]
    listed = _listed("denies")
    if listed.isdisjoint(word.low for word in words):
        return ()
    known = {
        place
        for mention in lexicon("en").mentions(words, strict=False)
        for place in range(words[mention.first].start, mention.end)
    }
    found: tuple[str, ...] = ()
    for at, word in enumerate(words):
        if word.low not in listed or (at and words[at - 1].low in _listed("verbs")):
            continue
        behind: list[Token] = []
        for one in words[at + 1 : at + 1 + _FAR]:
            if one.broken or one.low in _listed("ends"):
                break
            behind.append(one)
        if not behind or behind[0].low not in _listed("cancels"):
            found += _first(behind, known)
    return found


def _first(words: Sequence[Token], known: Set[int]) -> tuple[str, ...]:
    """Return the first word that names a thing: of "suitable for induction hobs", induction.

    None where the word files know it, at the characters ``known``.
    """
    small = small_words("en") | _listed("general")
    for word in words:
        if word.start in known:
            break
        if word.kind == "word" and word.low not in small and len(word.low) > 3:
            return (root(word.low),)
    return ()


def _is_denied(words: Sequence[Token], at: int) -> bool:
    if at + 1 < len(words) and words[at + 1].low == "free" and not words[at + 1].broken:
        return True
    deny = negators("en")["deny"] | negators("en")["aside"]
    for near in range(at, max(at - _FAR, -1), -1):
        low = words[near].low
        if near < at and (low in deny or low.endswith("n't") or low in ("avoid", "off")):
            return near + 1 >= len(words) or words[near + 1].low not in _listed("cancels")
        if words[near].broken:
            break
    return False


@lru_cache(maxsize=8)
def _listed(name: str) -> frozenset[str]:
    return frozenset(load("denials")["denials"][name].split())
