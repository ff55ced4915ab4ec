import streamlit as st

from pages.ui import state_copy
from pages.ui.copy_bulk import show_bulk
from pages.ui.copy_queue import show_queue
from pages.ui.copy_settings import show_settings
from pages.ui.copy_write import show_write
from pages.ui.resources import workspace

NAMES = {
    "write": "Write",
    "queue": "Queue",
    "bulk": "Bulk runs",
    "settings": "Voices and templates",
}

st.title("What do we say about it?")

view = state_copy.view()
key = state_copy.view_key(view)
st.segmented_control(
    "Show",
    state_copy.VIEWS,
    default=view,
    required=True,
    format_func=lambda one: NAMES.get(one, str(one)),
    key=key,
    label_visibility="collapsed",
    on_change=state_copy.put_view,
    args=(key,),
)
if view == "queue":
    show_queue(workspace())
elif view == "bulk":
    show_bulk(workspace())
elif view == "settings":
    show_settings(workspace())
else:
    show_write(workspace())
