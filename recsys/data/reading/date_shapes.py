"""What the shape of a cell says about how its date is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

Family = Literal[
    "iso", "number", "slashed", "dotted", "/", "-", ".", "day month", "month day", "year month"
]

# Months and days of the week by their first letters, in English and German.
_MONTH = r"(?:jan|feb|m[aä]r|mae|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]*\.?"
_WEEKDAY = r"(?:mon?|tue|wed|thu|fri?|sat?|sun|di|mi|do|so)[a-z]*[.,]*\s+"
_TIME = re.compile(
    r"(?P<gap>\s*,?\s+|t)(?P<hour>00?):00(?P<second>:00)?(?P<part>[.,]0{1,9})?"
    r"(?P<half>\s?[ap]m)?(?P<zone>\s?(?:z|utc|gmt)|\s?[+-]00:?(?:00)?)?(?P<tail> uhr)?"
)
_SWAPPED = re.compile(r"00?(?P<sign>[/.-])00?(?P=sign)(?P<year>0000|00)(?P<time>\D.*)?")
_SWAPPED_FAMILIES: dict[str, Family] = {"/": "/", "-": "-", ".": "."}
_YEAR_FIRST = re.compile(r"0000(?P<sign>[-/.])00?(?P=sign)00?(?P<time>\D.*)?")
_YEAR_FIRST_FAMILIES: dict[str, Family] = {"-": "iso", "/": "slashed", ".": "dotted"}
_NUMBER = re.compile(r"[+-]?0+(?:\.0*)?(?:e[+-]?0+)?")
_NAMED: tuple[tuple[Family, str, str], ...] = (
    ("day month", rf"00?(?:st|nd|rd|th|\.)?[\s/,-]*{_MONTH}[\s/,-]*", "0000|00"),
    ("month day", rf"{_MONTH}[\s-]*00?(?:st|nd|rd|th)?[\s,-]+", "0000"),
    ("year month", rf"0000[\s/-]*{_MONTH}[\s/-]*", "00?"),
)
_WORDS: list[tuple[Family, re.Pattern[str]]] = [
    (family, re.compile(rf"(?P<weekday>{_WEEKDAY})?{start}(?P<year>{end})(?P<time>\D.*)?"))
    for family, start, end in _NAMED
]


@dataclass(frozen=True)
class Written:
    """How a date is written.

    Attributes
    ----------
    family
        Dates of one family can be read by one expression.
    year, time
        The ends of a strptime format: ``%Y`` and `` %H:%M``.
    zoned
        The format ends in an offset from UTC.
    plain
        In the ISO family: a cast reads it as it stands.
    weekday, german
        With the name of a month: that of a weekday comes first; it may be German.
    """

    family: Family
    year: str = "%Y"
    time: str = ""
    zoned: bool = False
    plain: bool = True
    weekday: bool = False
    german: bool = False


@lru_cache(maxsize=8192)
def written(shape: str) -> Written | None:
    """Tell how the date is written in a cell of this shape; None when it is no date."""
    if len(shape) > 60 or "0" not in shape:
        return None
    if _NUMBER.fullmatch(shape):
        return Written("number")
    if found := _SWAPPED.fullmatch(shape):
        return _finish(_SWAPPED_FAMILIES[found["sign"]], found["year"], found["time"])
    if found := _YEAR_FIRST.fullmatch(shape):
        return _finish(_YEAR_FIRST_FAMILIES[found["sign"]], "0000", found["time"])
    for family, pattern in _WORDS:
        if found := pattern.fullmatch(shape):
            year = "0000" if family == "year month" else found["year"]
            way = _finish(family, year, found["time"])
            german = re.search("m[aä]r|mae|mai|okt|dez", shape) is not None
            weekday = found["weekday"] is not None
            return way and replace(way, weekday=weekday, german=german)
    return None


def _finish(family: Family, year: str, time: str | None) -> Written | None:
    """Add the time of the day; None when what follows the date is no time."""
    year = "%Y" if year == "0000" else "%y"
    if not time or not time.strip():
        return Written(family, year)
    found = _TIME.fullmatch(time.rstrip())
    if found is None:
        # DuckDB knows the names of zones that are not listed here
        named = family == "iso" and re.match(r"[ t]00?:00", time)
        return Written("iso", zoned=True) if named else None
    gap = "T" if found["gap"] == "t" else found["gap"]
    hour = "%I" if found["half"] else "%H"
    text = gap + hour + ":%M" + (":%S" if found["second"] else "")
    if found["part"]:
        text += found["part"][0] + "%f"
    if found["half"]:
        text += " %p" if found["half"][0].isspace() else "%p"
    zone = found["zone"] or ""
    zoned = "0" in zone
    # DuckDB reads an offset that follows the seconds at once, not one behind a blank
    plain = not (found["half"] or found["tail"] or (zoned and zone[0].isspace()))
    plain = plain and (found["part"] or ".")[0] == "."
    text += re.sub(r"[+-].*", "%z", zone) if zoned else zone.upper()
    text += " Uhr" if found["tail"] else ""
    return Written(family, year, text, zoned, plain)
