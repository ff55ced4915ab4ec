"""What is done with many texts of the queue at once: downloaded, or approved unread."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state
from pages.ui.copy_write_about import KIND_WORDS
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.words import count, plain, shorten
from recsys.copywriting.text import KINDS, Kind
from recsys.errors import Conflict
from recsys.workflows.copy_queue import CopyText, approve, export_approved, held_back
from recsys.workspace import Workspace

_NAMED = 8


def offer_download(workspace: Workspace, approved: int) -> None:
    """Offer the approved texts as a file, made at the click and written into the records."""
    if not approved:
        return
    with st.popover(
        "Download",
        icon=":material/download:",
        type="tertiary",
        key="copy-download",
        on_change="rerun",  # texts are held against the catalogue only for who opens it
    ) as opened:
        kind = st.selectbox(
            "Kind",
            KINDS,
            index=None,
            format_func=lambda one: KIND_WORDS[one],
            placeholder="Every kind",
            key="copy-download-kind",
        )
        raw = st.toggle(
            "For a machine",
            key="copy-download-raw",
            help="Texts exactly as they are. Otherwise a text that a spreadsheet would take for a"
            " formula begins with an apostrophe.",
        )
        if opened.open:
            _say_held(workspace, kind)

        def content() -> bytes:
            with workspace.scratch() as folder:
                path = folder / "copy.csv"
                export_approved(workspace, path, kind=kind, raw=raw, actor=ACTOR)
                return path.read_bytes()

        st.download_button(
            "Download the approved texts" if kind else f"Download {count(approved, 'text')}",
            data=content,
            file_name="copy.csv",
            mime="text/csv",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )


def _say_held(workspace: Workspace, kind: Kind | None) -> None:
    """Say which approved texts will not be in the file."""
    held = held_back(workspace, kind=kind)
    if not held:
        return
    names = ", ".join(plain(shorten(one.name, 40)) for one in held[:_NAMED])
    rest = f" and {len(held) - _NAMED:,} more" if len(held) > _NAMED else ""
    st.warning(
        f"{count(len(held), 'text')} will be left out, since what is known changed after the"
        f" approval and the checks now find something: {names}{rest}. Open and edit them to see"
        " what.",
        icon=":material/inventory:",
    )


def confirm_all(workspace: Workspace, clean: Sequence[CopyText]) -> None:
    """Say how many texts would be approved and which, and offer to."""
    st.markdown(
        f"**This approves {count(len(clean), 'text')}** that the checks found nothing in, unread:"
    )
    if partly := sum(one.partly for one in clean):
        st.caption(f"Of {count(partly, 'text')} the words of the language were not checked.")
    names = ", ".join(plain(shorten(one.name, 40)) for one in clean[:_NAMED])
    rest = f" and {len(clean) - _NAMED:,} more" if len(clean) > _NAMED else ""
    st.caption(f"{names}{rest}.")
    st.button(
        f"Approve these {count(len(clean), 'text')}",
        key="copy-approve-page",
        type="primary",
        on_click=_approve_all,
        args=(workspace, tuple((one.id, one.revision) for one in clean)),
    )


def _approve_all(workspace: Workspace, texts: Sequence[tuple[int, int]]) -> None:
    """Approve texts as they were on the screen (a button callback)."""
    changed = 0
    with in_place():
        for copy_id, revision in texts:
            try:
                approve(workspace, copy_id, revision=revision, actor=ACTOR)
            except Conflict:
                changed += 1
    words = f"{count(len(texts) - changed, 'text')} approved."
    if changed:
        words += (
            f" {count(changed, 'text')} not: changed meanwhile, or no longer clean by what is known"
            " now."
        )
    state.tell(words, icon=":material/check_circle:")
