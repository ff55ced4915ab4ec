"""One shelf under two rule books: what moved, came and went, and why."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.drafts import under
from pages.ui.words import plain, shorten
from recsys.evaluation.diff import Move, diff_lists
from recsys.releases.live import LiveView
from recsys.rules.book import EMPTY, RuleBook
from recsys.shelves.request import ShelfRequest
from recsys.types import Shelf
from recsys.workflows.shelves import preview_shelf, why_not

_NAME, _WHY = 34, 90
# Each costs some 50 ms.
_MOST_ASKED = 5
_NONE, _LIVE = "Without rules", "Live"


def show_before_and_after(
    view: LiveView, live: RuleBook, request: ShelfRequest, shelf: Shelf
) -> None:
    """Show the list under other rules at the left and ``shelf`` at the right.

    Parameters
    ----------
    live
        The live rules, to compare a draft with.
    """
    books = {_NONE: EMPTY, _LIVE: live}
    if live.rule_set_id in {0, view.book.rule_set_id}:
        books.pop(_LIVE)
    left, right = st.columns(2)
    with left:
        chosen = st.segmented_control(
            "Compared with", list(books), default=_NONE, required=True, key="compared-with"
        )
    before = preview_shelf(under(view, books[str(chosen)]), request)
    ids = [[item.item_id for item in one.items] for one in (before, shelf)]
    found = diff_lists(ids[0], ids[1], why=_causes(view, request, before, shelf))
    moves = {move.item: move for move in found.moves}
    with right, st.container(vertical_alignment="bottom", height="stretch"):
        said = found.words() if any(m.kind != "stayed" for m in found.moves) else "nothing changes"
        st.markdown(f"**{said[:1].upper()}{said[1:]}**")
    titles = ("Draft rules" if view.book.rule_set_id < 0 else "Live rules", str(chosen))
    with left:
        _show_list(titles[1], before, moves, is_first=True)
    with right:
        _show_list(titles[0], shelf, moves, is_first=False)
    st.page_link("compare.py", label="Compare models instead", icon=":material/compare:")


def _causes(
    view: LiveView, request: ShelfRequest, before: Shelf, after: Shelf
) -> Mapping[str, str]:
    """Say why each product stands where it does in the second list, or why it is gone."""
    causes = {item.item_id: "; ".join(mark.words for mark in item.marks) for item in after.items}
    gone = [item.item_id for item in before.items if item.item_id not in causes]
    for item_id in gone[:_MOST_ASKED]:
        steps = why_not(view, request, item_id).steps
        causes[item_id] = steps[-1][1] if steps else ""
    return causes


def _show_list(title: str, shelf: Shelf, moves: Mapping[str, Move[str]], *, is_first: bool) -> None:
    st.markdown(f"**{title}**")
    with st.container(border=True, gap="xsmall"):
        if not shelf.items:
            st.caption("Nothing.")
        for item in shelf.items:
            move = moves[item.item_id]
            name = str(item.fields.get("name") or item.item_id)
            gone = is_first and move.after is None
            cause = move.why if gone or not is_first else ""
            line = f":gray[{item.rank}] **{plain(shorten(name, _NAME))}** {_arrow(move, is_first)}"
            if cause:
                line += f"  \n:small[:gray[{plain(shorten(cause, _WHY))}]]"
            st.markdown(line, help=f"{plain(name)}.  \n{plain(move.why or item.reason)}")


def _arrow(move: Move[str], is_first: bool) -> str:
    """Say in a badge what became of a product between the two lists."""
    if move.after is None:
        return ":red-badge[gone]"
    if move.before is None:
        return ":violet-badge[new]"
    if is_first or move.before == move.after:
        return ""
    steps = move.before - move.after
    way = "upward" if steps > 0 else "downward"
    return f":gray-badge[:material/arrow_{way}: {abs(steps)}]"
