"""All checks of a text, in one call; no language model has a say in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from recsys.copywriting.checks.claims import check_claims
from recsys.copywriting.checks.duplicates import ALIKE, DUPLICATE, Others
from recsys.copywriting.checks.evidence import Evidence, read_facts
from recsys.copywriting.checks.figures import check_numbers
from recsys.copywriting.checks.finding import Checked, Finding, Receipt
from recsys.copywriting.checks.form import (
    check_capitals,
    check_length,
    check_marks,
    check_merge_tags,
)
from recsys.copywriting.checks.language import check_language
from recsys.copywriting.checks.leaks import addresses, check_leaks
from recsys.copywriting.checks.letters import check_letters
from recsys.copywriting.checks.lexicon import READ
from recsys.copywriting.checks.names import check_names
from recsys.copywriting.checks.orders import check_orders
from recsys.copywriting.checks.terms import check_brands, check_terms
from recsys.copywriting.checks.tokens import Part
from recsys.copywriting.checks.urgency import check_urgency, told_elsewhere
from recsys.copywriting.checks.wording import check_banned, check_keywords, check_spam
from recsys.copywriting.merge_tags import find_tags
from recsys.copywriting.text import LANGUAGES, Brief, Copy, Facts, Voice

_LIMITS = (
    "Words are compared, not meanings: a claim in words that no list has is not noticed, nor is a"
    " brand that is little known."
)


# Nobody reads more findings than so many; and texts made to have more are not worth the time.
MOST_FINDINGS = 50
_MOST_SPANS = 100  # of merge tags, dates and addresses, whose numbers are no claims


def check(
    copy: Copy,
    facts: Facts,
    brief: Brief,
    *,
    voice: Voice | None = None,
    others: Others | None = None,
    today: date | None = None,
) -> Checked:
    """Check a text against what is known, and against the rules of the trade.

    Parameters
    ----------
    voice
        A voice of the shop's own, for its banned words.
    others
        Texts about other things, to find what was written twice.
    today
        An offer that ended before it bears nothing out; None for the day it is.

    Returns
    -------
    Checked
        Findings in the order of the text, and receipts that overlap neither one another nor a
        finding that blocks. Any text is checked, none raises.

    Examples
    --------
    >>> from recsys.copywriting.text import Fact
    >>> mug = Facts(
    ...     about="product", id="1", name="Mug", facts=(Fact(field="size", value="0.35 l"),)
    ... )
    >>> checked = check(Copy(text="A waterproof mug that holds 350 ml."), mug, Brief())
    >>> [finding.check for finding in checked.findings]
    ['property']
    >>> [(receipt.start, receipt.end, receipt.value) for receipt in checked.receipts]
    [(28, 34, '0.35 l')]
    """
    parts = [Part("text", copy.text, brief.language)]
    if copy.preheader.strip():
        parts.append(Part("preheader", copy.preheader, brief.language))
    evidence = read_facts(facts, brief)
    found: list[Finding | Receipt] = list(check_claims(copy.claims, parts, evidence))
    for part in parts:
        for checked in (
            check_urgency(part, facts, brief, today or date.today()),
            *_of_part(part, evidence, brief, voice),
        ):
            found += _enough(checked)
    if others is not None:
        found += _duplicates(copy, facts, others)
    findings = _in_order(one for one in found if isinstance(one, Finding))
    receipts = [one for one in found if isinstance(one, Receipt)]
    return Checked(
        findings=_first(findings),
        receipts=_apart(receipts, findings, parts),
        limits=_limits(brief.language),
    )


def _of_part(
    part: Part, evidence: Evidence, brief: Brief, voice: Voice | None
) -> Iterator[Iterator[Finding | Receipt]]:
    tags = [(tag.start, tag.end) for tag in islice(find_tags(part.text), _MOST_SPANS)]
    elsewhere = [*tags, *addresses(part.text), *told_elsewhere(part)]
    yield check_length(part, brief)
    yield check_numbers(part, evidence, elsewhere[:_MOST_SPANS])
    yield check_terms(part, evidence)
    yield check_brands(part, evidence, tags)
    yield check_banned(part, voice)
    yield check_spam(part, brief)
    yield check_capitals(part, evidence, tags)
    yield check_letters(part, evidence, tags)
    yield check_marks(part, brief, tags)
    yield check_merge_tags(part, brief)
    yield check_keywords(part, brief)
    yield check_language(part)
    yield check_leaks(part, evidence, tags)
    yield check_names(part, evidence, tags, brief)
    yield check_orders(part, evidence)


def _enough(found: Iterator[Finding | Receipt]) -> Iterator[Finding | Receipt]:
    """Go through what a check finds until there are findings enough."""
    count = 0
    for one in found:
        yield one
        count += isinstance(one, Finding)
        if count == MOST_FINDINGS:
            return


def _duplicates(copy: Copy, facts: Facts, others: Others) -> Iterator[Finding]:
    nearest = others.nearest(copy.text, but=facts.id)
    if nearest is None or nearest[1] < ALIKE:
        return
    about, share = nearest
    words = f"{share:.0%} of this text is the text of “{about}”; say what is different here."
    yield Finding(check="duplicate", words=words, blocks=share >= DUPLICATE)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by place, and leave out what was found twice."""
    alone = {(one.check, one.where, one.start, one.end, one.words): one for one in findings}
    return tuple(sorted(alone.values(), key=lambda one: (one.where != "text", one.start, one.end)))


def _first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep the first of a great many, those that block before advice."""
    if len(findings) <= MOST_FINDINGS:
        return findings
    return _in_order(sorted(findings, key=lambda one: not one.blocks)[:MOST_FINDINGS])


def _apart(
    receipts: list[Receipt], findings: tuple[Finding, ...], parts: list[Part]
) -> tuple[Receipt, ...]:
    """Keep receipts that overlap no finding that blocks and no longer receipt."""
    taken = {part.where: bytearray(len(part.text)) for part in parts}  # by letter
    for one in findings:
        if one.blocks and one.where in taken:
            _take(taken[one.where], one.start, one.end)
    kept: list[Receipt] = []
    for one in sorted(receipts, key=lambda one: (one.start - one.end, one.start)):
        if not any(taken[one.where][one.start : one.end]):
            kept.append(one)
            _take(taken[one.where], one.start, one.end)
    return tuple(sorted(kept, key=lambda one: (one.where != "text", one.start)))


def _take(letters: bytearray, start: int, end: int) -> None:
    letters[start:end] = b"\1" * (end - start)


def _limits(language: str) -> str:
    if language in READ:
        return _LIMITS
    name = LANGUAGES.get(language, language)
    return (
        f"Of {name}, materials, colours, properties, superlatives, negation, urgency and numbers in"
        " words are not read; digits, units, known brands, certifications, lengths, marks, merge"
        f" tags and duplicates are. {_LIMITS}"
    )
