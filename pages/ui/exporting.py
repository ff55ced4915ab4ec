from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.words import count, size
from recsys.releases.live import LiveView
from recsys.workflows.exports import exports_folder, submit_export
from recsys.workflows.jobs import Job, recent_jobs


def offer_export(view: LiveView) -> None:
    """Offer For You of every shopper as one file: made by a job, then downloaded here."""
    jobs = [job for job in recent_jobs(workspace()) if job.kind == "export"]
    if any(not job.ended for job in jobs):
        st.caption(":material/hourglass_top: For You of every shopper is being written.")
        return
    shoppers = count(len(view.release.user_ids), "shopper")
    path = _written(jobs, view.release.id)
    if path is not None:
        st.download_button(
            f"Download For You of all {shoppers} ({size(path.stat().st_size)})",
            data=path.read_bytes,
            file_name=path.name,
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
    elif st.button(
        "Export all For You lists",
        icon=":material/output:",
        type="tertiary",
        help=f"Works out the first 10 for each of {shoppers}, for e-mails and other systems.",
    ):
        with in_place():
            submit_export(workspace(), actor=ACTOR)
            st.rerun()


def _written(jobs: list[Job], release_id: str) -> Path | None:
    """Return the newest file of a release among those that the workspace keeps.

    Those that the command line wrote elsewhere are not given out.
    """
    kept = exports_folder(workspace()).resolve()
    for job in jobs:
        result = job.result or {}
        if job.status == "done" and result.get("release_id") == release_id:
            path = Path(result["file"])
            if path.parent == kept and path.is_file():
                return path
    return None
