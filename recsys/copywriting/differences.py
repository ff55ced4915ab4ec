"""What of a text was changed, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "removed", "added"]
# Signs are words of their own, and so are the gaps between: put together again, all is there.
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Texts that share less were written anew; their chance words in common explain nothing.
_LEAST_ALIKE = 0.3
# Comparing takes the time of both lengths multiplied; longer texts are not compared.
_MOST_WORDS = 4_000


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, went or came."""

    change: Change
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Compare two texts by words.

    Returns
    -------
    list of Piece
        In reading order, what went before what came in its place. Without the added ones they are
        ``before``, without the removed ones ``after``, sign for sign. Empty for two empty texts.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    whole = [Piece("removed", before), Piece("added", after)]
    if len(old) + len(new) > _MOST_WORDS:
        return [piece for piece in whole if piece.text]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if before != after and matcher.ratio() < _LEAST_ALIKE:
        return [piece for piece in whole if piece.text]
    return list(_pieces(matcher, old, new))


def _pieces(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[Piece]:
    for change, start, end, new_start, new_end in matcher.get_opcodes():
        if change == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        if end > start:
            yield Piece("removed", "".join(old[start:end]))
        if new_end > new_start:
            yield Piece("added", "".join(new[new_start:new_end]))
