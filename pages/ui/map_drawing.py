"""What the Map page draws: the picture of a model, its points as bytes, and what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.ui.map_legend import seen
from pages.ui.resources import workspace
from pages.ui.scatter.packing import Drawing, Facts, pack
from pages.ui.state_map import KEY, Chosen
from pages.ui.words import money
from recsys.errors import AisleError, NotFound
from recsys.maps.picture import Of, Picture
from recsys.releases.live import LiveView
from recsys.types import Placement
from recsys.workflows.maps import (
    Selection,
    cards,
    colours,
    inside,
    newest_map,
    quick_map,
    selection,
)


@dataclass(frozen=True)
class Asked:
    """Of what a map is asked for.

    Attributes
    ----------
    key
        Names what never changes: the release, the live changes it stands under, and the map.
    """

    view: LiveView
    of: Of
    placement: Placement
    map_id: str = ""

    @property
    def key(self) -> tuple[str, int, str, str, str]:
        """Names what the picture and its facts are, for caches."""
        return (self.view.release.id, self.view.version, self.of, self.placement, self.map_id)


def picture_of(view: LiveView, of: Of, placement: Placement) -> tuple[Asked, Picture | AisleError]:
    """Return the newest map, or the quick one; or why there is none before a job made it."""
    kept = newest_map(workspace(), view, of, placement)
    if kept is not None:
        return Asked(view, of, placement, kept.id), kept
    asked = Asked(view, of, placement)
    try:
        return asked, _quick(asked.key, asked)
    except AisleError as error:
        return asked, error


def drawing_of(asked: Asked, picture: Picture, *, by_sales: bool) -> Drawing:
    """Return the points of a picture as the browser draws them."""
    return _drawing(asked.key, by_sales, asked, picture)


def rows_of(asked: Asked, picture: Picture, chosen: Chosen) -> NDArray[np.bool_]:
    """Return by row what is chosen, of an area only what the legend's filter let be seen."""
    if chosen.kind == "area":
        rows = inside(picture.points, np.asarray(chosen.polygon, np.float64))
        if chosen.shown:
            try:
                told = colours(asked.view, picture, chosen.colouring, workspace=workspace())
            except NotFound:  # the segment that coloured it was deleted since
                return np.zeros(len(rows), np.bool_)
            rows &= seen(told, chosen.shown)
        return rows
    if chosen.kind == "group":
        return (picture.clusters == chosen.number) & picture.placed
    rows = np.zeros(len(picture.points), np.bool_)
    rows[chosen.number] = True
    return rows


def selection_of(
    asked: Asked, picture: Picture, chosen: Chosen, rows: NDArray[np.bool_]
) -> Selection:
    """Say what the chosen points are and what they share."""
    return _selection((*asked.key, repr(chosen)), asked, picture, rows)


# These share what they return: nobody changes it.
@st.cache_resource(max_entries=4, show_spinner=False)
def _quick(key: tuple[object, ...], _asked: Asked) -> Picture:
    return quick_map(_asked.view, _asked.of, _asked.placement)


@st.cache_resource(max_entries=4, show_spinner=False)
def _drawing(key: tuple[object, ...], by_sales: bool, _asked: Asked, _picture: Picture) -> Drawing:
    told = cards(_asked.view, _picture)
    facts = Facts(
        names=told.names,
        groups=told.labels,
        group=told.codes,
        price=told.price,
        sales=told.sales,
        money=money(0, told.currency).replace("0.00", "#"),
        told=f"# {told.sales_word}",
    )
    return pack(_picture.points, facts, name=KEY, by_sales=by_sales)


@st.cache_resource(max_entries=16, show_spinner=False)
def _selection(
    key: tuple[object, ...], _asked: Asked, _picture: Picture, _rows: NDArray[np.bool_]
) -> Selection:
    return selection(_asked.view, _picture, np.flatnonzero(_rows))
