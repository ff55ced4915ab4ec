"""Ways for files to come in, beside the drop zone."""

from __future__ import annotations

import streamlit as st

from pages.ui import state_files
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.words import count, plain, shorten
from recsys.workflows.arrivals import forgotten_uploads
from recsys.workflows.server_files import server_files
from recsys.workflows.uploads import discard_upload

_NAMED = 3


def server_path() -> None:
    """Take a file or a folder on the server, where its owner allows some."""
    settings = workspace().settings
    if not settings.data_roots:
        return
    with (
        st.form("server-path", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        path = st.text_input(
            "Or a file or folder on the server",
            placeholder=str(settings.data_roots[0]),
            help="Files may be read from "
            + " and ".join(plain(root) for root in settings.data_roots)
            + ". They stay where they are.",
        )
        pressed = st.form_submit_button("Take these files", icon=":material/folder_open:")
    if pressed:
        with in_place():
            state_files.add_server_files(str(one) for one in server_files(settings, path))


def offer_forgotten() -> None:
    """Offer files that were uploaded before and not loaded: the page was reloaded, say."""
    found = dict(forgotten_uploads(workspace(), state_files.uploads(), actor=ACTOR))
    if not found:
        return
    names = [plain(shorten(name, 40)) for name in found.values()]
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/history: {count(len(found), 'file')} came before and"
            f" {'was' if len(found) == 1 else 'were'} not loaded: {listed}",
            width="content",
        )
        st.button(
            "Bring back", on_click=state_files.add_uploads, args=(tuple(found),), type="tertiary"
        )
        st.button("Remove", on_click=_remove, args=(tuple(found),), type="tertiary")


def _remove(upload_ids: tuple[str, ...]) -> None:
    for upload_id in upload_ids:
        discard_upload(workspace(), upload_id, actor=ACTOR)
