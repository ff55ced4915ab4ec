"""What copy is about: one product, up to three, a segment or a category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from pages.ui import state_copy
from pages.ui.errors import in_place
from pages.ui.resources import shop
from pages.ui.state_copy import Chosen
from pages.ui.words import plain, shorten
from recsys.copywriting.text import KINDS, MOST_PRODUCTS, Facts, Kind
from recsys.errors import NotReady
from recsys.workflows.copy_facts import (
    category_facts,
    find_products,
    many_product_facts,
    missing_description,
    product_facts,
    products_facts,
    segment_facts,
)
from recsys.workflows.named_sets import named_sets
from recsys.workspace import Workspace

KIND_WORDS: Mapping[Kind, str] = {
    "description": "Description",
    "subject": "E-mail subject",
    "category": "Category text",
}
_FIND, _KIND, _SEGMENT, _CATEGORY = "copy-find", "copy-kind", "copy-segment", "copy-category"
_FOUND, _NAME = 8, 60


def choose_kind() -> Chosen:
    """Show what is written; return it with what it is about."""
    chosen = state_copy.chosen()
    state_copy.put(_KIND, chosen.kind)
    st.segmented_control(
        "What is written",
        KINDS,
        required=True,
        format_func=lambda one: KIND_WORDS.get(one, str(one)),
        key=_KIND,
        label_visibility="collapsed",
        on_change=_choose_kind,
    )
    return chosen


def choose_about(workspace: Workspace, chosen: Chosen) -> Facts | None:
    """Show what it is about; return the facts, None until it is chosen."""
    if chosen.kind == "category":
        _ask_category(chosen)
    elif chosen.kind == "subject":
        _ask_segment(workspace, chosen)
    if chosen.kind != "category":
        _ask_products(workspace, chosen)
    facts = None
    with in_place():
        facts = _facts(workspace, chosen)
    return facts


def _facts(workspace: Workspace, chosen: Chosen) -> Facts | None:
    if chosen.kind == "category":
        return category_facts(workspace, chosen.category) if chosen.category else None
    if chosen.kind == "subject" and chosen.segment:
        return segment_facts(workspace, chosen.segment, chosen.items)
    if not chosen.items:
        return None
    if chosen.kind == "subject":
        return products_facts(workspace, chosen.items)
    return product_facts(workspace, chosen.items[0])


def _choose_kind() -> None:
    kind = next((one for one in KINDS if one == state_copy.picked(_KIND)), KINDS[0])
    state_copy.choose(replace(state_copy.chosen(), kind=kind))


def _ask_products(workspace: Workspace, chosen: Chosen) -> None:
    most = MOST_PRODUCTS if chosen.kind == "subject" else 1
    items = chosen.items[:most]
    if items:
        known = many_product_facts(workspace, items)
        with st.container(gap=None):
            for item_id in items:
                name = known[item_id].name if item_id in known else item_id
                _show_chosen(item_id, name, "Change" if most == 1 else "Remove")
    if len(items) == most:
        if most > 1:
            st.caption(f"A subject names at most {most} products.")
        return
    text = st.text_input(
        "Find another product" if items else "Find a product",
        key=_FIND,
        placeholder="Name or product id",
        icon=":material/search:",
        on_change=_take_only_one,
        args=(workspace,),
    )
    if text.strip():
        _offer(workspace, text)
    elif not items and chosen.kind == "description":
        st.button(
            "Take one without a description",
            icon=":material/edit_note:",
            help="The most bought product that has none.",
            on_click=_take_missing,
            args=(workspace,),
        )


def _show_chosen(item_id: str, name: str, change: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(shorten(name, _NAME))}**", help=plain(item_id), width="stretch")
        st.button(
            change,
            key=f"copy-remove-{item_id}",
            type="tertiary",
            icon=":material/close:" if change == "Remove" else ":material/swap_horiz:",
            on_click=_remove,
            args=(item_id,),
        )


def _offer(workspace: Workspace, text: str) -> None:
    found = find_products(workspace, text, limit=_FOUND + 1)
    if not found:
        st.caption(f"No product is called {plain(shorten(text, 40))}.")
    with st.container(gap=None):
        for item_id, name in found[:_FOUND]:
            st.button(
                plain(shorten(name, _NAME)),
                key=f"copy-take-{item_id}",
                type="tertiary",
                icon=":material/add:",
                help=plain(item_id),
                on_click=_take,
                args=(item_id,),
            )
    if len(found) > _FOUND:
        st.caption(f"The first {_FOUND}. Type more of the name to find others.")


def _take_only_one(workspace: Workspace) -> None:
    """Take a product for chosen where what was typed finds no other."""
    text = str(state_copy.picked(_FIND) or "").strip()
    if not text:
        return
    with in_place():
        found = find_products(workspace, text, limit=2)
        if len(found) == 1 or (found and found[0][0] == text):
            _take(found[0][0])


def _take_missing(workspace: Workspace) -> None:
    with in_place():
        missing = missing_description(workspace)
        if missing:
            _take(missing[0])
        else:
            st.toast("Every product has a description.")


def _take(item_id: str) -> None:
    chosen = state_copy.chosen()
    items = tuple(dict.fromkeys((*chosen.items, item_id))) if chosen.kind == "subject" else ()
    state_copy.choose(replace(chosen, items=items[:MOST_PRODUCTS] or (item_id,)))
    state_copy.put(_FIND, "")


def _remove(item_id: str) -> None:
    chosen = state_copy.chosen()
    state_copy.choose(replace(chosen, items=tuple(one for one in chosen.items if one != item_id)))


def _ask_segment(workspace: Workspace, chosen: Chosen) -> None:
    names = {
        one.id: f"{one.name} ({one.count:,} shoppers)" for one in named_sets(workspace, "segment")
    }
    if chosen.segment and chosen.segment not in names:
        names[chosen.segment] = f"Deleted ({chosen.segment})"
    state_copy.put(_SEGMENT, chosen.segment or None)
    st.selectbox(
        "For the segment",
        list(names),
        index=None,
        format_func=lambda one: names.get(one, str(one)),
        key=_SEGMENT,
        placeholder="Everybody" if names else "There is no segment yet",
        help="What its members share is told to the model, never anything of one of them.",
        on_change=_choose_segment,
    )


def _choose_segment() -> None:
    picked = state_copy.picked(_SEGMENT)
    segment = picked if isinstance(picked, int) else 0
    state_copy.choose(replace(state_copy.chosen(), segment=segment))


def _ask_category(chosen: Chosen) -> None:
    try:
        known = list(shop().current().release.categories)
    except NotReady:
        known = []  # it may be typed: nothing has to be live to write
    if chosen.category and chosen.category not in known:
        known.append(chosen.category)
    state_copy.put(_CATEGORY, chosen.category or None)
    st.selectbox(
        "Category",
        known,
        index=None,
        key=_CATEGORY,
        accept_new_options=True,
        placeholder="Choose or type one",
        on_change=_choose_category,
    )


def _choose_category() -> None:
    category = str(state_copy.picked(_CATEGORY) or "").strip()
    state_copy.choose(replace(state_copy.chosen(), category=category))
