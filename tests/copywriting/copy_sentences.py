"""The sentences of the tables beside this file, each checked, and how many were judged rightly."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recsys.copywriting.checks.check import check
from recsys.copywriting.text import Brief, Copy, Fact, Facts


@dataclass(frozen=True)
class Sentence:
    facts: Facts
    brief: Brief
    text: str
    wrong: frozenset[tuple[str, str]]  # check and the words that it points at
    false: bool = False  # whatever it is that blocks it

    def found(self) -> frozenset[tuple[str, str]]:
        checked = check(Copy(text=self.text), self.facts, self.brief)
        return frozenset(
            (one.check, self.text[one.start : one.end]) for one in checked.findings if one.blocks
        )


def sentences(name: str) -> Iterator[Sentence]:
    table = tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    for product in table["product"]:
        facts = Facts(
            about="product",
            id=product["id"],
            name=product["name"],
            facts=tuple(
                Fact(field=field, value=value) for field, value in product["facts"].items()
            ),
        )
        brief = Brief(language=product.get("language", "en"))
        for text in product["true"]:
            yield Sentence(facts, brief, text, frozenset())
        for text, *wrong in product["false"]:
            pairs = frozenset(zip(wrong[::2], wrong[1::2], strict=True))
            yield Sentence(facts, brief, text, pairs, false=True)
        for text in product.get("false_any", ()):
            yield Sentence(facts, brief, text, frozenset(), false=True)


def rates(name: str) -> tuple[int, int, int, int]:
    """Of a table: false sentences caught and all, true sentences flagged and all."""
    caught = lies = alarms = truths = 0
    for sentence in sentences(name):
        found = sentence.found()
        if sentence.false:
            lies += 1
            caught += bool(found) and sentence.wrong <= found
        else:
            truths += 1
            alarms += bool(found)
    return caught, lies, alarms, truths
