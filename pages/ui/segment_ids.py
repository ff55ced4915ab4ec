"""A list of shoppers by id: pasted or uploaded, with what of it the shop does not know."""

from __future__ import annotations

import streamlit as st

from pages.ui import state, state_segments
from pages.ui.errors import in_place
from pages.ui.resources import workspace
from pages.ui.segment_cached import matched_of
from pages.ui.sets import PASTE_HELP
from pages.ui.words import count, plain
from recsys.releases.live import LiveView
from recsys.workflows.seed_files import read_seeds

_MEGABYTES = 50


def ask_ids(view: LiveView, ids: tuple[str, ...], key: str, *, most: int) -> tuple[str, ...] | None:
    """Show the list that was given, and let give another one; return that when it was sent.

    Parameters
    ----------
    ids
        The list so far; the form is in sight while it is empty.
    most
        How many ids are taken.
    """
    if not ids:
        return _form(view, key, most)
    found = matched_of(view.release.id, ids, view)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{count(len(found.rows), 'shopper')}**", width="content")
        with st.popover("Another list", type="tertiary", icon=":material/upload_file:"):
            sent = _form(view, key, most)
        if st.button("Clear", key=f"{key}-clear", type="tertiary", icon=":material/close:"):
            return ()
    if read := state_segments.list_words(ids):
        show = st.caption if len(found.rows) else st.warning
        show(plain(read))
    elif found.unknown or found.twice:
        st.caption(plain(found.words()))
    return sent


def _form(view: LiveView, key: str, most: int) -> tuple[str, ...] | None:
    number = state.sent(key)
    with st.form(f"{key}-form", border=False):
        upload = st.file_uploader(
            "A file with their ids",
            type=["csv", "tsv", "txt", "xlsx", "parquet"],
            max_upload_size=_MEGABYTES,
            key=f"{key}-file-{number}",
            help="The column that holds shopper ids is found by itself; e-mail addresses work where"
            " the shop knows them. For larger files: aisle segment --like FILE.",
        )
        pasted = st.text_area(
            "Or paste them", help=PASTE_HELP, height=110, key=f"{key}-paste-{number}"
        )
        if not st.form_submit_button("Use this list", icon=":material/check:"):
            return None
    with in_place():
        # What nobody knows is kept: it is shown, and a later release may know it.
        read = read_seeds(
            workspace(),
            view,
            (pasted or "") if upload is None else upload.getvalue(),
            name="" if upload is None else upload.name,
            most=most,
            keep_unknown=True,
        )
        state.sent(key, more=1)
        state_segments.remember_list(read.ids, read.words())
        return read.ids
    return None
