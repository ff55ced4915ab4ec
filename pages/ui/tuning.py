"""A search for the best models: what it has tried so far, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.evidence import PLACEMENT_WORDS, SCORE_WORDS
from pages.ui.jobs import forecast, step_words
from pages.ui.resources import workspace
from pages.ui.words import ago, count, plain
from recsys.evaluation.trial import Trial
from recsys.workflows.jobs import Job, recent_jobs
from recsys.workflows.training import model_kinds
from recsys.workflows.trials import trials_of_job

_ROWS_HIGH = 300


def show_search(dataset_id: str, models: Sequence[Mapping[str, Any]]) -> None:
    """Show the newest search on a dataset, live while it runs; nothing where there was none."""
    job = _newest(dataset_id)
    if job is None:
        return
    if job.ended:
        _show_result(job, models)
    else:
        _show_running(dataset_id)


def _newest(dataset_id: str) -> Job | None:
    jobs = recent_jobs(workspace())
    return next(
        (job for job in jobs if job.kind == "tune" and job.params["dataset_id"] == dataset_id), None
    )


@st.fragment(run_every="2s")
def _show_running(dataset_id: str) -> None:
    job = _newest(dataset_id)
    if job is None or job.ended:
        st.rerun()
    with st.container(border=True):
        st.markdown(f"**{plain(job.label)}**")
        st.progress(min(job.share, 1.0), text=plain(step_words(job)))
        st.caption(
            f"{forecast(job)}. You can leave this page; Cancel at the left keeps what it has."
        )
        show_trials(trials_of_job(workspace(), job.key))


def _show_result(job: Job, models: Sequence[Mapping[str, Any]]) -> None:
    tried = trials_of_job(workspace(), job.key)
    if not tried:
        return
    labels = {model["id"]: model["label"] for model in models}
    with st.expander(
        f"The last search: {count(len(tried), 'try', 'tries')}, {ago(job.created_at)}"
    ):
        result = job.result or {}
        for placement, model_id in result.get("strategies", {}).items():
            label = labels.get(model_id, "a model that is gone")
            st.markdown(f"- **{PLACEMENT_WORDS[placement]}**: {plain(label)}")
        if ended := result.get("ended"):
            st.caption(plain(ended))
        show_trials(tried)


def show_trials(tried: Sequence[Trial]) -> None:
    """Show tries of settings as a table, the best of each shelf first."""
    if not tried:
        st.caption("Nothing has been tried yet.")
        return
    labels = {kind.name: kind.label for kind in model_kinds()}
    best = sorted(tried, key=lambda one: (one.placement, one.state != "measured", -one.value))
    st.dataframe(
        [
            {
                "Shelf": PLACEMENT_WORDS[one.placement],
                "Model": labels.get(one.kind, one.kind),
                "Score": one.value,
                "Seconds": one.seconds,
                "How it went": one.note or one.state,
                "Settings": ", ".join(f"{key} {value}" for key, value in one.settings.items()),
            }
            for one in best
        ],
        height=min(_ROWS_HIGH, 36 * (len(best) + 1)),
        column_config={
            "Score": st.column_config.NumberColumn(
                format="%.4f",
                help=f"For You: {SCORE_WORDS['for_you'].lower()} (NDCG@10); Also bought:"
                f" {SCORE_WORDS['also_bought'].lower()} (hit rate@10). A try given up early was"
                " scored on a quarter of the questions.",
            ),
            "Seconds": st.column_config.NumberColumn(format="%.1f"),
        },
    )
