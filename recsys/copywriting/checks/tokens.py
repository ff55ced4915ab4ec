"""A text cut into words and numbers, once; all checks read the same pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from recsys.copywriting.checks.finding import Where

_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*|[¼½¾⅓⅔⅛⅜⅝⅞])"
    r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*)"
    r"|(?P<mark>[^\w\s]|_)"
)
# Between two words of one phrase: "BPA-free", "sugar_free", "the “best”"; else a phrase ends.
_JOINERS = frozenset("-\u2010\u2011\u2013_'\u2019\"“”„*/&+™®")
_VOWELS = frozenset("aeiouyäöüéè")


class Token(NamedTuple):
    """A word, a number or a mark.

    ``low`` is its text, folded; ``broken`` says that a mark which ends a phrase stands before it.
    """

    kind: str
    text: str
    low: str
    start: int
    end: int
    broken: bool


@dataclass(frozen=True)
class Part:
    """The text or the preheader, and its language."""

    where: Where
    text: str
    language: str

    @cached_property
    def tokens(self) -> list[Token]:
        """All words, numbers and marks."""
        return cut(self.text)

    @cached_property
    def words(self) -> list[Token]:
        """Words and numbers, with which marks do not count."""
        return [token for token in self.tokens if token.kind != "mark"]

    @cached_property
    def lows(self) -> frozenset[str]:
        """All words, folded: most checks look here whether they have anything to do."""
        return frozenset(token.low for token in self.tokens)


def cut(text: str) -> list[Token]:
    """Cut a text into words, numbers and marks."""
    found: list[Token] = []
    broken = False
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup or "", match[0]
        start, end = match.span()
        if kind == "mark":
            found.append(Token(kind, piece, piece, start, end, broken))
            broken = broken or piece not in _JOINERS
            continue
        low = piece.casefold()
        if "\u2019" in low:
            low = low.replace("\u2019", "'")
        found.append(Token(kind, piece, low, start, end, broken))
        broken = False
    return found


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Cut the endings of number and case from a folded word: "mugs" and "mug" are the same."""
    if language == "de":
        return _german(word)
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2].removesuffix("s")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """Cut a folded word to what it shares with its relatives: "insulated", "insulation"."""
    word = stem(word, "en")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


_ENDINGS = (
    *("ations", "ation", "ating", "ated", "ates", "ate", "ments", "ment", "ness", "ings", "ing"),
    *("edly", "ables", "able", "ible", "ers", "er", "ed", "ly", "ful", "ies", "ion", "y"),
)


def _german(word: str) -> str:
    for ending in ("en", "er", "em", "es", "e", "n", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
