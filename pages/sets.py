import streamlit as st

from pages.ui.resources import shop, workspace
from pages.ui.sets import (
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

st.title("Which products belong together?")

try:
    view = shop().current()
except NotReady:
    view = None  # they may be made before anything is live; names and prices come later

heading = st.container(horizontal=True, vertical_alignment="center")
lines, used = named_sets(workspace(), "collection"), uses(workspace(), "collection")

if not lines:
    make_set(workspace(), view, first=True)
    st.stop()

with heading:
    st.space("stretch")
    make_set(workspace(), view, first=False)
list_sets(lines, used)
line = choose_set(lines)
chosen = named_set(workspace(), "collection", line.id)

manage_set(workspace(), line, used.get(line.id, []))
members, change = st.columns([5, 3], gap="medium")
with members:
    show_members(view, chosen)
with change:
    ask_members(workspace(), view, line, chosen)
    show_versions(workspace(), line)
