"""Whether what a model says its words rest on bears them out; its own word counts for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.copywriting.checks.evidence import Evidence, Known
from recsys.copywriting.checks.figures import borne_out
from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import lexicon, load, parents
from recsys.copywriting.checks.quantities import quantities
from recsys.copywriting.checks.tokens import Part, Token, cut, root
from recsys.copywriting.text import Claim


def check_claims(
    claims: tuple[Claim, ...], parts: list[Part], evidence: Evidence
) -> Iterator[Finding | Receipt]:
    """Judge each claim by the field that it names."""
    for claim in claims:
        part, at = _find(claim.words, parts)
        if part is None or not claim.words.strip():
            words = (
                f"The writer claims “{claim.words[:60]}”, which is not in the text; write it anew."
            )
            yield Finding(check="claim", words=words)
            continue
        known = evidence.of(claim.field)
        start, end = at, at + len(claim.words)
        if known is None:
            words = (
                f"“{claim.words}” rests on “{claim.field[:60]}”,"
                f" which is no field {evidence.whose}."
            )
            yield Finding(check="claim", words=words, where=part.where, start=start, end=end)
        else:
            yield _judge(part, (start, end), known)


def _judge(part: Part, span: tuple[int, int], known: Known) -> Finding | Receipt:
    shown, fact = part.text[span[0] : span[1]], known.fact
    value = fact.value if len(fact.value) <= 60 else fact.value[:59] + "…"
    borne = _bears(shown, known, part.language)
    if borne:
        return Receipt(
            start=span[0], end=span[1], field=fact.field, value=fact.value, where=part.where
        )
    if borne is None and part.language != "en":
        words = (
            f"“{shown}” is said to rest on the field “{fact.field}”: “{value}”."
            " The words are not alike; see for yourself."
        )
    else:
        words = (
            f"“{shown}” is not borne out by the field “{fact.field}”: “{value}”."
            " Say what stands there, or remove it."
        )
    blocks = borne is not None or part.language == "en"
    return Finding(
        check="claim", words=words, where=part.where, start=span[0], end=span[1], blocks=blocks
    )


def _find(words: str, parts: list[Part]) -> tuple[Part | None, int]:
    for part in parts:
        at = part.text.find(words)
        if at >= 0:
            return part, at
    return None, 0


def _bears(words: str, known: Known, language: str) -> bool | None:
    """Whether a fact has each number and each term of a claim, or any of its other words.

    None where no number, no term and no word is there to tell: in another language than the
    facts', equal things have other words.
    """
    tokens = cut(words)
    numbers = [one for one in quantities(tokens, language) if one.kind != "code"]
    mentions = lexicon(language).mentions([token for token in tokens if token.kind != "mark"])
    if not all(borne_out(number, known.numbers) for number in numbers):
        return False
    for mention in mentions:
        wider = parents().get(mention.term.id, frozenset({mention.term.id}))
        against = bool(wider & known.denies)
        borne = against if mention.denied else mention.term.id in known.says
        if not borne and (mention.denied or mention.term.kind not in ("ingredient", "pairing")):
            return False
    return bool(numbers or mentions) or _shares(tokens, known, language) or None


def _shares(tokens: list[Token], known: Known, language: str) -> bool:
    """Whether a claim and a fact have a word in common, whatever its ending."""
    common = frozenset(load("stopwords")["stopwords"].get(language, "").split())
    said = {root(token.low) for token in known.tokens if token.low not in common}
    mine = {root(token.low) for token in tokens if token.kind != "mark" and token.low not in common}
    return bool(said & mine) or not mine
