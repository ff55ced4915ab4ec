"""Whether what a model says its words rest on bears them out; its own word counts for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from recsys.copywriting.checks.evidence import Evidence, Known
from recsys.copywriting.checks.figures import borne_out
from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.checks.lexicon import lexicon, negators, parents, small_words
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
            yield from _judge(part, (start, end), known)


def _judge(part: Part, span: tuple[int, int], known: Known) -> Iterator[Finding | Receipt]:
    """Underline what the field bears out of a claim, and say what it does not."""
    shown, fact = part.text[span[0] : span[1]], known.fact
    value = fact.value if len(fact.value) <= 60 else fact.value[:59] + "…"
    borne = _bears(shown, known, part.language)
    blocks = part.language == "en"
    if borne:
        pieces, missing, total = _pieces(shown, known, part.language)
        for start, end in pieces:
            yield Receipt(
                start=span[0] + start,
                end=span[0] + end,
                field=fact.field,
                value=fact.value,
                where=part.where,
            )
        if not missing or not blocks:
            return
        blocks = 2 * (total - len(missing)) < total
        words = _in_part(shown, pieces, missing, blocks=blocks)
        words += f" the field “{fact.field}”: “{value}”."
        words += " Say what stands there, or remove it." if blocks else " See for yourself."
    elif borne is None and not blocks:
        words = (
            f"“{shown}” is said to rest on the field “{fact.field}”: “{value}”."
            " The words are not alike; see for yourself."
        )
    else:
        blocks = True
        words = (
            f"“{shown}” is not borne out by the field “{fact.field}”: “{value}”."
            " Say what stands there, or remove it."
        )
    yield Finding(
        check="claim", words=words, where=part.where, start=span[0], end=span[1], blocks=blocks
    )


def _in_part(shown: str, pieces: list[tuple[int, int]], missing: list[str], *, blocks: bool) -> str:
    if not blocks:
        return f"Of “{shown}”, {_listed(missing)} {_stand(missing, 'does not', 'do not')} stand in"
    borne = [shown[start:end] for start, end in pieces]
    if not borne:
        return f"Nothing of “{shown}” stands in"
    return f"Of “{shown}”, only {_listed(borne)} {_stand(borne, 'stands', 'stand')} in"


def _listed(pieces: list[str]) -> str:
    return ", ".join(f"“{piece}”" for piece in dict.fromkeys(pieces))


def _stand(pieces: list[str], one: str, more: str) -> str:
    return one if len(dict.fromkeys(pieces)) == 1 else more


def _pieces(
    shown: str, known: Known, language: str
) -> tuple[list[tuple[int, int]], list[str], int]:
    """Return the spans that a fact bears out, the words that it does not, and how many count.

    A number with its unit counts as one word; small words count as none.
    """
    tokens = [token for token in cut(shown) if token.kind != "mark"]
    said = {root(token.low) for token in known.tokens}
    denials = negators("en")["deny"]
    plain = small_words(language) - denials
    if denials & {token.low for token in known.tokens} or known.denies:
        said |= {root(word) for word in denials}  # it denies something; what, the terms tell
    spans = [
        (one.start, one.end)
        for one in quantities(cut(shown), language)
        if one.kind != "code" and borne_out(one, known.numbers)
    ]
    terms = [
        (one.start, one.end)
        for one in lexicon(language).mentions(tokens)
        if one.term.id in known.says or one.denied
    ]
    missing: list[str] = []
    pieces: list[tuple[int, int]] = []
    total, joined = len(spans), False
    for token in tokens:
        inside = next((one for one in spans if one[0] <= token.start < one[1]), None)
        if inside is None and token.low in plain:
            continue
        total += inside is None
        termed = any(start <= token.start < end for start, end in terms)
        if inside is None and not termed and root(token.low) not in said:
            missing.append(token.text)
            joined = False
            continue
        start, end = inside or (token.start, token.end)
        if joined:
            start = pieces.pop()[0]
        pieces.append((start, end))
        joined = True
    return pieces, missing, total


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
    common = small_words(language)
    said = {root(token.low) for token in known.tokens if token.low not in common}
    mine = {root(token.low) for token in tokens if token.kind != "mark" and token.low not in common}
    return bool(said & mine) or not mine
