"""Writing one text: what about, what for, and what came of it."""

from __future__ import annotations

import json

import streamlit as st

from pages.ui import state_copy
from pages.ui.copy_write_about import choose_about, choose_kind
from pages.ui.copy_write_brief import ask_brief
from pages.ui.copy_write_facts import edit_facts
from pages.ui.copy_write_model import choose_model, show_no_key
from pages.ui.copy_write_result import by_hand, show_result
from pages.ui.copy_write_streaming import write_variants
from pages.ui.errors import in_place
from pages.ui.state_copy import Chosen
from pages.ui.words import plain
from recsys.copywriting.providers.opening import key_is_set
from recsys.copywriting.text import MOST_VARIANTS, Brief, Facts
from recsys.workflows.copywriting import prompt_for
from recsys.workflows.shop import shop_state
from recsys.workspace import Workspace

_SOURCES = {
    "product": "Catalogue",
    "products": "Catalogue",
    "segment": "Segment",
    "category": "Catalogue",
}
_NOTE = 1_000


def show_write(workspace: Workspace) -> None:
    """Show the view in which one text is written and checked."""
    if not shop_state(workspace).datasets:
        st.info("Copy is about products. Load your data or the demo shop first.")
        if st.button("Go to Files", type="primary", icon=":material/upload_file:"):
            st.switch_page("files.py")
        return
    able = key_is_set(workspace.settings)
    about = choose_kind()
    asked, answer = st.columns([1, 1], gap="large")
    brief, model, number, go = Brief(), "", 1, False
    with asked:
        facts = choose_about(workspace, about)
        if facts is not None:
            facts = edit_facts(facts, source=_SOURCES[facts.about], key=f"facts-{about.name}")
            brief = ask_brief(workspace, about.kind, key=f"copy-brief-{about.kind}")
            if able:
                model, number, go = _ask_to_write(workspace)
            _offer_by_hand(about, facts, first=not able)
    with answer:
        if not able:
            show_no_key(workspace.settings)
        if facts is None:
            st.caption("The text appears here, with a receipt for each claim in it.")
            return
        place = st.empty()
        if go:
            with place.container():
                write_variants(workspace, about, facts, brief, model=model, number=number)
            st.rerun()
        with place.container():
            found = show_result(workspace, about, facts, brief)
        if found and able and (note := _ask_again()):
            again = brief.model_copy(update={"note": note})
            with place.container():
                write_variants(workspace, about, facts, again, model=model, number=number)
            st.rerun()
        draft = state_copy.draft(about)
        if not draft.variants and not draft.failed:
            st.caption("The text appears here, with a receipt for each claim in it.")
        with in_place():
            _show_prompt(workspace, facts, brief, opened=not able)


def _ask_to_write(workspace: Workspace) -> tuple[str, int, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            "Variants", 1, MOST_VARIANTS, 1, key="copy-variants", width=110, persist_state="session"
        )
        go = st.button("Write", type="primary", icon=":material/edit_note:")
        model = choose_model(workspace)
    return model, int(number), go


def _offer_by_hand(about: Chosen, facts: Facts, *, first: bool) -> None:
    with st.container(horizontal=True):
        st.button(
            "Type or paste a text",
            type="primary" if first else "tertiary",
            icon=":material/keyboard:",
            help="It is checked like one that a model wrote.",
            on_click=by_hand,
            args=(about, ""),
        )
        if facts.original:
            st.button(
                "Check what the shop has",
                type="tertiary",
                icon=":material/fact_check:",
                on_click=by_hand,
                args=(about, facts.original),
            )


def _ask_again() -> str:
    with (
        st.form("copy-again", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        note = st.text_input(
            "What should be different?",
            max_chars=_NOTE,
            placeholder="Shorter, and begin with the fabric",
        )
        again = st.form_submit_button("Write again", icon=":material/refresh:")
    if again and not note.strip():
        st.caption("Say what should be different, or use Write.")
    return note.strip() if again else ""


def _show_prompt(workspace: Workspace, facts: Facts, brief: Brief, *, opened: bool) -> None:
    prompt = prompt_for(workspace, facts, brief)
    with st.expander("The prompt", expanded=opened, icon=":material/visibility:"):
        st.caption(
            f"Exactly what is sent, and nothing beside it. Template: {plain(prompt.version)}."
        )
        st.markdown("**Instructions**")
        st.code(prompt.system, language=None, wrap_lines=True, height=260)
        st.markdown("**What this one is about**")
        st.code(prompt.user, language=None, wrap_lines=True)
        st.markdown("**The form that the answer has to have**")
        st.code(json.dumps(prompt.schema, indent=2), language="json", height=200)
