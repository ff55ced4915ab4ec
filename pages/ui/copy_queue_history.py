"""What a text was before: by whom, when, and the way back."""

from __future__ import annotations

import streamlit as st

from pages.ui.copy_queue_words import found_words, made_words
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.words import ago, moment, plain
from recsys.workflows.copy_queue import CopyText, CopyVersion, history, restore
from recsys.workspace import Workspace

_MOST = 20


def show_history(workspace: Workspace, text: CopyText, seen: int) -> None:
    """Show the versions of a text, newest first; read only once the part is opened.

    Parameters
    ----------
    seen
        The revision that was on the screen.
    """
    part = st.expander(
        "Versions", icon=":material/history:", key=f"copy-history-{text.id}", on_change="rerun"
    )
    if not part.open:
        return
    with part:
        versions = history(workspace, text.id)
        for one in versions[:_MOST]:
            _version(workspace, text, one, seen)
        if len(versions) > _MOST:
            st.caption(f"And {len(versions) - _MOST:,} older ones.")


def _version(workspace: Workspace, text: CopyText, one: CopyVersion, seen: int) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**Version {one.version}** :gray[{ago(one.at)} {made_words(one)} ·"
                f" {found_words(one.checked)}]",
                help=moment(one.at),
                width="stretch",
            )
            if one.version != text.now.version and st.button(
                "Restore",
                key=f"copy-restore-{text.id}-{one.version}",
                type="tertiary",
                icon=":material/undo:",
                help="Makes a new version with this text, checked anew; none goes away",
            ):
                with in_place():
                    restore(workspace, text.id, one.version, revision=seen, actor=ACTOR)
                    st.rerun()
        st.text(one.copy.text)
        if one.copy.preheader:
            st.caption(f"Preheader: {plain(one.copy.preheader)}")
        if one.note:
            st.caption(f"Note: {plain(one.note)}")
