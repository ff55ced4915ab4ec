import streamlit as st

from pages.ui import state
from pages.ui.resources import shop
from pages.ui.shop_pages import show_page
from pages.ui.shop_visit import show_visit
from pages.ui.shop_walk import (
    enter,
    show_beginnings,
    show_found_products,
    show_replay,
    show_ways,
)
from pages.ui.who import choose_who, show_found
from recsys.errors import NotReady
from recsys.workflows.sessions import session_of

st.title("How does the shop follow a visitor?")

try:
    view = shop().current()
except NotReady:
    st.info("The shop has no shelves yet: nothing is live. Publish a release first.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

state.take_from_address()
with st.container(horizontal=True, vertical_alignment="bottom"):
    user_id = choose_who(view)
    walk = enter(view, user_id)
    show_ways(view, walk)
show_found(view)
show_found_products(view)

session, gone = session_of(view, walk.clicks)
beside, page = st.columns([1, 3], gap="medium")
with beside:
    show_visit(view, session, gone)
    show_beginnings(view, walk)
with page:
    if walk.steps is not None:
        show_replay(view, walk)
    # The live model knows a replayed history: who walks it is a stranger to it.
    show_page(view, walk, session, user_id if walk.steps is None else "")
