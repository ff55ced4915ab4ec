"""The form of a text: its length, capitals, marks, emoji and merge tags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from recsys.copywriting.checks.evidence import Evidence
from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.lexicon import load
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.merge_tags import TOOLS, as_seen, find_tags
from recsys.copywriting.text import PREHEADER_MOST, SUBJECT_MOST, Brief

# At most so many emoji: in a subject or preheader; in a description that is casual or in a voice
# of the shop's own. None in one that is professional, technical or for luxury.
SUBJECT_EMOJI, DESCRIPTION_EMOJI = 1, 2
_SOBER = ("professional", "technical", "luxury")
_EMOJI = re.compile("[\U0001f1e6-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]")
_MARKS = re.compile(
    r"!{2,}|\?{2,}|[!?]*(?:!\?|\?!)[!?]*|\.{4,}|\${2,}|€{2,}|£{2,}|\*{2,}|={2,}|~{2,}"
)
_TWICE = re.compile(r"[!?.$€£*=~]{2}")
_CAPITALS = re.compile(r"\b[^\W\d_a-z]{2,}\b")


def seen_length(text: str) -> int:
    """Count what a person sees: a letter with its accents or an emoji of parts is one.

    A merge tag counts as its fallback, and as eight characters at least.
    """
    count, joined = 0, False
    flags = 0
    for letter in as_seen(text):
        if letter == "\u200d":
            joined = True
            continue
        extends = unicodedata.combining(letter) or letter in "\ufe0e\ufe0f\u200b\u20e3"
        if extends or "\U0001f3fb" <= letter <= "\U0001f3ff":
            continue
        if "\U0001f1e6" <= letter <= "\U0001f1ff":
            flags += 1
            if flags % 2 == 0:
                continue
        if not joined:
            count += 1
        joined = False
    return count


def check_length(part: Part, brief: Brief) -> Iterator[Finding]:
    """Say what is empty or too long."""
    if not part.text.strip():
        if part.where == "text":
            yield _whole(part, "length", "There is no text; write one.")
        return
    if brief.kind == "subject":
        yield from _line(part)
        return
    words = len(part.text.split())
    if part.where == "text" and words > brief.max_words:
        told = f"{words} words, {words - brief.max_words} more than asked for; shorten it."
        yield _whole(part, "length", told)


def _line(part: Part) -> Iterator[Finding]:
    most, name = (
        (SUBJECT_MOST, "subject") if part.where == "text" else (PREHEADER_MOST, "preheader")
    )
    length = seen_length(part.text.strip())
    if length > most:
        words = f"The {name} has {length} characters; inboxes cut it after {most}. Shorten it."
        yield _whole(part, "length", words)
    if "\n" in part.text.strip():
        yield _whole(part, "length", f"A {name} is one line; take out the line break.")


def check_capitals(
    part: Part, evidence: Evidence, tags: list[tuple[int, int]]
) -> Iterator[Finding]:
    """Find words that shout; brands, units and acronyms of the facts may."""
    if part.text.islower():
        return
    for match in _CAPITALS.finditer(part.text):
        word = match.group()
        if len(word) < 4 and word not in load("form")["shouts"]:
            continue
        if word in load("form")["acronyms"] or _covered(match.start(), match.end(), tags):
            continue
        if not word.isupper() or _written_so(word, evidence):
            continue
        words = f"“{word}” is all capitals; write it in small letters."
        yield Finding(
            check="capitals", words=words, where=part.where, start=match.start(), end=match.end()
        )


def _written_so(word: str, evidence: Evidence) -> bool:
    """Whether a brand is written so, or a fact that does not shout as a whole."""
    shouts = word in load("form")["shouts"]
    for known in evidence.known:
        calm = any(letter.islower() for letter in known.fact.value)
        calm = (calm and not shouts) or "brand" in known.fact.field.casefold()
        if calm and word in {token.text for token in known.tokens}:
            return True
    return False


def check_marks(part: Part, brief: Brief, tags: list[tuple[int, int]]) -> Iterator[Finding]:
    """Find marks that shout, and more emoji than the kind of text bears."""
    shouted = False
    for match in _MARKS.finditer(part.text) if _TWICE.search(part.text) else ():
        if not _covered(match.start(), match.end(), tags):
            shouted = True
            words = f"“{match.group()}” looks like spam; one mark is enough."
            yield _span(part, "punctuation", words, match.span())
    if part.text.count("!") > 1 and not shouted:
        at = part.text.rindex("!")
        words = f"{part.text.count('!')} exclamation marks; keep one at most."
        yield _span(part, "punctuation", words, (at, at + 1))
    if brief.kind == "subject" and ";" in part.text:
        at = part.text.index(";")
        words = "A semicolon reads badly in an inbox; use a comma or a dash."
        if not _covered(at, at + 1, tags):
            yield _span(part, "punctuation", words, (at, at + 1), blocks=False)
    yield from _emoji(part, brief)


def _emoji(part: Part, brief: Brief) -> Iterator[Finding]:
    found = list(_EMOJI.finditer(part.text))
    if brief.kind == "subject":
        most = SUBJECT_EMOJI
    else:
        most = 0 if brief.voice in _SOBER else DESCRIPTION_EMOJI
    if seen_length("".join(one.group() for one in found)) > most:
        told = f"At most {most} emoji" if most else f"No emoji in a {brief.voice} text"
        yield _span(part, "emoji", f"{told}; take out “{found[most].group()}”.", found[most].span())


def check_merge_tags(part: Part, brief: Brief) -> Iterator[Finding]:
    """Find merge tags that are broken, of another tool, or not asked for."""
    tool = TOOLS.get(brief.merge_tool)
    for tag in find_tags(part.text):
        shown, span = part.text[tag.start : tag.end], (tag.start, tag.end)
        if tool is None:
            words = (
                f"“{shown}” is a merge tag, but no e-mail tool is chosen; choose one, or remove it."
            )
            yield _span(part, "merge tag", words, span)
        elif not tool.pattern.fullmatch(shown):
            whose = f"a tag of {TOOLS[tag.tool].name}" if tag.tool else "no whole tag"
            words = f"“{shown}” is {whose}; {tool.name} writes {tool.first_name}."
            yield _span(part, "merge tag", words, span)
        elif tag.fallback is None and not tool.fallback_elsewhere:
            words = f"Who has no first name sees a gap; write {tool.first_name}."
            yield _span(part, "merge tag", words, span, blocks=False)


def _covered(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in spans)


def _whole(part: Part, check: str, words: str) -> Finding:
    return Finding(check=check, words=words, where=part.where)


def _span(
    part: Part, check: str, words: str, span: tuple[int, int], *, blocks: bool = True
) -> Finding:
    return Finding(
        check=check, words=words, where=part.where, start=span[0], end=span[1], blocks=blocks
    )
