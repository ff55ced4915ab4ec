"""Whether what a model says its words rest on bears them out; its own word counts for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.copywriting.checks.evidence import Evidence, Known
from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import lexicon, load, parents
from recsys.copywriting.checks.numbers import borne_out
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
        start, end = at, at + len(claim.words)
        known = evidence.of(claim.field)
        if known is None:
            words = (
                f"“{claim.words}” rests on “{claim.field[:60]}”,"
                f" which is no field {evidence.whose}."
            )
        elif not _bears(claim.words, known, part.language):
            value = known.fact.value
            shown = value if len(value) <= 60 else value[:59] + "…"
            words = (
                f"“{claim.words}” is not borne out by the field “{claim.field}”: “{shown}”."
                " Say what stands there, or remove it."
            )
        else:
            fact = known.fact
            yield Receipt(
                start=start, end=end, field=fact.field, value=fact.value, where=part.where
            )
            continue
        yield Finding(check="claim", words=words, where=part.where, start=start, end=end)


def _find(words: str, parts: list[Part]) -> tuple[Part | None, int]:
    for part in parts:
        at = part.text.find(words)
        if at >= 0:
            return part, at
    return None, 0


def _bears(words: str, known: Known, language: str) -> bool:
    """Whether a fact has each number and each term of a claim, and any of its other words."""
    tokens = cut(words)
    numbers = quantities(tokens, language)
    mentions = lexicon(language).mentions([token for token in tokens if token.kind != "mark"])
    if not all(borne_out(number, known.numbers) for number in numbers if number.kind != "code"):
        return False
    for mention in mentions:
        wider = parents().get(mention.term.id, frozenset({mention.term.id}))
        against = bool(wider & known.denies)
        borne = against if mention.denied else mention.term.id in known.says
        if not borne and not (mention.term.kind == "ingredient" and not mention.denied):
            return False
    return bool(numbers or mentions) or _shares(tokens, known, language)


def _shares(tokens: list[Token], known: Known, language: str) -> bool:
    """Whether a claim and a fact have a word in common, whatever its ending."""
    common = frozenset(load("stopwords")["stopwords"].get(language, "").split())
    said = {root(token.low) for token in known.tokens if token.low not in common}
    mine = {root(token.low) for token in tokens if token.kind != "mark" and token.low not in common}
    return bool(said & mine) or not mine
