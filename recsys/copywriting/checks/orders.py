"""Facts that read like orders to the writer, and texts that obey them.

A fact bears out what it says, so words that a product's name orders to be written would pass all
other checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from recsys.copywriting.checks.evidence import Evidence
from recsys.copywriting.checks.finding import Finding
from recsys.copywriting.checks.tokens import Part, cut

_ORDER = re.compile(
    r"\b(?:ignor\w*|disregard|forget|override|vergiss|oublie\w*|olvida)\b[^.\n]{0,30}"
    r"\b(?:above|previous|prior|preceding|earlier|foregoing|instructions?|rules|prompt|everything"
    r"|oben|obige\w*|vorherige\w*|bisherige\w*|anweisung\w*|précédent\w*|anterior\w*)\b"
    r"|</?(?:facts|request|voice|previous|findings|system|assistant)\b"
    r"|\b(?:system prompt|your instructions|you are an? (?:AI|assistant|language model))\b"
    r"|\"(?:text|preheader|claims|note)\"\s*:",
    re.IGNORECASE,
)


def check_orders(part: Part, evidence: Evidence) -> Iterator[Finding]:
    """Find two or more words in a row that a fact has from an order on."""
    for known in evidence.known:
        order = _ORDER.search(known.fact.value)
        if order is None:
            continue
        ordered = [one.low for one in cut(known.fact.value[order.start() :]) if one.kind != "mark"]
        for start, end in _said(part, set(pairwise(ordered))):
            yield Finding(
                check="leak",
                words=f"“{part.text[start:end]}” stands in the field {known.fact.field} in what"
                " reads like an order to the writer; remove it, and look at the catalogue.",
                where=part.where,
                start=start,
                end=end,
            )


def _said(part: Part, pairs: set[tuple[str, str]]) -> list[tuple[int, int]]:
    """Return the spans of the text whose words follow one another as in the order."""
    spans: list[tuple[int, int]] = []
    for one, other in pairwise(part.words):
        if (one.low, other.low) not in pairs:
            continue
        if spans and spans[-1][1] == one.end:
            spans[-1] = spans[-1][0], other.end
        else:
            spans.append((one.start, other.end))
    return spans
