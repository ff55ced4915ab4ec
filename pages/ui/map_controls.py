"""The first row of the Map page: of what, by which model, how coloured; and the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.ui import state, state_map
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.words import plain, shorten
from recsys.maps.picture import Of, Picture
from recsys.releases.live import LiveView
from recsys.types import PLACEMENTS, Placement
from recsys.workflows.maps import Colouring, find

_OF: dict[str, Of] = {"Products": "items", "Shoppers": "shoppers", "Both": "both"}
_FIND = "map-find"
_NAME = 40


def choose_of() -> Of:
    """Let choose what the points are."""
    chosen = st.segmented_control(
        "Show", list(_OF), default="Products", required=True, key="map-of", bind="query-params"
    )
    return _OF[chosen]


def choose_placement(view: LiveView) -> Placement:
    """Let choose by whose model things lie close."""
    served = [one for one in PLACEMENTS if one in view.release.manifest["strategies"]]
    chosen: Any = st.selectbox(
        "Close by the model of",
        served,
        format_func=lambda one: PLACEMENT_WORDS[one],
        key="map-placement",
        help="What this placement's model takes for alike lies close together. Each model has a map"
        " of its own.",
        width=170,
    )
    return chosen


def choose_colouring(ways: Sequence[Colouring]) -> Colouring:
    """Let choose what the colours tell."""
    labels = {one.name: one for one in ways}
    name = st.selectbox(
        "Colour by",
        list(labels),
        format_func=lambda one: labels[one].label if one in labels else one,
        key="map-colour",
        width=190,
    )
    return labels[name]


def choose_sizes() -> bool:
    """Let choose whether points with more sales are larger."""
    return st.checkbox("Size by sales", value=True, key="map-sizes")


def search(view: LiveView, picture: Picture, stamp: str) -> None:
    """Show the field that finds a point and flies to it."""
    st.text_input(
        "Find on the map",
        key=_FIND,
        placeholder="Name or id",
        icon=":material/search:",
        on_change=_look_for,
        args=(view, picture, stamp),
        width=230,
    )


def show_found(view: LiveView, picture: Picture, stamp: str) -> None:
    """Offer the other points that were found; say so where there are none."""
    wanted = (state.picked(_FIND) or "").strip()
    if not wanted:
        return
    found = find(view, picture, wanted)
    if not found:
        st.caption(f"Nothing on this map is called {plain(shorten(wanted, _NAME))}.")
    elif len(found) > 1:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption("Found:", width="content")
            for row, label in found[:4]:
                st.button(
                    plain(shorten(label, _NAME)),
                    key=f"map-found-{row}",
                    type="tertiary",
                    on_click=state_map.fly,
                    args=(stamp, row),
                )


def _look_for(view: LiveView, picture: Picture, stamp: str) -> None:
    wanted = (state.picked(_FIND) or "").strip()
    found = find(view, picture, wanted, limit=1) if wanted else []
    if found:
        state_map.fly(stamp, found[0][0])
