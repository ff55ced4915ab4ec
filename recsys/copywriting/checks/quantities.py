"""Numbers with their units, told in whichever way: 0.35 l is 350 ml, two dozen are 24."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from recsys.copywriting.checks.lexicon import load, plain_name
from recsys.copywriting.checks.numerals import find_numbers
from recsys.copywriting.checks.tokens import Token
from recsys.copywriting.checks.units import Number, Unit, give_unit

_LINKS = frozenset(
    {"x", "\u00d7", "*", "-", "\u2013", "\u2014", "to", "bis", "by", "and", "und", "/", "or"}
)
_ACROSS = frozenset({"x", "\u00d7", "*", "by", "/"})
# Marks that do not part a number from what it counts.
_QUIET = frozenset("-\u2013'\u2019\"“”")
_SPANNED = _QUIET | {":"}
_PARTED = frozenset({"and", "or", "but", "with", "after", "before", "und", "oder", "mit"})
_MINUS = frozenset({"-", "\u2212"})
# "The 2nd cup", "at 6 am": numbers that count nothing.
_OF_TIME = frozenset({"st", "nd", "rd", "th", "am", "pm", "uhr"})
_TOLERANCE = 0.02  # of a metric unit told as an imperial one


@dataclass(frozen=True)
class Quantity:
    """A number and what it counts.

    Attributes
    ----------
    kind
        Of the unit: "mass"; empty for a plain number, "code" for a name such as "X200".
    values
        What it may mean in the base unit: shops write "1.500" in two ways.
    around
        Stems of the words that it stands with, to tell three pockets from three wheels.
    bound
        "up to" where it is a limit.
    sorts
        What it measures, by the words near it: "width", "charging"; empty where none says.
    """

    start: int
    end: int
    kind: str
    values: tuple[float, ...]
    plain: tuple[float, ...]
    imperial: bool = False
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    bound: str = ""
    also: tuple[str, float] | None = None
    sorts: frozenset[str] = frozenset()

    def equals(self, other: Quantity) -> bool:
        """Whether the other has the same unit and, rounded where units differ, the same value."""
        if self.also and other.kind == self.also[0]:
            mine = replace(self, kind=self.also[0], values=(self.also[1],), also=None)
            return mine.equals(other)
        if other.also and self.kind == other.also[0]:
            return other.equals(self)
        if self.kind != other.kind:
            return False
        close = _TOLERANCE if self.imperial != other.imperial else 1e-5
        return any(
            abs(one - two) <= close * max(abs(one), abs(two))
            for one in self.values
            for two in other.values
        )


def quantities(tokens: Sequence[Token], language: str | None) -> list[Quantity]:
    """Find all numbers of a text.

    Parameters
    ----------
    language
        In which decimals and words are written; None for text of a shop, which may be any.
    """
    numbers = find_numbers(tokens, language)
    for number in numbers:
        give_unit(tokens, number)
    _share_units(tokens, numbers)
    found = [_quantity(tokens, number) for number in numbers]
    return [one for one in found if one is not None]


def _share_units(tokens: Sequence[Token], numbers: list[Number]) -> None:
    """Give "35 x 50 cm" and "10 to 12 °C" their unit twice."""
    for one, two in zip(reversed(numbers[:-1]), reversed(numbers[1:]), strict=True):
        between = tokens[one.last : two.first]
        if one.unit is not None or two.unit is None or len(between) != 1:
            continue
        link = between[0].low
        if link not in _LINKS or two.unit.kind in ("times",):
            continue
        fewer = link == "-" and one.values[:1] > two.values[:1]  # "10-6.75 OZ"
        if fewer or (link in _ACROSS and two.unit.kind not in ("length", "pieces")):
            one.unit = Unit("pieces", 1, imperial=False)  # four times 250 ml
        else:
            one.unit = two.unit


def _quantity(tokens: Sequence[Token], number: Number) -> Quantity | None:
    first, last = number.first, number.last
    if number.unit is None and last < len(tokens) and tokens[last].low in _OF_TIME:
        return None
    code = _code(tokens, number)
    if code is not None:
        return Quantity(code[0], code[1], "code", (), number.values)
    values = number.values
    unit = number.unit
    signed = first > 0 and tokens[first - 1].text in _MINUS and not _touches(tokens, first - 1)
    if signed and unit is not None and unit.kind in ("celsius", "fahrenheit"):
        values = tuple(-value for value in values)
    bound = " ".join(token.low for token in tokens[max(first - 2, 0) : first])
    found = Quantity(
        tokens[first].start,
        tokens[last - 1].end,
        unit.kind if unit else "",
        tuple(value * unit.factor for value in values) if unit else values,
        number.values,
        imperial=unit.imperial if unit else False,
        after=_near(tokens, last, 1),
        before=_near(tokens, first - 1, -1),
        bound="up to" if bound in ("up to", "bis zu") else "",
        also=("volume", values[0] * 29.5735) if unit and number.name == "oz" and values else None,
        sorts=_sorts(tokens, first, last, unit.kind) if unit else frozenset(),
    )
    # "Three sisters" may be said of anything: small numbers in words count with a unit or a thing.
    return found if unit or not number.words or found.after or values[0] > 12 else None


def _code(tokens: Sequence[Token], number: Number) -> tuple[int, int] | None:
    """Return the span of a name with digits in it: "X200", "WH-1000XM5", "1.2.3"."""
    first, last = number.first, number.last
    if number.words or number.unit is not None:
        return None if number.values else (tokens[first].start, tokens[last - 1].end)
    glued_before = first > 0 and tokens[first - 1].kind == "word" and _touches(tokens, first)
    if glued_before and tokens[first - 1].low in ("x", "\u00d7") and first > 1:
        glued_before = tokens[first - 2].kind != "number"
    following = tokens[last] if last < len(tokens) else None
    glued_after = following is not None and following.kind == "word" and _touches(tokens, last)
    if glued_after and following is not None and following.low in {"s", "x", "er"}:
        glued_after = False
    if not glued_before and not glued_after and number.values:
        return None
    while first > 0 and _touches(tokens, first) and tokens[first - 1].kind != "mark":
        first -= 1
    while last < len(tokens) and _touches(tokens, last) and tokens[last].kind != "mark":
        last += 1
    return tokens[first].start, tokens[last - 1].end


def _sorts(tokens: Sequence[Token], first: int, last: int, kind: str) -> frozenset[str]:
    """Return what a number measures: "5 cm wide", "a range of 10 m", "20 h of charging time"."""
    after = sorts_of(tokens[last : last + 4], kind)
    return after or sorts_of(reversed(tokens[max(first - 4, 0) : first]), kind)


def sorts_of(tokens: Iterable[Token], kind: str) -> frozenset[str]:
    """Return what the first word that says so measures, up to a mark, a number or an "and"."""
    measured = _measured(kind)
    for token in tokens:
        if token.kind == "number" or (token.kind == "mark" and token.text not in _SPANNED):
            break
        if token.low in _PARTED:
            break
        if token.low in measured:
            return measured[token.low]
    return frozenset()


@lru_cache(maxsize=64)
def _measured(kind: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    tables = load("measured")
    for name, words in {**tables.get(kind, {}), **tables["any"]}.items():
        for word in words.split():
            found[word] = found.get(word, frozenset()) | {name}
    return found


@lru_cache(maxsize=2)
def _listed(name: str) -> frozenset[str]:
    return frozenset(load("form")[name].split())


def _touches(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].end == tokens[at].start


def _near(tokens: Sequence[Token], at: int, step: int) -> frozenset[str]:
    found: list[str] = []
    while 0 <= at < len(tokens) and len(found) < 3:
        token = tokens[at]
        at += step
        if token.kind == "mark":
            if token.text in _QUIET:
                continue
            if token.text == ":" and step < 0:
                continue
            break
        if token.kind == "number" or token.low in _listed("stops"):
            break
        if token.low not in _listed("around"):
            found.append(plain_name(token.low))
    return frozenset(found)
