"""Bulk runs: many texts at once, with what they would cost before, and their progress after."""

from __future__ import annotations

import math

import streamlit as st

from pages.ui import state, state_copy_queue
from pages.ui.copy_bulk_choose import choose_run
from pages.ui.copy_bulk_runs import show_runs
from pages.ui.copy_queue_words import cost_words, usage_words
from pages.ui.errors import show_script_error
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace as opened_workspace
from pages.ui.state_copy_queue import Asked
from pages.ui.words import code, count, plain
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.providers.opening import key_is_set
from recsys.copywriting.text import Brief
from recsys.errors import AisleError
from recsys.workflows import copy_bulk
from recsys.workflows.copy_bulk import Estimate, Selection, Way, start_run
from recsys.workspace import Workspace

# What a run may cost beyond its estimate before it stops by itself.
_LEEWAY = 1.5
_LEAST_CAP = 0.05


def show_bulk(workspace: Workspace) -> None:
    """Show the form of a new run, what it would take, and the runs there are."""
    if not workspace.datasets.ids():
        st.info("Copy is written about the products of your catalogue, and there is none yet.")
        if st.button("Go to Data", type="primary", icon=":material/database:"):
            st.switch_page("data.py")
        return
    form, runs = st.columns([1, 1.15], gap="large")
    with form:
        asked = choose_run(workspace)
    if asked is not None:
        state_copy_queue.ask(asked)
    with runs:
        wanted = state_copy_queue.asked()
        if wanted is not None:
            try:
                _show_estimate(workspace, wanted)
            except AisleError as error:
                show_script_error(error)
                state_copy_queue.ask(None)  # said once: the form is there to be changed
        show_runs(workspace)


# The catalogue and what is approved may change, so an estimate does not live long.
@st.cache_data(ttl=60, max_entries=16, show_spinner="Counting products and tokens")
def _estimate(selection: str, brief: str, model: str, way: Way) -> Estimate:
    return copy_bulk.estimate(
        opened_workspace(),
        Selection.model_validate_json(selection),
        Brief.model_validate_json(brief),
        model=model,
        way=way,
    )


def _show_estimate(workspace: Workspace, asked: Asked) -> None:
    found = _estimate(
        asked.selection.model_dump_json(), asked.brief.model_dump_json(), asked.model, asked.way
    )
    st.subheader("What it would take")
    with st.container(border=True, key="copy-estimate"):
        with st.grid(3, min_column_width=110, gap="small"):
            st.metric("Texts", f"{found.rows:,}")
            st.metric("Tokens", f"{_tokens(found.usage):,}", help=plain(usage_words(found.usage)))
            st.metric("Cost", cost_words(found.cost) if found.cost is not None else "not known")
        if found.approved:
            st.caption(
                f"{count(found.approved, 'product')} left out: approved texts are not written over."
            )
        st.caption(plain(found.words))
        cap, cap_tokens = _ask_cap(found, asked)
        _start_button(workspace, asked, found, cap, cap_tokens)


def _tokens(usage: Usage) -> int:
    return usage.input + usage.output + usage.cache_read + usage.cache_write


def _ask_cap(found: Estimate, asked: Asked) -> tuple[float | None, int | None]:
    """Ask where the run has to stop: in dollars, or in tokens where the price is not known."""
    key = f"copy-cap-{found.rows}-{asked.way}"
    if found.cost is None:
        st.caption(
            f"What {code(asked.model)} costs is not known here: set its price under Voices and"
            " templates to have a budget in dollars."
        )
        tokens = st.number_input(
            "Stop at so many tokens",
            1_000,
            value=math.ceil(max(_LEEWAY * _tokens(found.usage), found.least_cap_tokens) / 1_000)
            * 1_000,
            step=1_000,
            key=f"{key}-tokens",
        )
        return None, int(tokens)
    cap = st.number_input(
        "Stop at, in US dollars",
        0.01,
        value=max(
            math.ceil(max(_LEEWAY * found.cost, found.least_cap or 0) * 100) / 100, _LEAST_CAP
        ),
        format="%.2f",
        key=key,
        help="The run stops by itself before it has spent more; it can go on with more later.",
    )
    return cap, None


def _start_button(
    workspace: Workspace,
    asked: Asked,
    found: Estimate,
    cap: float | None,
    cap_tokens: int | None,
) -> None:
    keyed = key_is_set(workspace.settings)
    if not keyed:
        st.caption(":material/key_off: No key is set, so nothing can be written yet. See Write.")
    if st.button(
        f"Write {count(found.rows, 'text')}",
        key="copy-start",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not keyed,
    ):
        line = start_run(
            workspace,
            asked.selection,
            asked.brief,
            model=asked.model,
            way=asked.way,
            cap=cap,
            cap_tokens=cap_tokens,
            actor=ACTOR,
        )
        state_copy_queue.ask(None)
        state.tell(f"Started: {plain(line.label)}", icon=":material/play_arrow:")
        st.rerun()
