"""Words that a text must not have, and words that it should: banned, spam, keywords."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.lexicon import READ, load
from recsys.copywriting.checks.tokens import Part, cut, stem
from recsys.copywriting.text import Brief, Voice

# A keyword may stand once in 40 words and three times in any case; any word of more than four
# letters in 8 of 100 words of a text of 50 words or more, and four times in any case.
_WORDS_A_KEYWORD, _FREE_REPEATS = 40, 3
_SHARE, _LEAST_WORDS, _FREE_WORDS = 0.08, 50, 4


def check_banned(part: Part, voice: Voice | None) -> Iterator[Finding]:
    """Find the words that the shop's own voice never says."""
    if voice is None or not voice.banned:
        return
    for match in _pattern(voice.banned).finditer(part.text):
        words = f"“{match.group()}” never stands in the voice “{voice.name}”; say it otherwise."
        yield _finding(part, "banned", words, match.span())


def check_spam(part: Part, brief: Brief) -> Iterator[Finding]:
    """Find what mail filters take for spam; only e-mails are looked at."""
    if brief.kind != "subject":
        return
    taken: list[tuple[int, int]] = []
    for language in dict.fromkeys(("en", part.language)):
        if language not in READ:
            continue
        for match in _spam(language, "strong").finditer(part.text):
            taken.append(match.span())
            words = f"“{match.group()}” looks like spam to mail filters; say it otherwise."
            yield _finding(part, "spam", words, match.span())
        for match in _spam(language, "weak").finditer(part.text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            words = f"“{match.group()}” can look like spam; better without."
            yield _finding(part, "spam", words, match.span(), blocks=False)


@lru_cache(maxsize=8)
def _spam(language: str, strength: str) -> re.Pattern[str]:
    return _pattern(tuple(load("spam")[language][strength]))


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Match any of the phrases as whole words, the longest first."""
    pieces = [
        r"\s+".join(re.escape(word).replace("'", "['\u2019]") for word in phrase.split())
        for phrase in sorted(phrases, key=len, reverse=True)
        if phrase.strip()
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(pieces) or '(?!)'})(?!\w)", re.IGNORECASE)


def check_keywords(part: Part, brief: Brief) -> Iterator[Finding]:
    """Say which keywords are missing, and which words stand too often."""
    if part.where != "text" or brief.kind == "subject":
        return
    stems = [stem(word.low, part.language) for word in part.words]
    for keyword in brief.keywords:
        wanted = [stem(one.low, part.language) for one in cut(keyword) if one.kind != "mark"]
        count = _count(stems, wanted)
        if wanted and not count:
            words = f"The keyword “{keyword}” is not in the text; add it where it reads naturally."
            yield _finding(part, "keywords", words, (0, 0), blocks=False)
        elif count > max(_FREE_REPEATS, len(stems) / _WORDS_A_KEYWORD):
            words = f"The keyword “{keyword}” stands {count} times; once or twice is enough."
            yield _finding(part, "keywords", words, (0, 0))
    yield from _stuffed(part, stems, brief)


def _stuffed(part: Part, stems: Sequence[str], brief: Brief) -> Iterator[Finding]:
    common = frozenset(load("stopwords")["stopwords"].get(part.language, "").split())
    asked = {stem(one.low, part.language) for keyword in brief.keywords for one in cut(keyword)}
    counts = Counter(
        one for one in stems if len(one) > 3 and one not in common and one not in asked
    )
    for word, count in counts.most_common(1):
        if len(stems) >= _LEAST_WORDS and count > max(_FREE_WORDS, _SHARE * len(stems)):
            at = next(one for one, said in zip(part.words, stems, strict=True) if said == word)
            words = f"“{at.text}” stands {count} times in {len(stems)} words; say it less often."
            yield _finding(part, "keywords", words, (at.start, at.end))


def _count(stems: Sequence[str], wanted: list[str]) -> int:
    if not wanted:
        return 0
    return f" {'  '.join(stems)} ".count(f" {'  '.join(wanted)} ")


def _finding(
    part: Part, check: str, words: str, span: tuple[int, int], *, blocks: bool = True
) -> Finding:
    return Finding(
        check=check, words=words, where=part.where, start=span[0], end=span[1], blocks=blocks
    )
