"""Numbers in digits and in words: "1.500", "1 1/2", "twenty-four", "half a litre"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import gcd

from recsys.copywriting.checks.lexicon import READ, load
from recsys.copywriting.checks.tokens import Token
from recsys.copywriting.checks.units import Number, give_unit

_PARTS = frozenset({2, 3, 4, 5, 6, 8, 10, 16})
_SLASHES = frozenset({"/", "\u2044"})
_VULGAR = {
    **{"¼": 0.25, "½": 0.5, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3},
    **{"⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875},
}
_TIMES = {"hundred": 100, "thousand": 1000, "dozen": 12, "dutzend": 12}


def find_numbers(tokens: Sequence[Token], language: str | None) -> list[Number]:
    """Find all numbers; without a language, digits and words may be of any that is read."""
    found: list[Number] = []
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


def _digits(tokens: Sequence[Token], at: int, language: str | None) -> Number:
    """Read "12", "1/2", "1 1/2", "1½" and, where thousands are parted by a space, "1 000"."""
    values, last = _values(tokens[at].text, language), at + 1
    if not values or last >= len(tokens):
        return Number(at, last, values)
    part = _fraction(tokens, at)
    if part is not None:
        return Number(at, at + 3, (part,))
    following = tokens[last]
    part = _VULGAR.get(following.text) or _fraction(tokens, last)
    if part is not None:
        more = 1 if following.text in _VULGAR else 3
        return Number(at, last + more, (values[0] + part,))
    spaced = language not in ("en", None) and following.start - tokens[at].end == 1
    if spaced and tokens[at].text.isdecimal() and re.match(r"\d{3}(?!\d)", following.text):
        return Number(at, last + 1, _values(tokens[at].text + following.text, language))
    return Number(at, last, values)


def _fraction(tokens: Sequence[Token], at: int) -> float | None:
    """Return the value of "3/4" at a token; "24/7" and "24/12/2026" are none."""
    if at + 2 >= len(tokens) or tokens[at + 1].text not in _SLASHES:
        return None
    above, below = tokens[at].text, tokens[at + 2].text
    if not (above.isdecimal() and below.isdecimal() and len(above) < 3 and len(below) < 3):
        return None
    dated = at + 3 < len(tokens) and tokens[at + 3].text == "/"
    parts = int(below)
    if dated or parts not in _PARTS or not 0 < int(above) < parts or gcd(int(above), parts) > 1:
        return None  # "6/12 OZ" are six of twelve ounces
    return int(above) / parts


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
    if len(marks) > 1 and len(set(marks)) == 1:
        return (whole,) if thousands else ()
    if len(marks) > 1 or not thousands or groups[0] == "0":
        return (decimal,)
    if language is None:
        return (whole, decimal)
    return (whole,) if (marks[0] == ",") == (language == "en") else (decimal,)


def _in_words(tokens: Sequence[Token], at: int, language: str | None) -> Number | None:
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
        word, following = tokens[last], tokens[last + 1].low if last + 1 < len(tokens) else ""
        if word.low in _TIMES:
            total = (total or 1) * _TIMES[word.low]
        elif word.low in known and (last == at or _adds(total, known[word.low])):
            total += known[word.low]
        elif word.text == "-":
            if following not in known or not _adds(total, known[following]):
                break
        elif word.low != "and" or total < 100 or following not in known:
            break
        last += 1
    if last < len(tokens) and tokens[last].low in ("quarter", "quarters"):
        return _quarters(tokens, at, last, total)
    return Number(at, last, (total,), words=True)


def _quarters(tokens: Sequence[Token], at: int, last: int, count: float) -> Number | None:
    """Read "three quarters of a metre"; quarters of something else are no number."""
    last += 1
    while last < len(tokens) and tokens[last].low in ("of", "a", "an"):
        last += 1
    number = Number(at, last, (count / 4,), words=True)
    give_unit(tokens, number)
    return number if number.unit else None


def _adds(total: float, more: float) -> bool:
    """Whether "twenty four" is one number, not two: the second is smaller than what it fills."""
    return total >= 20 and ((total % 100 == 0 and more < 100) or (total % 10 == 0 and more < 10))


def _half(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "half a litre", "half-litre", "half a dozen"; half of something else is no number."""
    last = at + 1
    while last < len(tokens) and (tokens[last].text == "-" or tokens[last].low in ("a", "an")):
        last += 1
    if last < len(tokens) and tokens[last].low in ("dozen", "dutzend"):
        return Number(at, last + 1, (6.0,), words=True)
    number = Number(at, last, (0.5,), words=True)
    give_unit(tokens, number)
    return number if number.unit else None


def _one(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "one litre", "a dozen", "a hundred"; without a unit it is an article."""
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if following in _TIMES:
        return Number(at, at + 2, (float(_TIMES[following]),), words=True)
    if following == "quarter":
        return _quarters(tokens, at, at + 1, 1.0)
    if tokens[at].low in ("a", "an"):
        return None
    last = at + 2 if following == "-" else at + 1
    number = Number(at, last, (1.0,), words=True)
    give_unit(tokens, number)
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
                found |= {
                    f"{one}und{ten}": value + more for one, more in {**ones, "ein": 1}.items()
                }
    return found
