"""What must never reach a shopper: personal data, a model's small talk, markup, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from recsys.copywriting.checks.evidence import Evidence
from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.tokens import Part

# Each looks behind itself or is bounded, so that no text makes them slow.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)?\(?\d[\d ()/.-]{6,30}\d(?!\w)")
_ISO_DAY = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")
# A trade number (GTIN) has twelve to fourteen digits in a row, and may begin with a nought.
_TRADE_DIGITS = range(12, 15)
_URL = re.compile(
    r"\bhttps?://\S+|\bwww\.\S+"
    r"|(?<![\w-])[\w-]+\.(?:com|net|org|io|shop|store|co\.uk|de|fr|es|it|nl|pl|pt|se|eu)\b(?:/\S*)?"
    r"|\b(?:t|wa)\.me/\S+|\bbit\.ly/\S+",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?<![\w.@/+-])@[A-Za-z_][\w.]{2,63}")
_DOTTED = re.compile(r"\w\.\w|://")
_MARKUP = re.compile(
    r"</?[a-zA-Z][^<>]*>|^#{1,6} |\*\*[^*\n]+\*\*|__[^_\n]+__|`[^`\n]*`|\[[^\[\]\n]+\]\([^()\n]+\)"
    r"|^[ \t]*[-*•] |^[ \t]*\d+\. |&(?:amp|nbsp|lt|gt|quot|#\d+);",
    re.MULTILINE,
)


@lru_cache(maxsize=1)
def _talk() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the words that talk with a model has, and the patterns that are looked for then."""
    rules = load("leaks")["talk"]
    flags = re.IGNORECASE | re.MULTILINE
    return frozenset(rules["triggers"]), re.compile("|".join(rules["patterns"]), flags)


def check_leaks(part: Part, evidence: Evidence, tags: list[tuple[int, int]]) -> Iterator[Finding]:
    """Find what a shopper must never see.

    Parameters
    ----------
    tags
        Spans of merge tags: other checks answer for them.
    """
    text = part.text
    for match in _MAIL.finditer(text) if "@" in text else ():
        words = f"“{match.group()}” is an e-mail address; remove it."
        yield _finding(part, "personal", words, match.span())
    for span in phones(text):
        shown = text[span[0] : span[1]]
        if shown not in evidence.text:
            yield _finding(part, "personal", f"“{shown}” is a telephone number; remove it.", span)
    yield from _accounts(part, evidence)
    triggers, talk = _talk()
    said = "[" in text or not part.lows.isdisjoint(triggers)
    for match in talk.finditer(text) if said else ():
        words = f"“{match.group().strip()}” is talk between a writer and a model; remove it."
        yield _finding(part, "leak", words, match.span())
    for match in _MARKUP.finditer(text):
        if not any(match.start() < end and start < match.end() for start, end in tags):
            words = f"“{match.group().strip()[:40]}” is markup; copy is plain text."
            yield _finding(part, "leak", words, match.span())
    for match in _URL.finditer(text) if _DOTTED.search(text) else ():
        before = text[match.start() - 1 : match.start()]
        if before != "@" and match.group().casefold().rstrip(".,") not in evidence.text:
            words = f"“{match.group()}” is an address that stands in no field; remove it."
            yield _finding(part, "leak", words, match.span())


def _accounts(part: Part, evidence: Evidence) -> Iterator[Finding]:
    for match in _ACCOUNT.finditer(part.text) if "@" in part.text else ():
        if match.group().casefold().rstrip(".") not in evidence.text:
            words = f"“{match.group()}” is an account that stands in no field; remove it."
            yield _finding(part, "leak", words, match.span())


def addresses(text: str) -> list[tuple[int, int]]:
    """Find telephone numbers, e-mail and web addresses: their digits are no numbers to check."""
    found = phones(text)
    if "@" in text:
        found += [match.span() for match in _MAIL.finditer(text)]
    if _DOTTED.search(text):
        found += [match.span() for match in _URL.finditer(text)]
    return found


def phones(text: str) -> list[tuple[int, int]]:
    """Find what reads as a telephone number: nine digits or more, in groups or behind a plus."""
    found: list[tuple[int, int]] = []
    for match in _PHONE.finditer(text):
        digits = sum(letter.isdecimal() for letter in match.group())
        grouped = any(mark in match.group() for mark in " ()/-")
        if _ISO_DAY.search(match.group()) or (not grouped and digits in _TRADE_DIGITS):
            continue
        if digits >= 9 and (grouped or match.group()[:1] in "+0"):
            found.append(match.span())
    return found


def personal_in(text: str) -> str | None:
    """Say what personal data a text holds: nobody's address or number is sent to a provider.

    Returns
    -------
    str | None
        "an e-mail address", "a telephone number" or None; never the data itself, so that it may
        stand in an error.

    Examples
    --------
    >>> personal_in("Ask anna@example.com about the glaze.")
    'an e-mail address'
    >>> personal_in("Call +49 170 1234567.")
    'a telephone number'
    >>> personal_in("Ends 2026-12-24, EAN 0012345678905.") is None
    True
    """
    if "@" in text and _MAIL.search(text):
        return "an e-mail address"
    return "a telephone number" if phones(text) else None


def _finding(part: Part, check: str, words: str, span: tuple[int, int]) -> Finding:
    return Finding(check=check, words=words, where=part.where, start=span[0], end=span[1])
