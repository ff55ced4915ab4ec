"""All that the facts bear out, made ready once for all checks of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from recsys.copywriting.checks.lexicon import READ, Mention, lexicon, negators, parents, plain_name
from recsys.copywriting.checks.quantities import Quantity, quantities, sorts_of
from recsys.copywriting.checks.tokens import Token, cut
from recsys.copywriting.checks.units import unit_of
from recsys.copywriting.text import Brief, Fact, Facts

_MIXED = re.compile(r"[&/,;|>]|\b(?:and|or|und|oder)\b")
_LIST = re.compile(r",\s|[;|]|\s/\s|(?<=[a-z])/(?=[a-z])")
_GROUPS = ("categor", "department", "section", "collection", "commodity", "kategorie", "aisle")
_YES = frozenset({"yes", "true", "ja", "y", "1", "x", "✓"})
NOTHING = frozenset({"no", "false", "nein", "n", "none", "0", "kein", "keine", "✗"})
_COUNTS = frozenset(
    {"products", "pack", "pieces", "quantity", "count", "pcs", "units", "menge", "stück"}
)
_NAMES = {
    "product": "of this product",
    "products": "of these products",
    "segment": "of what this segment shares",
    "category": "of this category",
}


@dataclass
class Known:
    """One fact, read: its words, its numbers and what it says. Nobody changes it afterwards."""

    fact: Fact
    tokens: list[Token]
    numbers: list[Quantity] = field(default_factory=list[Quantity])
    says: set[str] = field(default_factory=set[str])
    denies: set[str] = field(default_factory=set[str])


@dataclass
class Evidence:
    """What is known, by what a text may say.

    Attributes
    ----------
    said, denied
        Terms, and all that they are a kind of, with the first fact that says or denies them.
    words
        Every word of the facts, folded.
    whose
        How findings call what the facts are about: "of this product".
    """

    known: list[Known]
    said: dict[str, Fact]
    denied: dict[str, Fact]
    words: frozenset[str]
    text: str
    whose: str

    def of(self, name: str) -> Known | None:
        """Return what is known under a field."""
        return next((one for one in self.known if one.fact.field == name), None)


def read_facts(facts: Facts, brief: Brief) -> Evidence:
    """Read all facts, and the occasion and the end of the offer that the brief gives."""
    given = list(facts.facts)
    # A segment's name is the shop's own note: it is not sent, and bears nothing out.
    if facts.about != "segment" and not any(one.value == facts.name for one in given):
        given.append(Fact(field="name", value=facts.name))
    if brief.occasion:
        given.append(Fact(field="occasion", value=brief.occasion))
    if facts.about == "products":
        given.append(Fact(field="products", value=str(facts.id.count(",") + 1)))
    mixed = facts.about == "category"
    known = [_read(one.field, one.value, mixed_counts=mixed) for one in given]
    said: dict[str, Fact] = {}
    denied: dict[str, Fact] = {}
    for one in known:
        for term in one.says:
            said.setdefault(term, one.fact)
        for term in one.denies:
            denied.setdefault(term, one.fact)
    words = frozenset(token.low for one in known for token in one.tokens)
    text = "\n".join(one.value.casefold() for one in given)
    return Evidence(known, said, denied, words, text, _NAMES[facts.about])


@lru_cache(maxsize=4096)  # brands and categories come again and again
def _read(name: str, value: str, *, mixed_counts: bool) -> Known:
    label, tokens = cut(name), cut(value)
    known = Known(Fact(field=name, value=value), [*label, *tokens])
    known.numbers = [_named(label, tokens, one) for one in quantities(tokens, None)]
    known.numbers += _listed(label, value)
    mixed = any(group in name.casefold() for group in _GROUPS) and _MIXED.search(value)
    if mixed and not mixed_counts:
        return known  # "Wool & cashmere" says nothing of one product
    words = [token for token in tokens if token.kind != "mark"]
    value = value.strip().casefold()
    nothing = value in NOTHING or (value[:2] in ("0", "0 ") and known.numbers[:1] != [])
    for language in READ:
        for mention in lexicon(language).mentions(words, strict=False):
            _note(known, mention.term.id, denied=mention.denied)
        labels = [token for token in label if token.kind != "mark"]
        if 0 < len(words) <= 3 and not nothing:  # "wax: soy" says soy wax
            for mention in lexicon(language).mentions([*words, *labels], strict=False):
                if mention.first < len(words) < mention.last:
                    _note(known, mention.term.id, denied=mention.denied)
        denials = {*negators(language)["deny"], "free"}
        for mention in lexicon(language).mentions(labels, strict=False):
            # "Bluetooth: 5.3" says that it has it, "scent: lavender" that it smells.
            told = nothing or value in _YES or known.numbers or mention.term.kind == "ingredient"
            if told and (nothing or not words or words[0].low not in denials):
                _note(known, mention.term.id, denied=mention.denied != nothing)
    return known


def _listed(label: list[Token], value: str) -> list[Quantity]:
    """Count a list of short things: "S, M, L, XL" are four, of what the field's name says."""
    pieces = [piece for piece in _LIST.split(value) if piece.strip()]
    if len(pieces) < 2 or any(len(piece.split()) > 2 for piece in pieces):
        return []
    around = frozenset(plain_name(token.low) for token in label if token.kind == "word")
    count = (float(len(pieces)),)
    return [Quantity(0, 0, "", count, count, before=around)] if around else []


def _note(known: Known, term: str, *, denied: bool) -> None:
    if denied:
        known.denies.add(term)
    else:
        known.says |= parents().get(term, frozenset({term}))


def _named(label: list[Token], tokens: list[Token], number: Quantity) -> Quantity:
    """Give a plain number what its field's name says: "weight_g", "pockets"."""
    around = frozenset(plain_name(token.low) for token in label if token.kind == "word")
    lows = {token.low for token in label}
    if number.kind == "" and label and len(tokens) == 1:
        unit = unit_of(label[-1].low.rstrip(")")) or (
            unit_of(label[-2].low) if len(label) > 1 and label[-1].text == ")" else None
        )
        if unit is not None:
            values = tuple(value * unit.factor for value in number.values)
            number = replace(number, kind=unit.kind, values=values, imperial=unit.imperial)
        elif lows & _COUNTS:
            number = replace(number, kind="pieces")
    return replace(
        number,
        before=number.before | around,
        sorts=number.sorts or sorts_of(reversed(label), number.kind),
    )


def bears(mention: Mention, evidence: Evidence) -> tuple[Fact | None, Fact | None]:
    """Return the fact that bears a mention out, and the fact that contradicts it."""
    term = mention.term.id
    wider = parents().get(term, frozenset({term}))
    against = next((evidence.denied[one] for one in wider if one in evidence.denied), None)
    if mention.denied:
        return against, evidence.said.get(term)
    return evidence.said.get(term), against
