"""Asking for the full map: the button, the work on it, and how it was made."""

from __future__ import annotations

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.jobs import ACTOR, forecast, step_words
from pages.ui.map_drawing import Asked
from pages.ui.resources import workspace
from pages.ui.words import count, percent, plain
from recsys.maps.picture import Picture
from recsys.workflows.jobs import Job, active_jobs
from recsys.workflows.maps import submit_map

_UMAP = (
    "UMAP (McInnes et al. 2018) over each point's nearest neighbours in the space, begun with its"
    " two widest directions and seeded. What lies together is alike; how far apart two groups lie,"
    " and how wide they are, says little."
)
_PCA = (
    "PCA: the two widest directions of the space. Quick, but groups lie over each other that the"
    " space holds apart."
)


def ask_for_map(asked: Asked, *, full: bool) -> None:
    """Offer to draw the full map, or show how far it is.

    Parameters
    ----------
    full
        Whether the newest one is a full map already.
    """
    if _drawing_now():
        _show_progress()
    elif not full and st.button(
        "Draw the full map",
        type="primary",
        icon=":material/scatter_plot:",
        help="A job of about a minute for a large catalogue; you can leave this page.",
    ):
        with in_place():
            submit_map(workspace(), of=asked.of, placement=asked.placement, actor=ACTOR)
            st.rerun()


def tell_how(asked: Asked, picture: Picture, shown: int) -> None:
    """Say what the picture is of, and how it was made."""
    word = {"items": "product", "shoppers": "shopper", "both": "point"}[asked.of]
    left = len(picture.points) - int(picture.placed.sum())
    shift = picture.about.get("median_shift")
    full = picture.method == "umap"
    words = [
        f"{count(shown, word)} by the model of {PLACEMENT_WORDS[asked.placement]}.",
        "" if full else "A quick picture.",
        f"{count(left, word)} without a place: the model knows nothing of"
        f" {'it' if left == 1 else 'them'}."
        if left
        else "",
        f"Half of the points moved by less than {percent(shift)} of the map's width since the last"
        " one."
        if shift is not None
        else "",
    ]
    aligned = (
        " The map began with the last one and was turned onto it (Procrustes), so that places stay"
        " known; the shift is the median over points on both."
        if shift is not None
        else ""
    )
    st.caption(" ".join(filter(None, words)), help=(_UMAP if full else _PCA) + aligned)


def _drawing_now() -> Job | None:
    jobs = [job for job in active_jobs(workspace()) if job.kind == "map"]
    return jobs[0] if jobs else None


@st.fragment(run_every="1s")
def _show_progress() -> None:
    job = _drawing_now()
    if job is None:
        st.rerun()
    st.progress(
        min(job.share, 1.0), text=f"{plain(job.label)}: {plain(step_words(job))}. {forecast(job)}."
    )
