"""Jobs on a page: what runs now, and the end of what ran."""

from __future__ import annotations

import time

import streamlit as st

from pages.ui import state
from pages.ui.resources import workspace
from pages.ui.words import count, plain
from recsys.workflows.data_jobs import DATA_KINDS
from recsys.workflows.jobs import (
    Job,
    active_jobs,
    cancel_job,
    ended_since,
    run_again,
    worker_is_running,
)
from recsys.workspace import Workspace

ACTOR = "dashboard"


@st.fragment(run_every="1s")
def show_active_job() -> None:
    """Show the job at work, its progress and a forecast; refreshes itself while there is one."""
    jobs = active_jobs(workspace())
    if not jobs:
        st.rerun()  # the whole page: what the job made should appear
    job = jobs[0]
    waiting = f" · {len(jobs) - 1} more waiting" if len(jobs) > 1 else ""
    with st.container(border=True):
        st.markdown(f"**{plain(job.label)}**")
        st.progress(min(job.share, 1.0), text=plain(step_words(job)))
        st.caption(f"{forecast(job)}{waiting}")
        if job.status == "queued" and not worker_is_running(workspace()):
            st.caption(":orange[:material/warning:] No worker is running; it starts by itself.")
        cancel_button(job, "side")


def at_work_on_data() -> str:
    """Return why data cannot be changed just now; empty when it can."""
    changing = [job for job in active_jobs(workspace()) if job.kind in DATA_KINDS]
    if not changing:
        return ""
    return f"{plain(changing[0].label)} is under way. This can be used again when it has ended."


def cancel_button(job: Job, place: str) -> None:
    """Offer to stop a job that has not ended; ``place`` keeps two of them on a page apart."""
    st.button(
        "Cancel",
        key=f"cancel-{place}-{job.id}",
        type="tertiary",
        icon=":material/close:",
        disabled=job.cancel_asked,
        on_click=cancel,
        args=(job.id,),
    )


def cancel(job_id: int) -> None:
    """Ask a job to stop (a button callback)."""
    cancel_job(workspace(), job_id, actor=ACTOR)


def again(job_id: int) -> None:
    """Queue a job once more (a button callback)."""
    run_again(workspace(), job_id, actor=ACTOR)


def status_badge(job: Job) -> None:
    """Show how a job stands, in a word."""
    if job.status in ("failed", "lost"):
        st.badge("Failed" if job.status == "failed" else "Broke off", color="red")
    elif job.status == "done":
        st.badge("Done", color="green")
    elif job.status == "running":
        st.badge("Running", color="blue")
    else:
        st.badge("Waiting" if job.status == "queued" else "Cancelled", color="gray")


def step_words(job: Job) -> str:
    """Return what the job is doing, in words."""
    if job.cancel_asked:
        return "Stopping"
    return job.step or ("Waiting for its turn" if job.status == "queued" else "Starting")


def forecast(job: Job, *, now: float | None = None) -> str:
    """Return how long the job will probably still take, judged by its own pace."""
    if job.started_at is None or job.share < 0.05:
        return "Estimating the time"
    past = (time.time() if now is None else now) - job.started_at
    left = past * (1 - job.share) / job.share
    return f"About {count(max(round(left), 1), 'second')} left"


def announce_ended(space: Workspace) -> None:
    """Tell this session, once, of jobs that ended since it last looked."""
    last = state.last_seen_job()
    ended = ended_since(space, last)
    state.set_last_seen_job(max([last, 0, *(job.id for job in ended)]))
    if last < 0:
        return  # the first look: what is old news is no news
    for job in ended:
        if job.status == "done":
            st.toast(f"{plain(job.label)}: done", icon=":material/check_circle:")
        else:
            said = plain(job.error) or job.status
            st.toast(f"{plain(job.label)}: {said}", icon=":material/error:", duration="long")
