import streamlit as st

from pages.ui.jobs import again, cancel_button, forecast, status_badge, step_words
from pages.ui.resources import workspace
from pages.ui.words import ago, moment, plain
from recsys.workflows.jobs import recent_jobs, worker_is_running

st.title("What is running, and what went wrong?")

jobs = recent_jobs(workspace())
if not jobs:
    st.info("Nothing has been started yet. Loading, training and publishing will appear here.")
    if st.button("Go to Data", type="primary", icon=":material/database:"):
        st.switch_page("data.py")
    st.stop()
if not worker_is_running(workspace()):
    st.warning("No worker is running. The server starts one by itself within seconds.")


@st.fragment(run_every="1s" if any(not job.ended for job in jobs) else None)
def show_jobs() -> None:
    for job in recent_jobs(workspace()):
        with st.container(border=True):
            head, status, action = st.columns([6, 2, 2], vertical_alignment="center")
            head.markdown(f"**{plain(job.label)}**", help=f"Job {job.id} ({job.kind})")
            with status:
                status_badge(job)
            with action:
                if not job.ended:
                    cancel_button(job, "list")
                elif job.status != "done":
                    st.button(
                        "Run again",
                        key=f"again-{job.id}",
                        type="tertiary",
                        icon=":material/refresh:",
                        on_click=again,
                        args=(job.id,),
                    )
            if job.status == "running":
                st.progress(min(job.share, 1.0), text=plain(step_words(job)))
                st.caption(forecast(job))
            if job.error:
                st.markdown(f":red[{plain(job.error)}]")
            started = job.finished_at or job.started_at or job.created_at
            took = (
                f" · took {job.finished_at - job.started_at:.1f} s"
                if job.finished_at and job.started_at
                else ""
            )
            st.caption(f"{ago(started)} by {plain(job.actor)}{took}", help=moment(started))


show_jobs()
