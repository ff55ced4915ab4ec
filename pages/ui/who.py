"""Whom to preview as: found by id, name or e-mail, a persona, or built by ticking products."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.words import count, plain, shorten
from recsys.releases.live import LiveView
from recsys.workflows.shoppers import FoundShopper, find_shoppers, personas, random_shopper

_MOST_FOUND = 8
_ICONS = {
    "new": ":material/person_add:",
    "loyal": ":material/loyalty:",
    "one_category": ":material/category:",
    "bargain": ":material/sell:",
    "random": ":material/shuffle:",
}


def choose_who(view: LiveView) -> str:
    """Show the search and the personas; return an id, which may be a stranger's."""
    if not state.shopper():
        state.choose_shopper(random_shopper(view))
    elif not state.searched():
        state.put(state.FIND, state.shopper())
    st.text_input(
        "Preview as shopper",
        key=state.FIND,
        placeholder="Id, name or e-mail",
        help="An id, or a part of an id, name or e-mail, and Enter. The id of somebody nobody knows"
        " shows what a stranger sees.",
        on_change=_look_for,
        args=(view,),
        width=200,
    )
    with st.popover("Personas", icon=":material/groups:"):
        for one in personas(view):
            st.button(
                one.label,
                key=f"persona-{one.kind}",
                icon=_ICONS[one.kind],
                help=plain(one.why),
                width="stretch",
                on_click=state.choose_shopper,
                args=(one.user_id,),
            )
        st.button(
            "Build one",
            icon=":material/checklist:",
            help="Tick products; nothing is trained for it",
            width="stretch",
            on_click=state.choose_shopper,
            args=(state.BUILT,),
        )
    return state.shopper()


def _look_for(view: LiveView) -> None:
    """Take what was typed for an id, or for what several shoppers have in common."""
    text = (state.picked(state.FIND) or "").strip()
    if not text or view.release.user_ids.row(text) is not None:
        state.choose_shopper(text or state.shopper())
        return
    found = find_shoppers(view, text, limit=2)
    if len(found) > 1:
        state.search(text)
    else:
        state.choose_shopper(found[0].user_id if found else text)


def show_found(view: LiveView) -> None:
    """Show the shoppers who were found while it is open which of them is meant."""
    text = state.searched()
    if not text:
        return
    found = find_shoppers(view, text, limit=_MOST_FOUND + 1)
    some = f"The first {_MOST_FOUND}" if len(found) > _MOST_FOUND else "The shoppers"
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption(f"{some} with {plain(shorten(text, 30))}:", width="content")
        for one in found[:_MOST_FOUND]:
            st.button(
                _label(one),
                key=f"found-{one.user_id}",
                help=plain(f"{one.name} {one.email}".strip()) or None,
                on_click=state.choose_shopper,
                args=(one.user_id,),
            )
        st.button(
            f"A stranger called {plain(shorten(text, 20))}",
            key="found-stranger",
            type="tertiary",
            on_click=state.choose_shopper,
            args=(text,),
        )


def _label(one: FoundShopper) -> str:
    name = f" {plain(shorten(one.name, 24))}" if one.name else ""
    return f"{plain(shorten(one.user_id, 20))}{name} :gray[{count(one.products, 'product')}]"
