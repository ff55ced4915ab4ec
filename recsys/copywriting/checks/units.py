"""Units of measure, and which one stands at a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.tokens import Token

_MONEY = frozenset("€$£")
_PACKS = frozenset({"pack", "packs", "set", "box", "case", "bundle"})
# Units that are also words: "12 in a row", "12 x 5", "24 an einem Tag".
_WORDS = frozenset({"an", "mal", "ore", "lat"})


@dataclass(frozen=True)
class Unit:
    """How many of a kind's base unit one is."""

    kind: str
    factor: float
    imperial: bool


@dataclass
class Number:
    """A number at some tokens; ``values`` are all that it may mean."""

    first: int  # token
    last: int  # the token after its end
    values: tuple[float, ...]
    unit: Unit | None = None
    name: str = ""  # of the unit, folded
    words: bool = False


@lru_cache(maxsize=1)
def _units() -> dict[str, list[tuple[tuple[str, ...], Unit]]]:
    """Return the units by their first piece, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], Unit]]] = {}
    for system, table in load("units").items():
        for measure, names in table.items():
            kind, factor = measure.split(" ")
            unit = Unit(kind, float(factor), system == "imperial")
            for name in names:
                pieces = tuple(re.findall(r"[^\W\d_]+|\d+|[^\w\s]", name))
                found.setdefault(pieces[0], []).append((pieces, unit))
    for options in found.values():
        options.sort(key=lambda option: -len(option[0]))
    return found


def unit_of(name: str) -> Unit | None:
    """Return the unit that a field's last word names: "weight_g"."""
    return next((unit for pieces, unit in _units().get(name, ()) if len(pieces) == 1), None)


def give_unit(tokens: Sequence[Token], number: Number) -> None:
    """Give a number the unit that stands behind it, or the sign of money before it."""
    at = number.last
    if at < len(tokens) and tokens[at].text in ("-", "\u2011") and at + 1 < len(tokens):
        hyphen = tokens[at].start == tokens[at - 1].end and tokens[at].end == tokens[at + 1].start
        at += hyphen and tokens[at + 1].kind == "word"
    if at < len(tokens) and not _refused(tokens, number, at):
        for pieces, unit in _units().get(tokens[at].low, ()):
            last = at + len(pieces)
            if tuple(token.low for token in tokens[at:last]) == pieces:
                number.unit, number.last = unit, last
                number.name = pieces[0]
                return
    before = tokens[number.first - 1].low if number.first else ""
    if before in _MONEY:
        number.unit = _units()[before][0][1]
        number.first -= 1
        number.name = before
    elif before == "of" and number.first > 1 and tokens[number.first - 2].low in _PACKS:
        number.unit = Unit("pieces", 1, imperial=False)


def _refused(tokens: Sequence[Token], number: Number, at: int) -> bool:
    """Whether what follows a number is no unit here: "5G", "1950s", "4K", "12 in a row"."""
    token = tokens[at]
    glued = token.start == tokens[number.last - 1].end
    value = number.values[0] if number.values else 0.0
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.text in ("G", "K", "M", "D"):
        return True
    if token.low == "s":
        return glued and value >= 20 and value % 10 == 0
    if token.low == "x":
        return after is not None and after.kind == "number"
    if token.low == "in":
        return not glued and after is not None and after.kind != "mark" and after.low != "x"
    if token.low in _WORDS:
        return not glued
    return token.text == '"' and not glued
