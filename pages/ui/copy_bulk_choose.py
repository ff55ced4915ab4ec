"""The form of a bulk run: which products, what is asked for, and how it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from pages.ui import state_copy_queue
from pages.ui.copy_write_about import KIND_WORDS
from pages.ui.copy_write_brief import ask_brief
from pages.ui.copy_write_model import choose_model
from pages.ui.errors import in_place
from pages.ui.resources import shop
from pages.ui.sets import PASTE_HELP
from pages.ui.state_copy_queue import Asked
from recsys.copywriting.text import Kind
from recsys.errors import InputError, NotReady
from recsys.shelves.facts import facts_of
from recsys.workflows.copy_bulk import Selection, Way
from recsys.workflows.named_sets import named_sets, read_ids
from recsys.workspace import Workspace

_KINDS: tuple[Kind, ...] = ("description", "subject")
_WAYS: dict[Way, str] = {"direct": "Now", "batch": "Within a day, at half the price"}
_USUAL, _MOST = 1_000, 100_000


def choose_run(workspace: Workspace) -> Asked | None:
    """Show the form; return what was asked for in the run in which it was sent."""
    st.subheader("A new run")
    with st.container(horizontal=True, vertical_alignment="center"):
        kind: Kind = st.segmented_control(
            "What is written",
            _KINDS,
            default=_KINDS[0],
            required=True,
            format_func=lambda one: f"{KIND_WORDS[one]}s",
            label_visibility="collapsed",
            key="copy-bulk-kind",
            persist_state="session",
        )
        st.space("stretch")
        model = choose_model(workspace)
    with st.form("copy-bulk", border=False):
        given = _ask_segments(workspace) if kind == "subject" else _ask_products(workspace)
        given["without_text"] = st.toggle(
            "Without a text in the queue",
            True,
            key="copy-bulk-undecided",
            help="What has a text of this kind and language that waits for you gets no second one.",
            persist_state="session",
        )
        brief = ask_brief(workspace, kind, key=f"copy-bulk-{kind}")
        way: Way = "direct"
        if workspace.settings.llm_provider == "anthropic":  # others have no batches
            way = _ask_way()
        if not st.form_submit_button("Estimate", type="primary", icon=":material/calculate:"):
            return None
    with in_place():
        return Asked(_selection(given), brief, way, model)
    return None


def _ask_way() -> Way:
    chosen: Way | None = st.radio(
        "When",
        get_args(Way),
        format_func=lambda one: _WAYS[one],
        horizontal=True,
        key="copy-bulk-way",
        help="Texts of a batch are answered when the provider has time: most within an hour, all"
        " within a day.",
        persist_state="session",
    )
    return chosen or "direct"


def _selection(given: dict[str, Any]) -> Selection:
    pasted = str(given.pop("pasted", "")).strip()
    if pasted:
        given["items"] = tuple(read_ids(pasted))
    if "segments" in given and not given["segments"]:
        raise InputError(
            "No segment is chosen.", hint="Choose those that the subjects are written for."
        )
    return Selection(**given)


def _ask_segments(workspace: Workspace) -> dict[str, Any]:
    names = {
        one.id: f"{one.name} ({one.count:,} shoppers)" for one in named_sets(workspace, "segment")
    }
    chosen = st.multiselect(
        "For these segments",
        list(names),
        format_func=lambda one: names.get(one, f"Deleted ({one})"),
        key="copy-bulk-segments",
        placeholder="Choose some" if names else "There is no segment yet",
        help="One subject for each: from what its members share, never from one of them.",
        persist_state="session",
    )
    return {"segments": tuple(chosen)}


def _ask_products(workspace: Workspace) -> dict[str, Any]:
    st.caption("Products for which all that is given here holds.")
    given: dict[str, Any] = {
        "without_description": st.toggle(
            "Without a description", True, key="copy-bulk-missing", persist_state="session"
        )
    }
    categories, brands = _known()
    left, right = st.columns(2)
    with left:
        given["category"] = _one_of("Category", categories)
    with right:
        given["brand"] = _one_of("Brand", brands)
    linked = bool(state_copy_queue.linked_set("collection"))
    with st.expander("Collection, segment, ids, number", icon=":material/list:", expanded=linked):
        given["collection"] = _one_set(workspace, "collection", "In the collection")
        given["segment"] = _one_set(workspace, "segment", "Bought most by the segment")
        given["pasted"] = st.text_area(
            "Ids of products", help=PASTE_HELP, height=110, key="copy-bulk-ids"
        )
        given["limit"] = int(
            st.number_input(
                "Products at most",
                1,
                _MOST,
                _USUAL,
                step=100,
                key="copy-bulk-limit",
                help="As they were given, else the most bought ones first.",
                persist_state="session",
            )
        )
    return given


def _known() -> tuple[Sequence[str], Sequence[str]]:
    """Return the categories and brands of the live shop; none where nothing is live."""
    try:
        view = shop().current()
    except NotReady:
        return (), ()  # they may be typed
    return view.release.categories, sorted(facts_of(view).brand.values)


def _one_of(label: str, known: Sequence[str]) -> str:
    chosen = st.selectbox(
        label,
        known,
        index=None,
        accept_new_options=True,
        placeholder="Any",
        key=f"copy-bulk-{label.lower()}",
        persist_state="session",
    )
    return (chosen or "").strip()


def _one_set(workspace: Workspace, kind: Any, label: str) -> int | None:
    names = {one.id: f"{one.name} ({one.count:,})" for one in named_sets(workspace, kind)}
    key = f"copy-bulk-{kind}"
    state_copy_queue.take_set(kind, key, names)
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda one: names.get(one, f"Deleted ({one})"),
        placeholder="Any" if names else "None made yet",
        disabled=not names,
        key=key,
        persist_state="session",
    )
