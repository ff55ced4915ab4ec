"""A text with its receipts: what is known is underlined, what is not is struck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import streamlit as st
from streamlit.components.v2 import component

from pages.ui.words import plain, shorten
from recsys.copywriting.checks.finding import Checked, Finding, Receipt, Where
from recsys.copywriting.text import Copy

Mark = Literal["", "known", "unknown", "advice"]
_VALUE = 60

# Markdown has no underline, and its escapes would have to hold for every text of a shop and of a
# model. Here all text is written with textContent and nothing in it is read.
_CSS = """
.copy { font-family: var(--st-font); font-size: 1rem; line-height: 1.6;
  color: var(--st-text-color); overflow-wrap: anywhere; }
.label { font-size: .82rem; opacity: .75; margin-top: .4rem; }
.text { white-space: pre-wrap; }
.known { text-decoration: underline 2px var(--st-green-color); text-underline-offset: 3px; }
.unknown { color: var(--st-red-text-color); text-decoration: line-through 2px; }
.advice { text-decoration: underline dotted 2px var(--st-orange-color);
  text-underline-offset: 3px; }
sup { font-size: .68rem; line-height: 0; color: var(--st-green-text-color);
  margin-left: 1px; user-select: none; }
.receipts { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none;
  margin: .6rem 0 0; padding: 0; font-size: .82rem; }
.receipts b { font-weight: 600; }
.receipts .number { color: var(--st-green-text-color); margin-right: .3rem;
  font-variant-numeric: tabular-nums; }
"""
_JS = """
const element = (tag, kind, text = "") => {
  const made = document.createElement(tag)
  made.className = kind
  made.textContent = text
  return made
}

const piece = ({ text, mark, note, numbers }) => {
  const made = element(mark === "unknown" ? "s" : "span", mark, text)
  if (note) made.title = note
  return numbers.length ? [made, element("sup", "", numbers.join(" "))] : [made]
}

const line = ({ label, pieces }) => {
  const text = element("div", "text")
  text.append(...pieces.flatMap(piece))
  return label ? [element("div", "label", label), text] : [text]
}

const receipt = ({ number, field, value }) => {
  const made = element("li", "")
  made.append(element("span", "number", number), element("b", "", field), ` ${value}`)
  return made
}

export default function ({ data, parentElement }) {
  const list = element("ul", "receipts")
  list.setAttribute("aria-label", "Receipts")
  list.append(...data.receipts.map(receipt))
  parentElement.querySelector(".copy").replaceChildren(...data.lines.flatMap(line), list)
}
"""
_drawing = component("aisle_receipts", html='<div class="copy">\n</div>', css=_CSS, js=_JS)


@dataclass(frozen=True)
class Piece:
    """A run of characters that are marked alike.

    Attributes
    ----------
    note
        The field and its value, or the sentence of what was found.
    numbers
        Of the receipts that end here.
    """

    text: str
    mark: Mark = ""
    note: str = ""
    numbers: tuple[int, ...] = ()


def show_receipts(copy: Copy, checked: Checked, *, key: str) -> None:
    """Draw a text, and its preheader: what is known underlined, what has to go struck.

    Underlined pieces have a number, and the numbered fields stand below; what is worth a look is
    dotted.
    """
    _drawing(key=key, data=drawn(copy, checked))


def drawn(copy: Copy, checked: Checked) -> dict[str, Any]:
    """Return what the drawing is made of."""
    numbers = numbered(checked.receipts)
    lines: list[tuple[str, Where, str]] = [("", "text", copy.text)]
    if copy.preheader:
        lines = [("Subject", "text", copy.text), ("Preheader", "preheader", copy.preheader)]
    return {
        "lines": [
            {"label": label, "pieces": [asdict(one) for one in pieces(text, where, checked)]}
            for label, where, text in lines
        ],
        "receipts": [
            {"number": str(number), "field": field, "value": shorten(value, _VALUE)}
            for (field, value), number in numbers.items()
        ],
    }


def numbered(receipts: Sequence[Receipt]) -> dict[tuple[str, str], int]:
    """Number the fields that receipts name, in the order in which the texts rest on them."""
    ordered = sorted(receipts, key=lambda one: (one.where != "text", one.start, one.end))
    fields = dict.fromkeys((one.field, one.value) for one in ordered)
    return {field: number for number, field in enumerate(fields, 1)}


def pieces(text: str, where: Where, checked: Checked) -> list[Piece]:
    """Cut a text where a mark begins or ends; what has to go hides advice, and that a receipt."""
    findings = [one for one in checked.findings if one.where == where and one.start < one.end]
    receipts = [one for one in checked.receipts if one.where == where and one.start < one.end]
    cuts = {0, len(text)}
    for one in (*findings, *receipts):
        cuts |= {min(max(place, 0), len(text)) for place in (one.start, one.end)}
    places, numbers = sorted(cuts), numbered(checked.receipts)
    made: list[Piece] = []
    for start, end in pairwise(places):
        found = [one for one in findings if one.start <= start and end <= one.end]
        borne = [one for one in receipts if one.start <= start and end <= one.end]
        ending = [numbers[one.field, one.value] for one in borne if one.end == end]
        made.append(_piece(text[start:end], found, borne, ending))
    return made


def _piece(
    words: str, found: Sequence[Finding], borne: Sequence[Receipt], numbers: Sequence[int]
) -> Piece:
    if found:
        worst = [one for one in found if one.blocks]
        mark: Mark = "unknown" if worst else "advice"
        return Piece(words, mark, " ".join(one.words for one in worst or found))
    note = "; ".join(dict.fromkeys(f"{one.field}: {one.value}" for one in borne))
    return Piece(words, "known" if borne else "", note, tuple(dict.fromkeys(numbers)))


def show_findings(checked: Checked) -> None:
    """List what was found, what has to be mended first, and say what was not looked at."""
    for one in sorted(checked.findings, key=lambda one: not one.blocks):
        colour = "red" if one.blocks else "orange"
        st.markdown(f":{colour}-badge[{plain(one.check)}] {plain(one.words)}")
    if checked.limits:
        st.caption(plain(checked.limits))
