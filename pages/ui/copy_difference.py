"""Two texts beside each other, with what went and what came marked."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from pages.ui.words import plain
from recsys.copywriting.differences import Change, Piece, differences

# Removed is struck as well: colour alone is not for everybody.
_MARKS = {"removed": (":red-background[~~", "~~]"), "added": (":green-background[", "]")}


def marked(pieces: Iterable[Piece], side: Change) -> str:
    """Return one side of a comparison in Markdown; the text in it is escaped.

    Parameters
    ----------
    side
        "removed" for the text before, "added" for the one after.
    """
    shown = [piece for piece in pieces if piece.change in ("same", side)]
    # A text that stands alone is new or gone as a whole; a mark on all of it says nothing.
    alone = not any(piece.change == "same" for piece in shown)
    return "".join(
        _lines(piece.text, *(("", "") if alone else _MARKS.get(piece.change, ("", ""))))
        for piece in shown
    ).strip()


def _lines(text: str, begin: str, end: str) -> str:
    """Mark what stands between line ends: a mark must not begin or end with a gap."""
    found: list[str] = []
    for line in re.split(r"(\n+)", text):
        if line.startswith("\n"):
            found.append("\n\n")  # after a single one, a line of signs would make a heading
            continue
        head, words, tail = _apart(line)
        found += [head, f"{begin}{plain(words)}{end}" if words else "", tail]
    return "".join(found)


def _apart(line: str) -> tuple[str, str, str]:
    words = line.strip()
    if not words:
        return (" " if line else ""), "", ""
    return (" " if line[0].isspace() else ""), words, (" " if line[-1].isspace() else "")


def show_difference(before: str, after: str) -> None:
    """Show what the shop has at the left, what was written at the right."""
    pieces = differences(before, after)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        st.caption("The shop has now")
        st.markdown(marked(pieces, "removed"))
    with right, st.container(border=True, height="stretch"):
        st.caption("New")
        st.markdown(marked(pieces, "added"))
