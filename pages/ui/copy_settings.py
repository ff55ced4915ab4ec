"""Voices and templates: how the shop writes, with which model, and what the environment says."""

from __future__ import annotations

import streamlit as st

from pages.ui.copy_settings_model import show_model
from pages.ui.copy_settings_templates import show_templates
from pages.ui.copy_settings_voices import show_voices
from recsys.workspace import Workspace

_PARTS = ("Voices", "Templates", "Model")


def show_settings(workspace: Workspace) -> None:
    """Show one part of the settings of copy."""
    shown = st.segmented_control(
        "Show",
        _PARTS,
        default=_PARTS[0],
        required=True,
        label_visibility="collapsed",
        key="copy-settings-part",
        persist_state="session",
    )
    if shown == _PARTS[0]:
        show_voices(workspace)
    elif shown == _PARTS[1]:
        show_templates(workspace)
    else:
        show_model(workspace)
