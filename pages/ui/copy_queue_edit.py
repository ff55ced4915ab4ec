"""Changing a text of the queue by hand, and approving one against the checks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui import state, state_copy_queue
from pages.ui.copy_queue_words import STATE_WORDS
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.words import ago, plain
from recsys.copywriting.text import Copy
from recsys.errors import Conflict
from recsys.workflows.copy_queue import CopyText, approve, edit
from recsys.workspace import Workspace

_MOST = 8_000


def edit_text(workspace: Workspace, text: CopyText, began: int) -> None:
    """Show the form of a text; it is checked when it is saved.

    Parameters
    ----------
    began
        The revision that the form was opened with: if somebody changed the text since, nothing is
        overwritten, and what was typed stays.
    """
    if text.revision != began:
        _say_changed(text)
    now, key = text.now.copy, f"copy-form-{text.id}"
    with st.form(key, border=True):
        words = st.text_area("Text", now.text, max_chars=_MOST, height=240, key=f"{key}-text")
        preheader = now.preheader
        if text.kind == "subject":
            preheader = st.text_input("Preheader", preheader, key=f"{key}-preheader")
        with st.container(horizontal=True, gap="small"):
            saved = st.form_submit_button("Save and check", type="primary", icon=":material/save:")
            if st.form_submit_button("Leave it as it was", type="tertiary", shortcut="Esc"):
                state_copy_queue.do(text.id, "", 0)
                st.rerun()
    if saved:
        typed = Copy(text=words.strip(), preheader=preheader.strip())
        with in_place():
            edit(workspace, text.id, typed, revision=began, actor=ACTOR)
            state_copy_queue.do(text.id, "", 0)
            st.rerun()


def _say_changed(text: CopyText) -> None:
    """Say that somebody else changed the text, show theirs, and ask which one counts."""
    with st.container(border=True):
        st.warning(
            f"{plain(text.actor)} changed this text {ago(text.at)}; it is now"
            f" {STATE_WORDS[text.state].lower()}. What you typed is kept below and not saved.",
            icon=":material/group:",
        )
        st.caption("How it stands now")
        st.text(text.now.copy.text)
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Save mine over it",
                key=f"copy-mine-{text.id}",
                help="Then use Save and check below; theirs stays in the history",
                on_click=state_copy_queue.do,
                args=(text.id, "edit", text.revision),
            )
            st.button(
                "Take theirs",
                key=f"copy-theirs-{text.id}",
                type="tertiary",
                on_click=state_copy_queue.do,
                args=(text.id, "", 0),
            )


def override_form(
    workspace: Workspace, text: CopyText, began: int, *, after: Callable[[], None]
) -> None:
    """Ask for the reason to approve what the checks do not let pass; it goes into the records."""
    with st.form(f"copy-override-{text.id}", border=True):
        st.markdown(
            "**The checks do not let this pass.** Approve it only if you know better, and say why."
        )
        reason = st.text_input(
            "Reason",
            max_chars=500,
            placeholder="At least ten characters; they go into the records",
            key=f"copy-reason-{text.id}",
        )
        with st.container(horizontal=True, gap="small"):
            sure = st.form_submit_button("Approve with this reason", type="primary")
            if st.form_submit_button("Do not approve", type="tertiary"):
                state_copy_queue.do(text.id, "", 0)
                st.rerun()
    if sure:
        approve_text(workspace, text, began, reason=reason.strip(), after=after)


def approve_text(
    workspace: Workspace,
    text: CopyText,
    seen: int,
    *,
    reason: str = "",
    after: Callable[[], None],
) -> None:
    """Approve a text as it was seen; what the checks find only now is shown instead."""
    with in_place():
        try:
            approve(workspace, text.id, revision=seen, reason=reason, actor=ACTOR)
        except Conflict as error:
            if text.revision != seen:  # it stands on the page already as somebody else left it
                raise
            state.tell(plain(str(error)), icon=":material/inventory:")
            state_copy_queue.do(text.id, "", 0)
            st.rerun()
        after()
