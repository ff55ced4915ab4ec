"""What an event counts: an editable table, and what it makes of the matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR, at_work_on_data
from pages.ui.words import count, percent
from recsys.workflows.data_jobs import submit_event_weights
from recsys.workflows.event_weights import LEAST, MOST, changed_weights
from recsys.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

_KINDS = {
    "viewed": "Looked at",
    "carted": "Put into the cart",
    "purchased": "Bought",
    "removed": "Taken out of the cart",
    "returned": "Sent back",
}
_UNKNOWN = "Unknown"


def show_events(workspace: Workspace, version: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Show what each event counts, and take other weights for a new version."""
    _matrix(seen["matrix"])
    events = seen["events"]
    if events:
        _weights(workspace, version, events)
    else:
        st.info("The files name no kind of event, so every row counts as a purchase with weight 1.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "How fast old purchases stop counting (their half-life) is set when a model is"
            " trained.",
            width="content",
        )
        st.page_link("models.py", label="Models", icon=":material/model_training:")


def _weights(
    workspace: Workspace, version: Mapping[str, Any], events: Sequence[Mapping[str, Any]]
) -> None:
    unknown = [one for one in events if one["weight"] is None]
    if unknown:
        one = len(unknown) == 1
        st.warning(
            f"{count(len(unknown), 'event')} of unknown meaning {'is' if one else 'are'} left out"
            f" ({count(sum(event['rows'] for event in unknown), 'row')}) until you give"
            f" {'it a weight' if one else 'them weights'}.",
            icon=":material/help:",
        )
    blocked = at_work_on_data()
    with st.form(f"weights-{version['id']}", border=False):
        edited = st.data_editor(
            event_table(events),
            hide_index=True,
            disabled=["Event", "Rows", "Counts as", "Default"],
            column_config=_COLUMNS,
            placeholder="none",
            key=f"events-{version['id']}",
        )
        if st.form_submit_button(
            "Use these weights",
            type="primary",
            icon=":material/balance:",
            disabled=bool(blocked),
            help=blocked or "Makes a new version; this one stays as it is.",
        ):
            with in_place():
                weights = changed_weights(events, typed_weights(edited))
                if weights:
                    submit_event_weights(workspace, version["id"], weights, actor=ACTOR)
                    st.rerun()
                st.info("No weight differs from those of this version.")


def event_table(events: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return events as the editable table shows them."""
    import pandas as pd  # over a second, which the findings should not wait for

    return pd.DataFrame(
        {
            "Event": [one["event"] for one in events],
            "Rows": [one["rows"] for one in events],
            "Counts as": [_KINDS.get(one["kind"] or "", _UNKNOWN) for one in events],
            "Weight": pd.array([one["weight"] for one in events], dtype="Float64"),
            "Default": pd.array([one["default"] for one in events], dtype="Float64"),
        }
    )


def typed_weights(edited: pd.DataFrame) -> list[float]:
    """Return the weights that stand in the editable table; NaN where a cell is empty."""
    return edited["Weight"].to_numpy("float64", na_value=float("nan")).tolist()


_COLUMNS = {
    "Rows": st.column_config.NumberColumn(format="localized"),
    "Counts as": st.column_config.TextColumn(help="What Aisle takes the event for."),
    "Weight": st.column_config.NumberColumn(
        min_value=LEAST,
        max_value=MOST,
        help=f"From {LEAST:g} to {MOST:g}: how much one such row says for its product. A purchase"
        " counts 1; below 0 it speaks against it; 0 counts for nothing. Empty means the default.",
    ),
    "Default": st.column_config.NumberColumn(help="What Aisle gives it without your say."),
}


def _matrix(matrix: Mapping[str, Any]) -> None:
    with st.grid(2, min_column_width=220):
        st.metric(
            "Shopper and product pairs",
            f"{matrix['pairs']:,}",
            border=True,
            help="Pairs whose weights add up to more than 0 now: what models learn from. A higher"
            " weight for looking makes more pairs, a lower one fewer.",
        )
        st.metric(
            "Filled cells",
            percent(matrix["filled"]),
            border=True,
            help="Pairs divided by shoppers times products. 100 % minus this is the sparsity.",
        )
