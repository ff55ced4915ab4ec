"""A segment as a file: laid out for people, machines or a platform; small ones at the click."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR, forecast, step_words
from pages.ui.resources import workspace
from pages.ui.words import ago, count, plain, size
from recsys.errors import NotFound
from recsys.releases.live import LiveView
from recsys.segments.about_shoppers import consenting
from recsys.workflows.jobs import Job, recent_jobs
from recsys.workflows.segment_columns import columns_of
from recsys.workflows.segment_exports import (
    LAYOUTS,
    MOST_RECOMMENDED,
    Export,
    export_segment,
    manifest_path,
    note_download,
    read_export,
    submit_segment_export,
)
from recsys.workflows.segments import Segment

# At the click: a second at most. Each recommended list takes some milliseconds.
_MOST_AT_ONCE, _MOST_LISTS = 20_000, 200
_FILES = 5
_HELD_OUT = {
    "out": "Left out of the file",
    "column": "Said in a column",
    "only": "Only these",
}


def offer_exports(view: LiveView, segment: Segment) -> None:
    """Ask how the file is laid out, then offer it."""
    if not segment.members:
        st.info("It has no members, so there is nothing to export.")
        return
    choose, files = st.columns([1.2, 1], gap="large")
    with choose:
        wanted = _ask(view, segment)
        with in_place():
            names = columns_of(
                view, wanted.check(), wanted.recommend, told=wanted.held_out == "column"
            ).names
            st.caption(f"Columns: {plain(', '.join(names))}")
            _offer(view, segment, wanted)
    with files:
        _show_files(segment)


def _ask(view: LiveView, segment: Segment) -> Export:
    key = f"export-{segment.line.id}"
    layout = st.selectbox(
        "Layout",
        list(LAYOUTS),
        format_func=lambda one: LAYOUTS[one].label,
        key=f"{key}-layout",
        width=320,
    )
    chosen = LAYOUTS[layout]
    st.caption(plain(chosen.words))
    recommend: int = 0
    held_out: Any = "out"
    if chosen.products and "for_you" in view.release.manifest["strategies"]:
        recommend = int(
            st.number_input(
                "Recommended products beside each member",
                0,
                MOST_RECOMMENDED,
                0,
                key=f"{key}-recommend",
                width=320,
                help="From For You, by the live rules: id, name, price and link of each.",
            )
        )
    if segment.definition.holdout:
        held_out = st.radio(
            "The hold-out group",
            [one for one in _HELD_OUT if chosen.products or one != "column"],
            format_func=lambda one: _HELD_OUT[one],
            horizontal=True,
            key=f"{key}-held-out",
        )
    st.caption(f":material/verified_user: {_consent_words(view, platform=chosen.platform)}")
    return Export(layout, recommend, held_out)


def _consent_words(view: LiveView, *, platform: bool) -> str:
    if consenting(view.release) is None:
        words = "The shop does not say who consented"
        return f"{words}: check it before you upload the file." if platform else f"{words}."
    if platform:
        return "Who did not consent to be written to is not in the file."
    return "Who did not consent is in the file without e-mail address and telephone number."


def _offer(view: LiveView, segment: Segment, wanted: Export) -> None:
    line = segment.line
    most = _MOST_LISTS if wanted.recommend else _MOST_AT_ONCE

    def content() -> bytes:
        with workspace().scratch() as folder:
            path = folder / "segment.csv"
            manifest = export_segment(
                workspace(),
                view,
                line.id,
                path,
                layout=wanted.layout,
                recommend=wanted.recommend,
                held_out=wanted.held_out,
                actor=ACTOR,
            )
            note_download(workspace(), manifest, actor=ACTOR)
            return path.read_bytes()

    with st.container(horizontal=True):
        if line.count <= most:
            st.download_button(
                f"Download {count(line.count, 'member')}",
                data=content,
                file_name=f"segment-{line.id}-{wanted.layout}.csv",
                mime="text/csv",
                icon=":material/download:",
                type="primary",
                on_click="ignore",
            )
        if st.button(
            "Make a file with a manifest",
            icon=":material/output:",
            type="secondary" if line.count <= most else "primary",
            help="By a job, for segments of any size. The manifest says what is in the file, when"
            " and of what it was made, and its checksum.",
        ):
            submit_segment_export(
                workspace(),
                line.id,
                layout=wanted.layout,
                recommend=wanted.recommend,
                held_out=wanted.held_out,
                actor=ACTOR,
            )
            st.rerun()


def _jobs(set_id: int) -> list[Job]:
    return [
        job
        for job in recent_jobs(workspace())
        if job.kind == "segment_export" and job.params["set_id"] == set_id
    ]


def _show_files(segment: Segment) -> None:
    """Show the files that were made, newest first, and the one being made."""
    st.markdown("**Files of this segment**")
    jobs = _jobs(segment.line.id)
    running = [job for job in jobs if not job.ended]
    if running:
        _show_running(segment.line.id)
    done = [job for job in jobs if job.status == "done"][:_FILES]
    if not done and not running:
        st.caption("None yet.")
    for job in done:
        _file(job)


@st.fragment(run_every="1s")
def _show_running(set_id: int) -> None:
    running = [job for job in _jobs(set_id) if not job.ended]
    if not running:
        st.rerun()  # the whole page: the file should appear
    job = running[0]
    st.progress(min(job.share, 1.0), text=plain(step_words(job)))
    st.caption(f"{forecast(job)}. You can leave this page.")


def _file(job: Job) -> None:
    try:
        path, manifest = read_export(workspace(), str((job.result or {}).get("file", "")))
    except NotFound:  # made elsewhere, or taken away
        return

    def content() -> bytes:
        note_download(workspace(), manifest, actor=ACTOR)
        return path.read_bytes()

    def about() -> bytes:
        note_download(workspace(), manifest, what="manifest", actor=ACTOR)
        return manifest_path(path).read_bytes()

    with st.container(border=True, gap="small"):
        rows = count(manifest["rows"], "row")
        left = "".join(f"; {number:,} {why}" for why, number in manifest["left_out"].items())
        st.markdown(
            f"**{plain(LAYOUTS[manifest['layout']].label)}** · {rows}{plain(left)}"
            f" :gray[{ago(job.created_at)}]"
        )
        for note in manifest["notes"]:
            st.caption(plain(note))
        with st.container(horizontal=True):
            st.download_button(
                f"Download ({size(manifest['bytes'])})",
                data=content,
                file_name=path.name,
                mime="text/csv",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"file-{job.id}",
            )
            st.download_button(
                "Manifest",
                data=about,
                file_name=manifest_path(path).name,
                mime="application/json",
                icon=":material/description:",
                type="tertiary",
                on_click="ignore",
                key=f"manifest-{job.id}",
            )
