"""The groups of a map beside it: how large, what they sell, and how that grows."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.ui import state_map
from pages.ui.words import count
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.workflows.maps import groups

_TABLE = "map-groups"


def show_groups(view: LiveView, picture: Picture, stamp: str) -> None:
    """List the groups; a click on a line chooses one."""
    lines = groups(picture, view)
    if not lines:
        st.caption(
            "Draw around points with Lasso or Box to see what they share. The full map has groups"
            " with names, too."
        )
        return
    st.subheader(
        count(len(lines), "group"),
        help="Found by k-means in the space itself, not on the picture, and named by what is more"
        " frequent in them than elsewhere. Sales are of the newest 28 days, growth is against the"
        " 28 days before.",
    )
    st.dataframe(
        [
            {
                "Group": line.name,
                "Size": line.size,
                "Sales": None if line.sales is None else round(line.sales),
                "Growth": None if line.growth is None else round(100 * line.growth),
            }
            for line in lines
        ],
        key=_TABLE,
        hide_index=True,
        height="content" if len(lines) <= 13 else 500,
        on_select=partial(state_map.take_group, _TABLE, stamp, [line.number for line in lines]),
        selection_mode="single-row",
        column_config={
            "Group": st.column_config.TextColumn(width=190),
            "Size": st.column_config.NumberColumn(format="localized", width=70),
            "Sales": st.column_config.NumberColumn(format="localized", width=80),
            "Growth": st.column_config.NumberColumn(format="%+.0f %%", width=76),
        },
    )
    st.caption("Click the box at the left of a line to choose its group, or draw around points.")
