"""Letters that hide words from the checks: invisible signs, look-alikes, words cut apart.

Readers see "Waterproof" in all of them; the lists of words do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from recsys.copywriting.checks.evidence import Evidence
from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.tokens import Part

# All but the letters of the languages that copy is written in, their marks and money signs.
_RARE = re.compile(r"[^\x00-\xac\xae-\u024f\u1e00-\u1eff\u2010-\u2029\u202f-\u205f\u20a0-\u20cf]")
# Nothing to see, though Unicode takes them for letters or signs.
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_JOINER, _SHOWN_AS = "\u200d", "\ufe0e\ufe0f\u20e3"
_WORD = re.compile(r"[^\W\d_]+")
# "o.r.g.a.n.i.c" and "o r g a n i c": four letters or more, each alone.
_APART = re.compile(
    r"(?<![^\W_])[^\W\d_](?:[.\-_*·|/~][^\W\d_](?![^\W_])){3,}|"
    r"(?<![^\W_]|['\u2019])[^\W\d_](?: [^\W\d_](?![^\W_])){4,}"
)
# "water*proof"; a hyphen, an apostrophe, a stop and a slash may stand in a word.
_INSIDE = re.compile(r"(?<=[^\W\d_])[*|~^=\\·•]+(?=[^\W\d_])")


def check_letters(part: Part, evidence: Evidence, tags: list[tuple[int, int]]) -> Iterator[Finding]:
    """Find what hides a word; letters of other scripts may stand where a fact has the word."""
    yield from _cut_apart(part, evidence, tags)
    if not _RARE.search(part.text):
        return
    for match in _WORD.finditer(part.text):
        word = match.group()
        if word.isascii() or word.casefold() in evidence.words:
            continue
        if any(_strange(letter) for letter in _RARE.findall(word)):
            words = f"“{word[:40]}” has letters that are not plain ones; write it in those."
            yield _finding(part, words, match.span())
    for match in _RARE.finditer(part.text):
        if _hides(part.text, match.start()):
            name = unicodedata.name(match[0], f"U+{ord(match[0]):04X}").lower()
            yield _finding(part, f"A sign that hides words, {name}; remove it.", match.span())


def _cut_apart(part: Part, evidence: Evidence, tags: list[tuple[int, int]]) -> Iterator[Finding]:
    for pattern in (_APART, _INSIDE):
        for match in pattern.finditer(part.text):
            start, end = match.span()
            if pattern is _INSIDE:
                start, end = _around(part.text, start, end)
            shown = part.text[start:end][:40]
            in_tag = any(start < last and first < end for first, last in tags)
            if not in_tag and shown.casefold() not in evidence.text:
                words = f"“{shown}” is a word cut into pieces; write it in one."
                yield _finding(part, words, (start, end))


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span to the letters on both sides, some thirty at most."""
    left = re.search(r"[^\W\d_]{0,30}$", text[max(0, start - 30) : start])
    right = re.match(r"[^\W\d_]{0,30}", text[end : end + 30])
    return start - len(left[0] if left else ""), end + len(right[0] if right else "")


@lru_cache(maxsize=4096)
def _strange(letter: str) -> bool:
    """Whether a letter is of another script, or a plain one in disguise.

    The signs of micro, ohm and of ordinals (µ, Ω, ª, º) stand in many honest texts.
    """
    if letter in "µμΩΩªº":
        return False
    return not unicodedata.name(letter, "").startswith("LATIN") or (
        unicodedata.normalize("NFKC", letter) != letter or "\u1d00" <= letter <= "\u1dbf"
    )


def _hides(text: str, at: int) -> bool:
    letter, before = text[at], text[at - 1 : at]
    if letter == _JOINER:  # between emoji it makes one of two
        return not before or before.isalpha() or before.isspace()
    if letter in _SHOWN_AS:
        return before.isalpha()
    if unicodedata.combining(letter):  # an accent that has a letter of its own with it is none
        return len(unicodedata.normalize("NFC", before + letter)) > 1
    return _disguised(letter)


@lru_cache(maxsize=4096)
def _disguised(letter: str) -> bool:
    """Whether nobody sees a sign, or sees a letter or digit in it; letters themselves are words."""
    if letter in _EMPTY:
        return True
    if letter in "™℠№" or letter.isalpha():
        return False
    category, plain = unicodedata.category(letter), unicodedata.normalize("NFKC", letter)
    if category in ("So", "Nd"):
        return plain != letter and plain.isalnum()
    return category in ("Cf", "Co", "Cn", "Me", "Mn")


def _finding(part: Part, words: str, span: tuple[int, int]) -> Finding:
    return Finding(check="letters", words=words, where=part.where, start=span[0], end=span[1])
