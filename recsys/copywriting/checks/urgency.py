"""Whether time or stock is short in truth, or a price low, where a text says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.text import Brief, Fact, Facts

SMALL_STOCK = 10  # pieces: of more than these nobody may say that few are left


@lru_cache(maxsize=4)
def _pattern(name: str) -> re.Pattern[str]:
    pieces = load("urgency")["patterns"][name]
    return re.compile(rf"\b(?:{'|'.join(pieces)})\b", re.IGNORECASE)


def _matches(part: Part, name: str) -> tuple[re.Match[str], ...]:
    """Look for a pattern where the text has one of its words at all: most texts have none."""
    if part.lows.isdisjoint(load("urgency")["triggers"][name]):
        return ()
    return _all(part.text, name)


@lru_cache(maxsize=16)
def _all(text: str, name: str) -> tuple[re.Match[str], ...]:
    return tuple(_pattern(name).finditer(text))


class _End(NamedTuple):
    """The day an offer ends, None where none is set or it has passed, and how findings say it."""

    day: date | None
    past: bool
    told: str
    remove: str

    @classmethod
    def of(cls, brief: Brief, today: date) -> _End:
        try:
            day = date.fromisoformat(brief.offer_ends)
        except ValueError:
            told, remove = "no end of the offer is set", "remove it, or set the day the offer ends"
            return cls(None, False, told, remove)
        if day < today:
            told = f"the offer ended on {day}"
            return cls(None, True, told, f"{told}, so remove it, or set a day to come")
        return cls(day, False, f"the offer ends on {day}", "")


_MONTHS = (
    r"jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli"
    r"|aug(?:ust)?|sep(?:t(?:ember)?)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GERMAN_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_YEAR = r"(?:,? (?P<{}>\d{{4}}))?"
_DATE = re.compile(
    r"\b(?:(?P<iso>\d{4}-\d\d-\d\d)"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? (?P<month>{_MONTHS})\b{_YEAR.format('year')}"
    rf"|(?P<month2>{_MONTHS})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b{_YEAR.format('year2')}"
    r"|(?P<day3>\d{1,2})\.(?P<month3>\d{1,2})\.(?P<year3>\d{4}|\d\d)?)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_ENDS_ON = re.compile(
    r"\b(?:ends?|ending|until|till|by|through|before|last day|endet|bis)(?: on| this| am| zum)?"
    rf" (?P<day>{'|'.join(_WEEKDAYS + _GERMAN_DAYS)})\b",
    re.IGNORECASE,
)
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS = {
    word: number
    for words in (
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        ("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    )
    for number, word in enumerate(words, start=1)
}
_GERMAN_MONTHS = {"mär": "mar", "mai": "may", "okt": "oct", "dez": "dec"}


@lru_cache(maxsize=1024)
def dates(text: str) -> tuple[tuple[int, int, tuple[int | None, int, int]], ...]:
    """Find the dates of a text: their span with year (None where not said), month and day."""
    found: list[tuple[int, int, tuple[int | None, int, int]]] = []
    if not _DIGIT.search(text):
        return ()
    for match in _DATE.finditer(text):
        said = match.groupdict()
        if said["iso"]:
            year, month, day = (int(piece) for piece in said["iso"].split("-"))
            found.append((*match.span(), (year, month, day)))
            continue
        name = (said["month"] or said["month2"] or "").casefold()[:3]
        name = _GERMAN_MONTHS.get(name, name)
        month = _NAMES.index(name) + 1 if name else int(said["month3"])
        day = int(said["day"] or said["day2"] or said["day3"])
        raw = said["year"] or said["year2"] or said["year3"]
        year = None if raw is None else int(raw) + (2000 if len(raw) == 2 else 0)
        if 1 <= month <= 12 and 1 <= day <= 31:
            found.append((*match.span(), (year, month, day)))
    return tuple(found)


def told_elsewhere(part: Part) -> list[tuple[int, int]]:
    """Return the spans of dates and of what is said of stock and time, with their numbers."""
    found = [(start, end) for start, end, _ in dates(part.text)]
    for name in ("stock", "time"):
        found += [match.span() for match in _matches(part, name)]
    return found


def check_urgency(
    part: Part, facts: Facts, brief: Brief, today: date
) -> Iterator[Finding | Receipt]:
    """Hold what is said of short stock and short time against the stock and the offer's end.

    An offer that has ended before ``today`` bears nothing out.
    """
    end = _End.of(brief, today)
    ends = end.day
    for match in _matches(part, "stock"):
        yield from _stock(part, match, facts.stock)
    for match in _matches(part, "time"):
        if ends is None:
            words = f"“{match.group()}” says that time is short; {end.remove}."
            yield _finding(part, words, match.span())
        elif re.search(r"\d", match.group()):
            words = f"“{match.group()}” depends on when it is read; say the day: {ends}."
            yield _finding(part, words, match.span())
    for match in _matches(part, "today"):
        if ends is None:
            words = f"“{match.group()}” needs a day; {end.remove}."
            yield _finding(part, words, match.span())
        else:
            words = f"“{match.group()}” is true of one day only: send it on {ends}, or say the day."
            yield _finding(part, words, match.span(), blocks=False)
    for match in _matches(part, "offer"):
        yield _offer(part, match, facts, brief)
    days = not part.lows.isdisjoint(_WEEKDAYS + _GERMAN_DAYS)
    for match in _ENDS_ON.finditer(part.text) if days else ():
        yield from _weekday(part, match, end)
    yield from _dates(part, facts, end)


def _stock(part: Part, match: re.Match[str], stock: int | None) -> Iterator[Finding | Receipt]:
    shown = match.group()
    said = match.groupdict().get("n")
    number = None if said is None else _WORDS.get(said.casefold()) or int(said)
    if stock is None:
        words = f"“{shown}”: the stock is not known, so nobody can say that it is short; remove it."
    elif number is not None and number != stock:
        words = f"“{shown}”: there are {stock} in stock. Say that, or remove it."
    elif stock > SMALL_STOCK:
        words = f"“{shown}”: there are {stock} in stock, which is not short; remove it."
    else:
        yield Receipt(
            start=match.start(), end=match.end(), field="stock", value=str(stock), where=part.where
        )
        return
    # How many there are is never sent.
    told = f"“{shown}” is not what the stock says; leave out how many are left."
    yield _finding(part, words, match.span(), to_model=told)


def _offer(part: Part, match: re.Match[str], facts: Facts, brief: Brief) -> Finding | Receipt:
    said = match.group().casefold()
    for fact in (*facts.facts, Fact(field="occasion", value=brief.occasion)):
        if said in fact.value.casefold():
            return Receipt(
                start=match.start(),
                end=match.end(),
                field=fact.field,
                value=fact.value,
                where=part.where,
            )
    words = f"“{match.group()}” stands in no field; remove it, or name it as the occasion."
    return Finding(
        check="offer", words=words, where=part.where, start=match.start(), end=match.end()
    )


def _weekday(part: Part, match: re.Match[str], end: _End) -> Iterator[Finding | Receipt]:
    name = match["day"].casefold()
    day = _WEEKDAYS.index(name) if name in _WEEKDAYS else _GERMAN_DAYS.index(name)
    if end.day is not None and end.day.weekday() == day:
        yield _receipt(part, match.span(), end.day)
        return
    words = f"“{match.group()}”: {end.told}. Set the day, or remove it."
    yield _finding(part, words, match.span())


def _dates(part: Part, facts: Facts, end: _End) -> Iterator[Finding | Receipt]:
    ends = end.day
    known = [(one, found) for one in facts.facts for *_, found in dates(one.value)]
    for start, last, said in dates(part.text):
        year, month, day = said
        fact = next(
            (one for one, found in known if found[1:] == said[1:] and year in (None, found[0])),
            None,
        )
        if (
            ends is not None
            and (month, day) == (ends.month, ends.day)
            and year in (None, ends.year)
        ):
            yield _receipt(part, (start, last), ends)
        elif fact is not None:
            yield Receipt(
                start=start, end=last, field=fact.field, value=fact.value, where=part.where
            )
        else:
            told = "stands in no field"
            if end.past:
                told = f"stands in no field, and {end.told}"
            elif ends is not None:
                told = f"is not the day the offer ends, {ends}"
            words = f"“{part.text[start:last]}” {told}; remove it, or set the day."
            yield _finding(part, words, (start, last))


def _receipt(part: Part, span: tuple[int, int], ends: date) -> Receipt:
    return Receipt(
        start=span[0], end=span[1], field="offer ends", value=str(ends), where=part.where
    )


def _finding(
    part: Part, words: str, span: tuple[int, int], *, blocks: bool = True, to_model: str = ""
) -> Finding:
    return Finding(
        check="urgency",
        words=words,
        where=part.where,
        start=span[0],
        end=span[1],
        blocks=blocks,
        to_model=to_model,
    )
