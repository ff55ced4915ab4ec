"""One text of the queue: what the shop has, what was written, what was found, and the decision."""

from __future__ import annotations

import streamlit as st

from pages.ui import state, state_copy_queue
from pages.ui.copy_difference import show_difference
from pages.ui.copy_queue_edit import approve_text, edit_text, override_form
from pages.ui.copy_queue_history import show_history
from pages.ui.copy_queue_words import (
    STATE_WORDS,
    about_words,
    made_words,
    state_mark,
)
from pages.ui.copy_receipts import numbered, show_findings, show_receipts
from pages.ui.copy_write_about import KIND_WORDS
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.words import count, plain, shorten
from recsys.workflows.copy_queue import CopyText, count_texts, queue, reject
from recsys.workspace import Workspace

_NAME = 120
_RECEIPTS, _CHANGES = "Receipts", "What changed"


def show_text(workspace: Workspace, text: CopyText) -> None:
    """Show a text with its buttons; a decision opens the next one that waits."""
    seen = state.seen(f"copy-{text.id}", text.revision)
    what, began = state_copy_queue.doing(text.id)
    _heading(workspace, text, editing=what == "edit")
    if what == "edit":
        edit_text(workspace, text, began)
        show_findings(text.now.checked)
        return
    _decide(workspace, text, seen)
    if what == "override":
        override_form(workspace, text, began, after=lambda: _go_on(workspace, text, "Approved"))
    _show_copy(text)
    show_findings(text.now.checked)
    _footer(text)
    show_history(workspace, text, seen)


def _heading(workspace: Workspace, text: CopyText, *, editing: bool) -> None:
    numbers = count_texts(workspace)
    waiting = sum(numbers.get(one, 0) for one in state_copy_queue.WAITING)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            plain(shorten(text.name, _NAME)),
            help=f"{KIND_WORDS[text.kind]} {text.id} about {plain(text.about_id)}",
        )
        st.space("stretch")
        left = len(state_copy_queue.skipped())
        later = f", {left:,} left for later" if left else ""
        st.caption(f"{waiting:,} to review{later}", width="content")
        st.button(
            "Back to the list",
            key="copy-back",
            type="tertiary",
            icon=":material/arrow_back:",
            shortcut=None if editing else "Esc",  # which ends the form first
            on_click=state_copy_queue.open_text,
            args=(None,),
        )
    st.markdown(f"{state_mark(text)} :gray[{about_words(text)}]")


def _decide(workspace: Workspace, text: CopyText, seen: int) -> None:
    """Show the buttons of a decision, each with its key."""
    with st.container(horizontal=True, gap="small"):
        if text.state != "approved":
            _approve_button(workspace, text, seen)
        st.button(
            "Edit",
            key=f"copy-edit-{text.id}",
            icon=":material/edit:",
            shortcut="E",
            on_click=state_copy_queue.do,
            args=(text.id, "edit", text.revision),
        )
        if text.state != "rejected" and st.button(
            "Reject",
            key=f"copy-reject-{text.id}",
            icon=":material/close:",
            shortcut="X",
            help="It is not exported; it stays in the records and can be taken up again",
        ):
            with in_place():
                reject(workspace, text.id, revision=seen, actor=ACTOR)
                _go_on(workspace, text, "Rejected")
        if st.button(
            "Next",
            key=f"copy-next-{text.id}",
            type="tertiary",
            icon=":material/arrow_forward:",
            shortcut="J",
            help="Leaves this one for later",
        ):
            state_copy_queue.skip(text.id)
            _open_next(workspace, text)


def _approve_button(workspace: Workspace, text: CopyText, seen: int) -> None:
    """Offer to approve; what the checks do not let pass asks for a reason first."""
    clean = text.now.checked.clean
    clicked = st.button(
        "Approve" if clean else "Approve anyway",
        key=f"copy-approve-{text.id}",
        type="primary" if clean else "secondary",
        icon=":material/check:",
        shortcut="A",
        help=None if clean else "The checks found something: this asks for a reason",
    )
    if not clicked:
        return
    if not clean:
        state_copy_queue.do(text.id, "override", seen)
        st.rerun()
    approve_text(workspace, text, seen, after=lambda: _go_on(workspace, text, "Approved"))


def _go_on(workspace: Workspace, text: CopyText, did: str) -> None:
    """Say what was done, and open the next text that waits."""
    state.tell(f"{did}: {plain(shorten(text.name, 60))}", icon=":material/check_circle:")
    _open_next(workspace, text)


def _open_next(workspace: Workspace, text: CopyText) -> None:
    """Open the next text that waits, of those that the list is narrowed to, or the list."""
    kind, search = state_copy_queue.narrowed()
    passed = {*state_copy_queue.skipped(), text.id}
    waiting = queue(
        workspace,
        states=[one for one in state_copy_queue.states() if one in state_copy_queue.WAITING]
        or state_copy_queue.WAITING,
        kind=kind,
        run_id=state_copy_queue.run(),
        search=search,
        limit=len(passed) + 1,
    )
    following = next((one.id for one in waiting if one.id not in passed), None)
    if following is None:
        left = len(state_copy_queue.skipped())
        later = f" {count(left, 'text')} left for later." if left else ""
        state.tell(f"That was the last one.{later}", icon=":material/done_all:")
    state_copy_queue.open_text(following)
    st.rerun()


def _show_copy(text: CopyText) -> None:
    """Show the text with its receipts; beside what the shop has, where it has something."""
    copy, checked = text.now.copy, text.now.checked
    if not text.original.strip():
        with st.container(border=True):
            show_receipts(copy, checked, key=f"copy-receipts-{text.id}")
        return
    shown = st.segmented_control(
        "Show",
        (_CHANGES, _RECEIPTS),
        default=_CHANGES,
        required=True,
        label_visibility="collapsed",
        key="copy-queue-shown",
        persist_state="session",
    )
    if shown == _CHANGES:
        show_difference(text.original, copy.text)
        _list_receipts(text)
        return
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        st.caption("The shop has now")
        st.text(text.original)
    with right, st.container(border=True, height="stretch"):
        st.caption("New")
        show_receipts(copy, checked, key=f"copy-receipts-{text.id}")


def _list_receipts(text: CopyText) -> None:
    """Say what the text rests on, where its pieces are not underlined."""
    receipts = text.now.checked.receipts
    if text.now.copy.preheader:
        st.markdown(f"Preheader: {plain(text.now.copy.preheader)}")
    fields = [
        f"**{plain(field)}** {plain(shorten(value, 60))}" for field, value in numbered(receipts)
    ]
    if fields:
        st.caption(f"Rests on {' · '.join(fields)}")


def _footer(text: CopyText) -> None:
    words = f"Version {text.now.version}, {made_words(text.now)}"
    if text.now.note:
        words += f" · {STATE_WORDS[text.state]} with the reason: {plain(text.now.note)}"
    st.caption(words)
