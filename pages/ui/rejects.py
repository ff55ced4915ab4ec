"""The rows that a version leaves out, to look at and to take away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from pages.ui.words import count
from recsys.workflows.rejects import rejects_csv, rejects_parquet
from recsys.workspace import Workspace

# A sheet holds 1,048,576 rows with its head; a longer CSV would also be held in memory whole.
_MOST_ROWS = 1_000_000


def show_rejects(workspace: Workspace, version: Mapping[str, Any]) -> None:
    """Say how many rows a version leaves out, and offer them with their reasons."""
    removed = version["counts"]["removed"]
    if not removed:
        st.caption("No row is left out of this version.")
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        verb = "is" if removed == 1 else "are"
        st.markdown(
            f"**{count(removed, 'row')}** of {version['counts']['read']:,} {verb} left out of this"
            " version.",
            help="Each with its file, the number of its row there, the reason, and its cells as"
            " they stood in the file.",
            width="stretch",
        )
        if removed <= _MOST_ROWS:
            st.download_button(
                "CSV",
                partial(rejects_csv, workspace, version["id"]),
                file_name=f"left-out-{version['id']}.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                help="For people: opens in a spreadsheet, where no text runs as a formula.",
            )
        else:
            st.caption("More rows than a spreadsheet holds:")
        st.download_button(
            "Parquet",
            partial(rejects_parquet, workspace, version["id"]),
            file_name=f"left-out-{version['id']}.parquet",
            mime="application/vnd.apache.parquet",
            on_click="ignore",
            icon=":material/download:",
            help="For machines: every cell exactly as it stood in the file.",
        )
