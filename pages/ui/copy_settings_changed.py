"""What is said where somebody else changed a setting while its form was being filled."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import state_copy_forms
from pages.ui.words import ago, plain
from recsys.workflows.copy_settings import Kept


def say_changed(name: str, kept: Kept[Any], began: int, theirs: str) -> None:
    """Show theirs and ask which one counts, if a form began with an older revision.

    Parameters
    ----------
    theirs
        How the setting reads now.
    """
    if kept.revision == began:
        return
    with st.container(border=True):
        st.warning(
            f"{plain(kept.actor)} changed this {ago(kept.at)}. What you typed is kept below and not"
            " saved.",
            icon=":material/group:",
        )
        st.caption("How it stands now")
        st.code(theirs, language=None, wrap_lines=True, height=160)
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Save mine over it",
                key=f"copy-mine-{name}",
                help="Then save below; theirs stays among the versions",
                on_click=state_copy_forms.go_on_from,
                args=(name, kept.revision),
            )
            st.button(
                "Take theirs",
                key=f"copy-theirs-{name}",
                type="tertiary",
                on_click=state_copy_forms.anew,
                args=(name, kept.revision),
            )
