"""A list of shoppers by id: pasted or uploaded, with what of it the shop does not know."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state
from pages.ui.errors import in_place
from pages.ui.sets import PASTE_HELP
from pages.ui.resources import workspace
from pages.ui.words import count, plain
from recsys.releases.live import LiveView
from recsys.segments.seeds import match
from recsys.workflows.segments import SeedFile, read_seed_file

_MEGABYTES = 50


def ask_ids(view: LiveView, ids: Sequence[str], key: str) -> tuple[str, ...] | None:
    """Show the list that was given, and let give another one; return that when it was sent.

    Parameters
    ----------
    ids
        The list so far; the form is in sight while it is empty.
    """
    if not ids:
        return _form(view, key)
    found = match(view.release, ids)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{count(len(found.rows), 'shopper')}**", width="content")
        with st.popover("Another list", type="tertiary", icon=":material/upload_file:"):
            sent = _form(view, key)
        if st.button("Clear", key=f"{key}-clear", type="tertiary", icon=":material/close:"):
            return ()
    if found.unknown or found.twice:
        st.caption(plain(found.words()))
    return sent


def _form(view: LiveView, key: str) -> tuple[str, ...] | None:
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
        read = _read(view, upload, pasted or "")
        if not read.ids:
            st.warning("There is no id in it. Choose a file, or paste one id on a line.")
            return None
        state.sent(key, more=1)
        st.toast(_read_words(read), duration="long")
        return tuple(read.ids)
    return None


