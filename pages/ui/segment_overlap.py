"""Which other segments the members of one are in, too."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.resources import workspace
from pages.ui.segment_charts import overlap_map
from pages.ui.words import percent
from recsys.workflows.segments import MOST_COMPARED, Overlap, SegmentLine, overlap

_AT_FIRST = 5


def show_overlap(line: SegmentLine, lines: Sequence[SegmentLine]) -> None:
    """Let choose other segments, and show how much each two of them share."""
    others = {one.id: one for one in lines if one.id != line.id}
    if not others:
        st.info("There is no other segment yet to compare it with.")
        return
    chosen = st.multiselect(
        "Compare with",
        list(others),
        default=list(others)[:_AT_FIRST],
        format_func=lambda one: others[one].name if one in others else str(one),
        max_selections=MOST_COMPARED - 1,
        key=f"overlap-{line.id}",
    )
    if not chosen:
        st.caption("Choose at least one.")
        return
    with in_place():
        found = overlap(workspace(), [line.id, *chosen])
        st.plotly_chart(
            overlap_map(found.names, found.share.tolist()),
            config={"displayModeBar": False},
            key=f"overlap-map-{line.id}",
        )
        st.caption("The share of the members of a row that are in the segment of the column, too.")
        with st.expander("As a table", icon=":material/table:"):
            st.dataframe(_table(found), hide_index=True)


def _table(found: Overlap) -> list[dict[str, object]]:
    """Return a row for each two segments."""
    rows: list[dict[str, object]] = []
    for one, name in enumerate(found.names):
        for other, second in enumerate(found.names):
            if one != other:
                rows.append(
                    {
                        "Of": name,
                        "in": second,
                        "Both": int(found.both[one, other]),
                        "Share": percent(float(found.share[one, other])),
                        "Of either": percent(float(found.jaccard[one, other])),
                    }
                )
    return rows
