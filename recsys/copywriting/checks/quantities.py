"""Numbers with their units, told in whichever way: 0.35 l is 350 ml, two dozen are 24."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from recsys.copywriting.checks.lexicon import READ, load
from recsys.copywriting.checks.tokens import Token, stem

_VULGAR = {"¼": 0.25, "½": 0.5, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_VULGAR |= {"⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875}
_LINKS = frozenset({"x", "×", "*", "-", "–", "—", "to", "bis", "by", "and", "und", "/", "or"})
_ACROSS = frozenset({"x", "×", "*", "by", "/"})
_STOPS = frozenset({"and", "or", "with", "und", "oder", "mit", "plus", "but", "in", "at", "by"})
_EMPTY = frozenset(
    "a an the of for to is are it its your our you we this that these from on as up per each only"
    " über der die das den ein eine einen mit für von zu im am ist sind dein deine ihr ihre"
    " about around over under almost nearly just more than less least most since until till"
    " approx approximately ca circa roughly every all".split()
)
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
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


@dataclass(frozen=True)
class _Unit:
    kind: str
    factor: float
    imperial: bool


@dataclass
class _Number:
    first: int  # token
    last: int  # the token after its end
    values: tuple[float, ...]
    unit: _Unit | None = None
    name: str = ""  # of the unit, folded
    words: bool = False


def quantities(tokens: Sequence[Token], language: str | None) -> list[Quantity]:
    """Find all numbers of a text.

    Parameters
    ----------
    language
        In which decimals and words are written; None for text of a shop, which may be any.
    """
    numbers = _numbers(tokens, language)
    for number in numbers:
        _give_unit(tokens, number)
    _share_units(tokens, numbers)
    found = [_quantity(tokens, number) for number in numbers]
    return [one for one in found if one is not None]


def _numbers(tokens: Sequence[Token], language: str | None) -> list[_Number]:
    found: list[_Number] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        number = None
        if token.kind == "number":
            number = _digits(tokens, at, language)
        elif token.kind == "word":
            number = _in_words(tokens, at, language)
        if number is None:
            at += 1
            continue
        found.append(number)
        at = number.last
    return found


def _digits(tokens: Sequence[Token], at: int, language: str | None) -> _Number:
    values, last = _values(tokens[at].text, language), at + 1
    if last + 1 < len(tokens) and tokens[last].text in "/⁄" and len(tokens[at].text) < 3:
        below = tokens[last + 1]
        if below.text.isdecimal() and below.text.isascii() and 0 < int(below.text) <= 16 and values:
            if not (last + 2 < len(tokens) and tokens[last + 2].text == "/"):
                if values[0] < int(below.text):
                    return _Number(at, last + 2, (values[0] / int(below.text),))
    following = tokens[last] if last < len(tokens) else None
    if following is not None and following.kind == "number" and values:
        rest = _VULGAR.get(following.text)
        if rest is not None:
            return _Number(at, last + 1, (values[0] + rest,))
        if last + 2 < len(tokens) and tokens[last + 1].text == "/":
            part = _digits(tokens, last, language)
            if part.last == last + 3:  # "1 1/2"
                return _Number(at, part.last, (values[0] + part.values[0],))
        if following.text[:3].isdecimal() and len(following.text.split(",")[0]) == 3:
            gap = following.start - tokens[at].end
            if gap == 1 and language not in ("en", None) and tokens[at].text.isdecimal():
                joined = _values(tokens[at].text + following.text, language)
                return _Number(at, last + 1, joined)
    return _Number(at, last, values)


@lru_cache(maxsize=10_000)
def _values(raw: str, language: str | None) -> tuple[float, ...]:
    if raw in _VULGAR:
        return (_VULGAR[raw],)
    marks = [mark for mark in raw if mark in ".,"]
    if not marks:
        return (float(raw),)
    groups = re.split(r"[.,]", raw)
    thousands = all(len(group) == 3 for group in groups[1:]) and 0 < len(groups[0]) < 4
    decimal = float("".join(groups[:-1]) + "." + groups[-1])
    whole = float("".join(groups))
    if len(set(marks)) == 2:
        return (decimal,)
    if len(marks) > 1:
        return (whole,) if thousands else ()
    if not thousands or groups[0] == "0":
        return (decimal,)
    if language is None:
        return (whole, decimal)
    return (whole,) if (marks[0] == ",") == (language == "en") else (decimal,)


def _in_words(tokens: Sequence[Token], at: int, language: str | None) -> _Number | None:
    known = _numerals(language)
    low = tokens[at].low
    if low in ("half", "halbe", "halber", "halben", "halbes", "halb"):
        return _half(tokens, at)
    if low in ("one", "ein", "eine", "einen", "einem", "a", "an"):
        return _one(tokens, at)
    if low not in known and low not in ("dozen", "dutzend"):
        return None
    total, last = 0.0, at
    while last < len(tokens):
        low = tokens[last].low
        if low == "hundred":
            total = (total or 1) * 100
        elif low == "thousand":
            total = (total or 1) * 1000
        elif low in ("dozen", "dutzend"):
            total = (total or 1) * 12
        elif low in known and (last == at or _adds(total, known[low])):
            total += known[low]
        elif tokens[last].text == "-" and last + 1 < len(tokens) and tokens[last + 1].low in known:
            if not _adds(total, known[tokens[last + 1].low]):
                break
        elif not (low == "and" and last + 1 < len(tokens) and total >= 100 and tokens[last + 1].low in known):
            break
        last += 1
    return _Number(at, last, (total,), words=True)


def _adds(total: float, more: float) -> bool:
    """Whether "twenty four" is one number, not two: the second is smaller than what it fills."""
    return total >= 20 and ((total % 100 == 0 and more < 100) or (total % 10 == 0 and more < 10))


def _half(tokens: Sequence[Token], at: int) -> _Number | None:
    """"Half a litre", "half-litre", "half a dozen"; half of something else is no number."""
    last = at + 1
    while last < len(tokens) and (tokens[last].text == "-" or tokens[last].low in ("a", "an")):
        last += 1
    if last < len(tokens) and tokens[last].low in ("dozen", "dutzend"):
        return _Number(at, last + 1, (6.0,), words=True)
    number = _Number(at, last, (0.5,), words=True)
    _give_unit(tokens, number)
    return number if number.unit else None


def _one(tokens: Sequence[Token], at: int) -> _Number | None:
    """"One litre", "a dozen", "a hundred"; without a unit it is an article."""
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if following in ("dozen", "dutzend"):
        return _Number(at, at + 2, (12.0,), words=True)
    if following in ("hundred", "thousand"):
        return _Number(at, at + 2, (100.0 if following == "hundred" else 1000.0,), words=True)
    if tokens[at].low in ("a", "an"):
        return None
    last = at + 2 if following == "-" else at + 1
    number = _Number(at, last, (1.0,), words=True)
    _give_unit(tokens, number)
    # "One day", "one time" and "one each" are common speech.
    if number.unit is None or number.unit.kind in ("times", "pieces") or number.name == "day":
        return None
    return number


@lru_cache(maxsize=4)
def _numerals(language: str | None) -> dict[str, float]:
    tables = load("numerals")
    if language not in READ and language is not None:
        return {}
    found: dict[str, float] = {}
    for name in [language] if language else READ:
        found |= {word: float(value) for word, value in tables[name].items()}
    if language != "en":
        german = tables["de"]
        ones = {name: value for name, value in german.items() if value < 10 and value % 1 == 0}
        for ten, value in german.items():
            if value in range(20, 100, 10):
                found |= {f"{one}und{ten}": value + more for one, more in {**ones, "ein": 1}.items()}
    return found


@lru_cache(maxsize=1)
def _units() -> dict[str, list[tuple[tuple[str, ...], _Unit]]]:
    """Return the units by their first piece, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], _Unit]]] = {}
    for system, table in load("units").items():
        for measure, names in table.items():
            kind, factor = measure.split(" ")
            unit = _Unit(kind, float(factor), system == "imperial")
            for name in names:
                pieces = tuple(re.findall(r"[^\W\d_]+|\d+|[^\w\s]", name))
                found.setdefault(pieces[0], []).append((pieces, unit))
    for options in found.values():
        options.sort(key=lambda option: -len(option[0]))
    return found


