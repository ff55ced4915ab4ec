"""Whether a colour or a material is said of what a thing goes with: "over a white tee"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.tokens import Token

_FAR = 24  # words of a sentence that are looked back through


def is_pairing(words: Sequence[Token], first: int, last: int) -> bool:
    """Whether a verb such as "wear" and then a link such as "with" stand before a word.

    Not where it names a part of the thing ("with a leather strap"), nor where the sentence has
    turned back to the thing between the link and the word ("goes with jeans, and is of silk").
    """
    following = words[last].low if last < len(words) and not words[last].broken else ""
    if not following or following in load("form")["parts"]:
        return False
    linked = False
    for at in range(first - 1, max(first - _FAR, -1), -1):
        low = words[at].low
        if not linked:
            if low in _listed("turns"):
                return False
            linked = low in _listed("links")
        if linked and low in _listed("verbs"):
            return True
    return False


@lru_cache(maxsize=4)
def _listed(name: str) -> frozenset[str]:
    return frozenset(load("pairing")["pairing"][name].split())
