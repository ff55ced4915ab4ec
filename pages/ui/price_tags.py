"""What a fix of the data does to quality: asked for at a finding, and said there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.evidence import PLACEMENT_WORDS, asked_words
from pages.ui.words import plain
from recsys.workflows.jobs import active_jobs
from recsys.workflows.price_tags import price_tags_of
from recsys.workspace import Workspace

ASK = "What does this do to quality?"


def price_tags(workspace: Workspace, version_id: str) -> dict[str, Mapping[str, Any]]:
    """Return the newest price tag of each single fix of a version: code -> report."""
    tags = price_tags_of(workspace, version_id)
    return {codes[0]: kept for codes, kept in tags.items() if len(codes) == 1}


def being_priced(workspace: Workspace, version_id: str) -> frozenset[str]:
    """Return the codes of the fixes whose price is being worked out."""
    return frozenset(
        code
        for job in active_jobs(workspace)
        if job.kind == "price_tag" and job.params["dataset_id"] == version_id
        for code in job.params["codes"]
    )


def say_price(tag: Mapping[str, Any]) -> None:
    """Say what a fix does to quality, the numbers in the tooltip."""
    first, *more = tag["words"]
    lines = [plain(line) for line in more]
    lines += [
        f"{PLACEMENT_WORDS[place]}: {asked_words(place, part['asked'])} were asked."
        for place, part in tag["placements"].items()
    ]
    st.caption(f":material/sell: {plain(first)}", help="  \n".join(lines))