def unit_of(name: str) -> _Unit | None:
    """Return the unit that a field's last word names: "weight_g"."""
    return next((unit for pieces, unit in _units().get(name, ()) if len(pieces) == 1), None)


def _give_unit(tokens: Sequence[Token], number: _Number) -> None:
    at = number.last
    if at < len(tokens) and tokens[at].text in ("-", "‑") and at + 1 < len(tokens):
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
    if before in ("€", "$", "£"):
        number.unit = _units()[before][0][1]
        number.first -= 1
        number.name = before
    elif before == "of" and number.first > 1:
        if tokens[number.first - 2].low in ("pack", "set", "box", "case", "bundle", "packs"):
            number.unit = _Unit("pieces", 1, imperial=False)


def _refused(tokens: Sequence[Token], number: _Number, at: int) -> bool:
    """Whether what follows a number is no unit here: "5G", "1950s", "4K", "12 in a row"."""
    token = tokens[at]
    glued = token.start == tokens[number.last - 1].end
    value = number.values[0] if number.values else 0.0
    if token.text in ("G", "K", "M", "D"):
        return True
    if token.low == "s":
        return glued and value >= 20 and value % 10 == 0
    if token.low in ("an", "mal", "x", "m", "mes", "ore", "lat", "mb") and not glued:
        follows = tokens[at + 1].kind if at + 1 < len(tokens) else ""
        return token.low in ("an", "mal", "ore", "lat") or (token.low == "x" and follows == "number")
    if token.low == "x":
        return at + 1 < len(tokens) and tokens[at + 1].kind == "number"
    return token.text == '"' and not glued


