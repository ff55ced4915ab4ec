"""In which language a text is, by its commonest words; short texts are given the benefit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.text import LANGUAGES

# Another language has to have so many of its common words in the text, and twice as many as the
# one that was asked for: "Crème de la crème" is no French text.
_LEAST_WORDS, _LEAST_HITS, _TIMES = 6, 3, 2


def check_language(part: Part) -> Iterator[Finding]:
    """Say so when a text is in another language than was asked for."""
    words = [word.low for word in part.words]
    if len(words) < _LEAST_WORDS or part.language not in LANGUAGES:
        return
    common = _common()
    hits = Counter(name for word in words for name in common.get(word, ()))
    mine = hits.pop(part.language, 0)
    other = max(hits, key=lambda name: hits[name], default="")
    if other and hits[other] >= max(_LEAST_HITS, _TIMES * mine + 1, len(words) / 10):
        asked = LANGUAGES[part.language]
        yield Finding(
            check="language",
            words=f"The text is {LANGUAGES[other]}; {asked} was asked for.",
            where=part.where,
        )


@lru_cache(maxsize=1)
def _common() -> dict[str, list[str]]:
    """Return the languages that each common word is of."""
    found: dict[str, list[str]] = {}
    for name, words in load("stopwords")["stopwords"].items():
        for word in set(words.split()):
            found.setdefault(word, []).append(name)
    return found
