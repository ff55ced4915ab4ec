from __future__ import annotations

from typing import Any

import streamlit as st

from recsys.workflows.jobs import submit_training
from recsys.workflows.training import ModelKind, Setting, model_kinds
from recsys.workspace import Workspace


def train_form(workspace: Workspace, dataset_id: str, *, actor: str) -> None:
    """Show the kinds of model with their settings, and queue a training."""
    kinds = {kind.name: kind for kind in model_kinds()}
    name = st.segmented_control(
        "Kind of model",
        list(kinds),
        default="als",
        format_func=lambda one: kinds[one].label,
        required=True,
        key="train-kind",
    )
    kind = kinds[name]
    st.caption(kind.summary)
    with st.form("train", border=False):
        settings = _settings(kind)
        if st.form_submit_button("Train this model", icon=":material/model_training:"):
            submit_training(
                workspace, kind.name, dataset_id=dataset_id, settings=settings, actor=actor
            )
            st.rerun()


def _settings(kind: ModelKind) -> dict[str, Any]:
    if not kind.settings:
        return {}
    with st.expander("Settings: the defaults fit most shops"), st.grid(min_column_width=170):
        return {setting.name: _input(kind, setting) for setting in kind.settings}


def _input(kind: ModelKind, setting: Setting) -> int | float | None:
    label = setting.name.replace("_", " ").capitalize()
    key = f"set-{kind.name}-{setting.name}"
    if isinstance(setting.default, bool):
        return st.checkbox(label, value=setting.default, help=setting.description, key=key)
    whole = isinstance(setting.default, int)
    return st.number_input(
        label,
        value=setting.default,
        step=1 if whole else None,
        format=None if whole else "%.2f",
        help=setting.description,
        key=key,
    )
