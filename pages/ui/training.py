from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_WORDS
from recsys.types import PLACEMENTS
from recsys.workflows.jobs import submit_training
from recsys.workflows.training import ModelKind, Setting, model_kinds
from recsys.workflows.tuning import BUDGET_SECONDS, submit_tuning
from recsys.workspace import Workspace

_BUDGETS = {60.0: "1 minute", 120.0: "2 minutes", 300.0: "5 minutes", 1200.0: "20 minutes"}


def let_aisle_choose(workspace: Workspace, dataset_id: str, *, actor: str) -> None:
    """Offer to search for the best model of every shelf within a budget of time."""
    with st.form("choose", border=False):
        st.markdown(
            "**Let Aisle choose**: it tries many models and settings on the older purchases, keeps"
            " what finds the later ones best, and trains the winners on everything."
        )
        budget = st.segmented_control(
            "How long it may look",
            list(_BUDGETS),
            default=BUDGET_SECONDS,
            format_func=lambda one: _BUDGETS[one],
            required=True,
            key="budget",
            help="Longer looks find a little more, and large shops need longer looks. One budget"
            " serves all shelves; the search stops early when nothing better turns up.",
        )
        if st.form_submit_button(
            "Find the best models", type="primary", icon=":material/auto_awesome:"
        ):
            with in_place():
                submit_tuning(workspace, dataset_id=dataset_id, budget=budget, actor=actor)
                st.rerun()


def train_one_kind(workspace: Workspace, dataset_id: str, *, actor: str) -> None:
    """Offer each kind of model with its settings, and queue a training."""
    kinds = {kind.name: kind for kind in model_kinds()}
    feeding = [name for name, kind in kinds.items() if kind.placements]
    yardsticks = [name for name, kind in kinds.items() if not kind.placements]
    name = st.selectbox(
        "Kind of model",
        [*feeding, *yardsticks],
        index=feeding.index("als"),
        format_func=lambda one: (
            kinds[one].label if kinds[one].placements else f"{kinds[one].label} (yardstick)"
        ),
        key="train-kind",
    )
    kind = kinds[name]
    feeds = ", ".join(PLACEMENT_WORDS[one] for one in PLACEMENTS if one in kind.placements)
    st.caption(f"{kind.summary} Feeds: {feeds or 'nothing, it is only measured'}.")
    with st.form("train", border=False):
        settings = _settings(kind)
        if st.form_submit_button("Train this model", icon=":material/model_training:"):
            with in_place():
                submit_training(
                    workspace, kind.name, dataset_id=dataset_id, settings=settings, actor=actor
                )
                st.rerun()


def _settings(kind: ModelKind) -> dict[str, Any]:
    shown = [one for one in kind.settings if _is_simple(one.default)]
    if not shown:
        return {}
    with st.expander("Settings: the defaults fit most shops"), st.grid(min_column_width=170):
        return {setting.name: _input(kind, setting) for setting in shown}


def _is_simple(default: object) -> bool:
    """Tell whether a form can ask for a setting; the command line can set the others."""
    return default is None or isinstance(default, bool | int | float)


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
        format=None if whole else "%.3g",
        help=setting.description,
        key=key,
    )
