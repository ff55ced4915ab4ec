"""Why not this product: which step took it off a shelf, and a button for what brings it back."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.card_actions import put_into_draft
from pages.ui.drafts import show_draft
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import shop, workspace
from pages.ui.words import plain, shorten
from recsys.releases.live import LiveChange, LiveView
from recsys.shelves.request import ShelfRequest
from recsys.shelves.why_not import Remedy, WhyNot
from recsys.workflows.curating import change_settings, switch_off
from recsys.workflows.live import change_item
from recsys.workflows.rules import names_of
from recsys.workflows.shelves import CartLine, find_products, why_not

_KEY = "why-not"
_MOST = 6
_FILTERS = ("filter-category", "filter-low", "filter-high", "filter-stock")


def ask_why_not() -> str:
    """Show the field for the question; return what was typed."""
    return st.text_input(
        "Why not this product?",
        key=_KEY,
        placeholder="Name or id",
        help="Says where any product stands in the model's own list, which step took it off this"
        " shelf, and what would bring it back.",
    ).strip()


def answer_why_not(view: LiveView, request: ShelfRequest, text: str) -> None:
    """Answer the question above the shelf, or ask which product is meant."""
    if not text:
        return
    with st.container(border=True, gap="small"), in_place():
        found = _meant(view, text)
        if not found:
            st.markdown(f"No product has {plain(shorten(text, 60))} in its name or id.")
        elif len(found) > 1:
            st.markdown("Which one?")
            with st.container(horizontal=True, gap="xsmall"):
                for line in found:
                    st.button(
                        plain(shorten(line.name, 40)),
                        key=f"why-not-{line.item_id}",
                        help=f"{plain(line.name)}, product id {plain(line.item_id)}",
                        on_click=state.put,
                        args=(_KEY, line.item_id),
                    )
        else:
            _show(view, request, why_not(view, request, found[0].item_id))


def _meant(view: LiveView, text: str) -> list[CartLine]:
    found = find_products(view, text, limit=_MOST)
    return found[:1] if view.release.item_ids.row(text) is not None else found


def _show(view: LiveView, request: ShelfRequest, found: WhyNot) -> None:
    st.markdown(
        plain(found.sentence),
        help="  \n".join(f"{plain(name)}: {plain(words)}" for name, words in found.steps) or None,
    )
    if found.place is not None:
        return
    if not found.remedies:
        st.caption("Nothing that can be done here brings it onto this shelf.")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for remedy in found.remedies:
            key = f"remedy-{remedy.kind}-{remedy.rule_id}"
            if remedy.kind == "restock":
                st.page_link("live.py", label=plain(remedy.words), icon=":material/inventory_2:")
            elif remedy.kind == "elsewhere":
                st.caption(plain(remedy.words))
            else:
                st.button(
                    plain(remedy.words),
                    key=key,
                    on_click=_apply,
                    args=(view, request, found.item_id, remedy),
                    help=_HELP.get(
                        remedy.kind, "Changes the draft; nothing is live until it is published."
                    ),
                )
        if len(found.remedies) > 1:
            st.caption("All of them are needed.")


_HELP = {
    "unhide": "Shoppers see it again within a second.",
    "filters": "Filters narrow this preview alone.",
}


def _apply(view: LiveView, request: ShelfRequest, item_id: str, remedy: Remedy) -> None:
    """Do what brings a product back (a button callback)."""
    names = names_of(workspace(), view)
    with in_place():
        if remedy.kind == "filters":
            for key in _FILTERS:
                state.put(key, 1 if key == "filter-stock" else None)
        elif remedy.kind == "unhide":
            change_item(shop(), LiveChange(item_id, hidden=False), actor=ACTOR)
        elif remedy.kind == "pin":
            put_into_draft(view, request.placement, item_id, "pin")
        elif remedy.kind == "rule_off":
            off = switch_off(workspace(), remedy.rule_id, actor=ACTOR, names=names)
            show_draft(off)
        elif remedy.kind == "setting":
            change_settings(workspace(), request.placement, remedy.settings, actor=ACTOR)
            show_draft(None)
