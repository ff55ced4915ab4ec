"""When a shopper is new, active, loyal, slipping or lost: read as sentences, and edited."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.words import ago, plain
from recsys.segments.lifecycle import LifecycleRules
from recsys.workflows.segments import LifecycleLine, save_lifecycle_rules

# Field -> what it asks, and whether it is a whole number.
_WHOLE = {
    "new_days": "New: first order, days ago at most",
    "new_orders": "New: orders, at most",
    "loyal_orders": "Loyal: orders, at least",
}
_PARTS = {
    "slipping_gaps": "Slipping: silent for gaps, over",
    "lost_gaps": "Lost: silent for gaps, over",
    "least_gap_days": "Usual gap: days, at least",
}


def show_lifecycle(line: LifecycleLine) -> None:
    """Show the rules of the stages in sentences, and the form that changes them."""
    with st.expander("When is a shopper new, loyal, slipping or lost?", icon=":material/timeline:"):
        seen = state.seen("lifecycle", line.revision)
        read, edit = st.columns([1.2, 1], gap="large")
        with read:
            for stage, words in line.rules.words().items():
                st.markdown(f"**{stage.capitalize()}**: {plain(words)}")
            st.caption("Days are counted from the newest purchase of the shop, never from today.")
            if line.revision:
                st.caption(f"Changed {ago(line.at)} by {plain(line.actor)}.")
        with edit:
            _form(line, seen)


def _form(line: LifecycleLine, seen: int) -> None:
    now, key = line.rules, f"lifecycle-{line.revision}"
    given: dict[str, float] = {}
    with st.form(key, border=False):
        with st.grid(2, min_column_width=180, gap="small"):
            for name, label in _WHOLE.items():
                value = int(getattr(now, name))
                given[name] = st.number_input(label, 1, None, value, key=f"{key}-{name}")
            share = st.number_input(
                "Loyal: who order most, in %",
                1.0,
                100.0,
                100 * now.loyal_share,
                format="%g",
                key=f"{key}-share",
            )
            for name, label in _PARTS.items():
                value = float(getattr(now, name))
                given[name] = st.number_input(
                    label, 0.5, None, value, step=0.5, format="%g", key=f"{key}-{name}"
                )
        if st.form_submit_button("Save these stages", icon=":material/save:"):
            with in_place():
                rules = LifecycleRules.model_validate({**given, "loyal_share": share / 100})
                save_lifecycle_rules(workspace(), rules, revision=seen, actor=ACTOR)
                state.tell("The stages are saved. Saved segments follow at their next refresh.")
                st.rerun()
