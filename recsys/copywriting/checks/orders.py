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

_WRITER = (
    r"(?:copy[- ]?)?(?:writers?|editors?)|AIs?|LLMs?|GPT|chatgpt|claude|(?:language )?models?"
    r"|(?:AI )?assistants?|(?:chat)?bots?"
)
_SAY = r"(?:write|say|mention|reply|answer|respond|state|claim)"
# "Forget your previous pan" is advertising, "forget your previous instructions" is not; nor is
# "say it with roses", but "say that it is organic" is.
_ORDER = re.compile(
    r"\b(?:ignor\w*|disregard|forget|override|vergiss|missachte|oublie\w*|olvida)\b[^.\n]{0,30}"
    r"\b(?:above|(?:previous|prior|preceding|earlier|foregoing) (?:text|rules?|messages?|orders?)"
    r"|instructions?|prompts?|oben|obige\w*|anweisung\w*|consignes?|instrucci\w+)\b"
    r"|</?(?:facts|request|voice|previous|findings|system|assistant)\b"
    r"|\b(?:system prompt|your instructions|you are an? (?:AI|assistant|language model))\b"
    r"|\"(?:text|preheader|claims|note)\"\s*:"
    rf"|\b(?:notes?|messages?|reminders?|hints?|instructions?|attention|dear|hey|hello),?"
    rf" (?:(?:to|for) )?(?:(?:the|our|your|any|all) )?(?:{_WRITER})\b"
    r"|(?:^|[.;!?\n]\s{0,3})(?:AI|LLM|GPT|ChatGPT|copywriter|KI|Texter)\s{0,3}:"
    rf"|(?:^|[.:;!?\n]\s{{0,3}}|\b(?:please|must|always|also|should) ){_SAY}\b[^.\n]{{0,20}}"
    r"\bthat\b"
    rf"|\bplease {_SAY}\b|\b(?:reply|respond|answer) (?:only )?with\b|\[(?:SYSTEM|INST)\]"
    r"|\b(?:do not|don['\u2019]t) (?:follow|obey) (?:the|any|your|these|those) rules\b(?! of\b)"
    r"|\b(?:must|has to|have to|shall) (?:always )?(?:end|begin|start|open|close) with\b"
    r"|\b(?:copy|text|description|subject(?: line)?|preheader) (?:must|has to|should|shall)"
    r" (?:always )?(?:say|mention|state|include|contain|claim)\b"
    r"|\b(?:hinweis|anweisung|notiz) an (?:den|die|das|alle) (?:texter\w*|autor\w*|KI|modell)\b"
    r"|\bbitte (?:schreib|erwähne|sag|behaupte)\w*"
    r"|\b(?:muss|soll) (?:immer )?(?:mit|so) [^.\n]{0,60}\b(?:enden|beginnen|aufhören)\b",
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
