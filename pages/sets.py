import streamlit as st

from pages.ui.resources import shop, workspace
from pages.ui.sets import (
    KINDS,
    ask_members,
    choose_set,
    list_sets,
    make_set,
    manage_set,
    show_members,
    show_versions,
)
from recsys.errors import NotReady
from recsys.workflows.named_sets import named_set, named_sets, uses

st.title("Which products and shoppers belong together?")

try:
    view = shop().current()
except NotReady:
    view = None  # sets may be made before anything is live; names and prices come later

heading = st.container(horizontal=True, vertical_alignment="center")
with heading:
    kind = KINDS[
        st.segmented_control(
            "Show",
            list(KINDS),
            default=next(iter(KINDS)),
            required=True,
            label_visibility="collapsed",
            key="kind",
            bind="query-params",
        )
    ]
    st.space("stretch")
lines, used = named_sets(workspace(), kind), uses(workspace(), kind)

if not lines:
    make_set(workspace(), view, kind, first=True)
    st.stop()

with heading:
    make_set(workspace(), view, kind, first=False)
list_sets(lines, used)
line = choose_set(lines, kind)
chosen = named_set(workspace(), kind, line.id)

manage_set(workspace(), line, used.get(line.id, []))
members, change = st.columns([3, 2], gap="large")
with members:
    show_members(view, chosen)
with change:
    ask_members(workspace(), view, line, chosen)
    show_versions(workspace(), line)
