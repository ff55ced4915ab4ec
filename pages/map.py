from functools import partial

import streamlit as st

from pages.ui import state_map
from pages.ui.map_ask import ask_for_map, tell_how
from pages.ui.map_controls import (
    choose_colouring,
    choose_of,
    choose_placement,
    choose_sizes,
    search,
    show_found,
)
from pages.ui.map_drawing import drawing_of, picture_of, rows_of, selection_of
from pages.ui.map_groups import show_groups
from pages.ui.map_legend import paint, pointed
from pages.ui.map_panel import near_of, show_near, show_panel
from pages.ui.resources import shop, workspace
from pages.ui.scatter import legend, scatter
from pages.ui.words import plain
from recsys.errors import AisleError, NotReady
from recsys.workflows.maps import colourings, colours

st.title("What lies close to what?")

try:
    view = shop().current()
except NotReady:
    st.info("There is nothing to draw yet: nothing is live. Publish a release first.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

controls = st.container(horizontal=True, vertical_alignment="bottom")
with controls:
    of, placement = choose_of(), choose_placement(view)
asked, picture = picture_of(view, of, placement)
if isinstance(picture, AisleError):
    st.info(f"{plain(picture.message)} {plain(picture.hint)}")
    if isinstance(picture, NotReady):
        ask_for_map(asked, full=False)
    st.stop()

with controls:
    colouring = choose_colouring(colourings(view, picture, workspace=workspace()))
    by_sales = choose_sizes()
    drawing = drawing_of(asked, picture, by_sales=by_sales)
    search(view, picture, drawing.stamp)

chosen = state_map.chosen(drawing.stamp)
rows = None if chosen is None else rows_of(asked, picture, chosen)
near = [] if chosen is None else near_of(asked, picture, chosen)
told = colours(view, picture, colouring.name, workspace=workspace())

# Three fifths for the map; below each other where five columns have no room.
parts = st.grid(5, min_column_width=140, gap="medium")
with parts.cell(column_span=3):
    scatter(
        drawing.data,
        key=state_map.KEY,
        on_picked=partial(state_map.take, drawing.stamp, colouring.name, drawing.rows),
    )
    legend(
        pointed(
            paint(drawing, told, title=colouring.label, currency=view.release.currency),
            drawing,
            rows,
            near=[row for row, _ in near],
            flight=state_map.flights(),
        ),
        key="map-legend",
    )
    tell_how(asked, picture, len(drawing.rows))
with parts.cell(column_span=2):
    show_found(view, picture, drawing.stamp)
    ask_for_map(asked, full=picture.method == "umap")
    if chosen is None or rows is None:
        show_groups(view, picture, drawing.stamp)
    else:
        found = selection_of(asked, picture, chosen, rows)
        show_panel(asked, picture, chosen, found)
        show_near(asked, picture, near, drawing.stamp)
