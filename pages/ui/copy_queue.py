"""The queue of copy: what waits for somebody, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state_copy, state_copy_queue
from pages.ui.copy_queue_all import confirm_all, offer_download
from pages.ui.copy_queue_one import show_text
from pages.ui.copy_queue_words import (
    STATE_HELP,
    STATE_WORDS,
    about_words,
    state_mark,
)
from pages.ui.copy_write_about import KIND_WORDS
from pages.ui.words import count, plain, shorten
from recsys.copywriting.text import KINDS, STATES, State
from recsys.errors import NotFound
from recsys.workflows.copy_queue import CopyText, copy_text, count_texts, queue
from recsys.workspace import Workspace

_A_PAGE = 50
_NAME = 80


def show_queue(workspace: Workspace) -> None:
    """Show the open text, or the list with its filters."""
    opened = state_copy_queue.opened_text()
    if opened is not None:
        try:
            show_text(workspace, copy_text(workspace, opened))
            return
        except NotFound:
            st.warning(f"There is no text {opened}. The link is wrong.")
    numbers = count_texts(workspace)
    if not any(numbers.values()):
        _show_nothing()
        return
    _heading(workspace, numbers)
    texts = _texts(workspace)
    more = len(texts) > _A_PAGE
    texts = texts[:_A_PAGE]
    if not texts:
        _show_no_match(numbers)
        return
    _above_list(workspace, texts)
    for text in texts:
        _row(text)
    _turn(len(texts), more=more)


def _show_nothing() -> None:
    st.info(
        "Nothing has been written yet. Texts come here from Write and from bulk runs, wait for"
        " somebody to approve them, and are exported from here."
    )
    with st.container(horizontal=True):
        for label, icon, view in (
            ("Write one", ":material/edit_note:", "write"),
            ("Write many at once", ":material/dynamic_feed:", "bulk"),
        ):
            st.button(
                label,
                key=f"copy-to-{view}",
                type="primary" if view == "write" else "secondary",
                icon=icon,
                on_click=state_copy.open_view,
                args=(view,),
            )


def _texts(workspace: Workspace) -> list[CopyText]:
    """Return the texts of the page, and one more where there are more."""
    kind, search = state_copy_queue.narrowed()
    return queue(
        workspace,
        states=state_copy_queue.states(),
        kind=kind,
        run_id=state_copy_queue.run(),
        search=search,
        limit=_A_PAGE + 1,
        offset=state_copy_queue.offset(),
    )


def _heading(workspace: Workspace, numbers: dict[State, int]) -> None:
    chosen = state_copy_queue.states()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        waiting = sum(numbers.get(one, 0) for one in state_copy_queue.WAITING)
        _filter("To review", None, waiting, chosen == state_copy_queue.WAITING)
        for one in STATES:
            _filter(STATE_WORDS[one], one, numbers.get(one, 0), chosen == (one,))
        st.space("stretch")
        offer_download(workspace, numbers.get("approved", 0))
    was_kind, was_search = state_copy_queue.narrowed()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        kind = st.selectbox(
            "Kind",
            KINDS,
            index=None if was_kind is None else KINDS.index(was_kind),
            format_func=lambda one: KIND_WORDS[one],
            placeholder="Every kind",
            key="copy-queue-kind",
            width=200,
        )
        search = st.text_input(
            "Find",
            was_search,
            placeholder="Name, id or words",
            icon=":material/search:",
            key="copy-queue-search",
            width=260,
        )
        state_copy_queue.narrow(kind, (search or "").strip())
        if (run_id := state_copy_queue.run()) is not None:
            st.button(
                f"Only of run {run_id}",
                key="copy-queue-run",
                icon=":material/close:",
                help="Show the texts of all runs again",
                on_click=state_copy_queue.choose_run,
                args=(None,),
            )


def _filter(label: str, which: State | None, number: int, chosen: bool) -> None:
    st.button(
        f"{label} {number:,}",
        key=f"copy-state-{which or 'waiting'}",
        type="primary" if chosen else "secondary",
        help=STATE_HELP[which] if which else "Drafts, and what is checked: both wait for somebody",
        on_click=state_copy_queue.choose_state,
        args=(which,),
    )


def _show_no_match(numbers: dict[State, int]) -> None:
    states, run_id = state_copy_queue.states(), state_copy_queue.run()
    of_run = "" if run_id is None else f" of run {run_id}"
    if state_copy_queue.offset():
        st.info("There are no more texts here.")
        st.button("To the first", on_click=state_copy_queue.turn_to, args=(0,))
    elif any(state_copy_queue.narrowed()):
        st.info("No text is like that. Take away a filter to see others.")
    elif states == state_copy_queue.WAITING:
        approved = count(numbers.get("approved", 0), "approved text")
        st.info(f"Nothing{of_run} waits for you. {approved} can be downloaded.")
    else:
        st.info(f"No text{of_run} is {STATE_WORDS[states[0]].lower()}.")


def _above_list(workspace: Workspace, texts: Sequence[CopyText]) -> None:
    """Offer to go through what waits, and to approve what is clean at once."""
    waiting = [one for one in texts if one.state in state_copy_queue.WAITING]
    clean = [one for one in waiting if one.state == "checked" and one.now.checked.clean]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if waiting:
            st.button(
                "Review one by one",
                key="copy-review",
                type="primary",
                icon=":material/rate_review:",
                shortcut="J",
                help="One text at a time: A approves, X rejects, E edits, J leaves it for later",
                on_click=_begin,
                args=(waiting[0].id,),
            )
        if clean:
            with st.popover(
                f"Approve {count(len(clean), 'checked text')} of this page",
                icon=":material/done_all:",
                type="tertiary",
            ):
                confirm_all(workspace, clean)


def _begin(copy_id: int) -> None:
    state_copy_queue.begin_review()
    state_copy_queue.open_text(copy_id)


def _row(text: CopyText) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"copy-{text.id}"
    ):
        st.markdown(
            f"{state_mark(text)} **{plain(shorten(text.name, _NAME))}**  \n"
            f":gray[:small[{about_words(text)}]]",
            width="stretch",
        )
        st.button(
            "Open",
            key=f"copy-open-{text.id}",
            type="tertiary",
            on_click=_begin,
            args=(text.id,),
        )


def _turn(shown: int, *, more: bool) -> None:
    before = state_copy_queue.offset()
    if not (before or more):
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="center"):
        for label, icon, target, there in (
            ("Before", ":material/chevron_left:", before - _A_PAGE, bool(before)),
            ("Next", ":material/chevron_right:", before + _A_PAGE, more),
        ):
            st.button(
                label,
                key=f"copy-turn-{label}",
                icon=icon,
                type="tertiary",
                disabled=not there,
                on_click=state_copy_queue.turn_to,
                args=(target,),
            )
        st.caption(f"{before + 1:,} to {before + shown:,}", width="content")
