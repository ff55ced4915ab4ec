"""A shelf beside a form: as it is without the change, and as it would be with it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state
from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.words import count, money, plain, shorten
from recsys.evaluation.diff import Move
from recsys.releases.live import LiveView
from recsys.rules.book import RuleBook
from recsys.shelves.request import ShelfRequest
from recsys.types import SHELVES, ShelfItem, ShelfName
from recsys.workflows.playing import served
from recsys.workflows.rule_preview import Preview, preview, preview_request
from recsys.workflows.shoppers import random_shopper

_NAME = 46
_MARKS = {"pinned": "orange", "boosted": "blue", "buried": "gray", "fresh": "violet"}


def show_preview(
    view: LiveView,
    before: RuleBook,
    after: RuleBook,
    *,
    shelf: ShelfName,
    anchors: Sequence[str] = (),
    key: str,
) -> None:
    """Show one shopper's shelf by two rule books, with what moved and why.

    Parameters
    ----------
    shelf
        The placement to begin with.
    anchors
        Products beside which to look; else what the shopper bought last.
    """
    user_id, where = _who_and_where(view, shelf, key)
    request = preview_request(view, where, user_id, anchors)
    if request is None:
        st.info("This shopper has bought nothing yet. Choose another one for this placement.")
        return
    with in_place():
        found = preview(view, request, before, after)
        _heading(view, request, found)
        _list(found, view.release.currency)


def _who_and_where(view: LiveView, shelf: ShelfName, key: str) -> tuple[str, ShelfName]:
    if not state.shopper():
        state.choose_shopper(random_shopper(view))
    able: list[ShelfName] = [one for one in SHELVES if served(view, one)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        user_id = st.text_input(
            "Preview as shopper", state.shopper(), key=f"{key}-{state.shopper()}"
        )
        st.button(
            "Random",
            icon=":material/shuffle:",
            key=f"{key}-random",
            help="Preview as a shopper drawn at random",
            on_click=lambda: state.choose_shopper(random_shopper(view)),
        )
        where = st.selectbox(
            "Placement",
            able,
            index=able.index(shelf) if shelf in able else 0,
            format_func=lambda one: PLACEMENT_WORDS[one],
            key=f"{key}-where-{shelf}",
        )
    user_id = user_id.strip() or state.shopper()
    if user_id not in view.release.user_ids:
        st.caption("Nobody knows this shopper: this is what a stranger sees.")
    return user_id, where


def _heading(view: LiveView, request: ShelfRequest, found: Preview) -> None:
    beside = request.item_id or next(iter(request.cart), "")
    if beside:
        row = view.release.item_ids.row(beside)
        name = beside if row is None else view.release.names[row]
        more = f" and {count(len(request.cart) - 1, 'more product')}" if request.cart[1:] else ""
        st.caption(f"Beside {plain(shorten(name, _NAME))}{more}")
    changed = [move for move in found.diff.moves if move.kind != "stayed"]
    words = f"Before to after: {found.diff.words()}" if changed else "Nothing changes on this shelf"
    st.markdown(f"**{words}**", help=plain(found.after.trace()))
    for note in found.after.notes:
        st.caption(f":material/info: {plain(note)}")
    if found.after.fallback:
        st.caption(f":material/info: {plain(found.after.fallback)}.")


def _list(found: Preview, currency: str) -> None:
    """Show the shelf as it would be, each product with where it stood, then those that go."""
    moves = found.diff.moves
    items = {item.item_id: item for item in (*found.before.items, *found.after.items)}
    if not moves:
        st.caption("No products.")
        return
    with st.container(border=True, gap="xsmall"):
        for move in moves:
            if move.after is not None:
                st.markdown(_line(items[move.item], move, currency), help=_about(items[move.item]))
    gone = [move for move in moves if move.after is None]
    if gone:
        st.markdown(":gray[No longer on this shelf]")
        with st.container(border=True, gap="xsmall"):
            for move in gone:
                item = items[move.item]
                st.markdown(f":gray[{plain(shorten(_name(item), _NAME))}] {_was(move)}")


def _line(item: ShelfItem, move: Move[str], currency: str) -> str:
    price = plain(money(item.fields.get("price"), currency))
    marks = " ".join(
        f":{_MARKS.get(mark.kind, 'gray')}-badge[{plain(mark.kind.capitalize())}]"
        for mark in item.marks
    )
    name = plain(shorten(_name(item), _NAME))
    return f":gray[{item.rank}] {name} :small[:gray[{price}]] {_was(move)} {marks}".rstrip()


def _name(item: ShelfItem) -> str:
    return str(item.fields.get("name") or item.item_id)


def _about(item: ShelfItem) -> str:
    said = [f"{plain(_name(item))}, product id {plain(item.item_id)}."]
    said += [f"{plain(mark.words)}." for mark in item.marks]
    return "  \n".join(said)


def _was(move: Move[str]) -> str:
    """Say in a badge where a product stood before."""
    if move.before is None:
        return ":violet-badge[new here]"
    if move.kind == "stayed":
        return ""
    if move.after is None:
        return f":gray-badge[was {move.before}]"
    icon = "arrow_upward" if move.after < move.before else "arrow_downward"
    return f":gray-badge[:material/{icon}: was {move.before}]"