def _share_units(tokens: Sequence[Token], numbers: list[_Number]) -> None:
    """Give "35 x 50 cm" and "10 to 12 °C" their unit twice."""
    for one, two in zip(reversed(numbers[:-1]), reversed(numbers[1:]), strict=True):
        between = tokens[one.last : two.first]
        if one.unit is not None or two.unit is None or len(between) != 1:
            continue
        link = between[0].low
        if link not in _LINKS or two.unit.kind in ("times",):
            continue
        if link in _ACROSS and two.unit.kind not in ("length", "pieces"):
            if link != "/":  # four times 250 ml
                one.unit = _Unit("pieces", 1, imperial=False)
        else:
            one.unit = two.unit


def _quantity(tokens: Sequence[Token], number: _Number) -> Quantity | None:
    first, last = number.first, number.last
    code = _code(tokens, number)
    if code is not None:
        return Quantity(code[0], code[1], "code", (), number.values)
    if number.unit is None and last < len(tokens) and tokens[last].low in _ORDINALS:
        return None
    values = number.values
    before = tokens[first - 1] if first else None
    if before is not None and before.text in "-−" and number.unit:
        if number.unit.kind in ("celsius", "fahrenheit") and not _touches(tokens, first - 1):
            values = tuple(-value for value in values)
    unit = number.unit
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
    )
    # "Three sisters" may be said of anything: small numbers in words count with a unit or a thing.
    return found if unit or not number.words or found.after or values[0] > 12 else None


def _code(tokens: Sequence[Token], number: _Number) -> tuple[int, int] | None:
    """The span of a name with digits in it: "X200", "WH-1000XM5", "1.2.3"."""
    first, last = number.first, number.last
    if number.words or number.unit is not None:
        return None if number.values else (tokens[first].start, tokens[last - 1].end)
    glued_before = first > 0 and tokens[first - 1].kind == "word" and _touches(tokens, first)
    if glued_before and tokens[first - 1].low in ("x", "×") and first > 1:
        glued_before = tokens[first - 2].kind != "number"
    following = tokens[last] if last < len(tokens) else None
    glued_after = following is not None and following.kind == "word" and _touches(tokens, last)
    if glued_after and following is not None and following.low in {"s", "x", "er", *_ORDINALS}:
        glued_after = False
    if not glued_before and not glued_after and number.values:
        return None
    while first > 0 and _touches(tokens, first) and tokens[first - 1].kind != "mark":
        first -= 1
    while last < len(tokens) and _touches(tokens, last) and tokens[last].kind != "mark":
        last += 1
    return tokens[first].start, tokens[last - 1].end


def _touches(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].end == tokens[at].start


def _near(tokens: Sequence[Token], at: int, step: int) -> frozenset[str]:
    found: list[str] = []
    while 0 <= at < len(tokens) and len(found) < 3:
        token = tokens[at]
        at += step
        if token.kind == "mark":
            if token.text in "-–'’\"“”":
                continue
            if token.text == ":" and step < 0:
                continue
            break
        if token.kind == "number" or token.low in _STOPS:
            break
        if token.low not in _EMPTY:
            found.append(stem(token.low, "en"))
    return frozenset(found)
