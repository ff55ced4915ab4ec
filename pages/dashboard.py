"""The shell: navigation, sidebar, and the one error boundary around every page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui import state
from pages.ui.errors import show_script_error
from pages.ui.sidebar import draw_sidebar

HERE = Path(__file__).resolve().parent

st.set_page_config(page_title="Aisle", page_icon=":material/shelves:", layout="wide")
st.logo(HERE / "ui" / "logo.svg", size="large")
page = st.navigation(
    {
        "Shop": [
            st.Page(HERE / "home.py", title="Home", icon=":material/home:", default=True),
            st.Page(HERE / "shelves.py", title="Shelves", icon=":material/shelves:"),
            st.Page(HERE / "shop.py", title="Shop page", icon=":material/storefront:"),
            st.Page(HERE / "map.py", title="Map", icon=":material/scatter_plot:"),
        ],
        "Curate": [
            st.Page(HERE / "rules.py", title="Rules", icon=":material/rule:"),
            st.Page(HERE / "sets.py", title="Collections", icon=":material/collections_bookmark:"),
            st.Page(HERE / "segments.py", title="Segments", icon=":material/groups:"),
            st.Page(
                HERE / "copywriting.py",
                title="Copy",
                icon=":material/edit_note:",
                url_path="copy",
            ),
            st.Page(HERE / "review.py", title="Review", icon=":material/rate_review:"),
        ],
        "Prepare": [
            st.Page(HERE / "files.py", title="Files", icon=":material/upload_file:"),
            st.Page(HERE / "data.py", title="Data", icon=":material/database:"),
            st.Page(HERE / "models.py", title="Models", icon=":material/model_training:"),
            st.Page(HERE / "compare.py", title="Compare", icon=":material/compare:"),
            st.Page(HERE / "publish.py", title="Publish", icon=":material/publish:"),
        ],
        "Run": [
            st.Page(HERE / "live.py", title="Stock", icon=":material/inventory_2:"),
            st.Page(HERE / "jobs.py", title="Jobs", icon=":material/task:"),
        ],
    },
    expanded=True,
)
try:
    draw_sidebar()
    for words, icon in state.told():
        st.toast(words, icon=icon, duration="long")
    page.run()
except Exception as error:  # the top of a page: what is no AisleError is a bug, logged with an id
    show_script_error(error)
