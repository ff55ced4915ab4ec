import streamlit as st

from pages.ui import state, state_files
from pages.ui.arriving import offer_forgotten, server_path
from pages.ui.jobs import ACTOR
from pages.ui.load_form import load_form
from pages.ui.mapping import map_card, refused_card
from pages.ui.resources import workspace
from pages.ui.upload import upload_zone
from recsys.workflows.arrivals import find_arrivals, look_at
from recsys.workflows.data_jobs import submit_demo
from recsys.workflows.shop import shop_state
from recsys.workflows.uploads import issue_ticket

st.title("Which files do you have?")
st.markdown(
    "One file of **purchases** is enough: who bought what, and when if you know. A **catalogue**"
    " and a list of **shoppers** make the shelves and filters better."
)
files, demo = st.columns([3, 2], gap="medium")
with files:
    coming = upload_zone(lambda: issue_ticket(workspace(), actor=ACTOR))
    server_path()
with demo, st.container(border=True):
    st.markdown("**No files at hand?**")
    st.caption("A year of a supermarket, 1.47 million purchases. Stock is simulated.")
    if st.button("Load the demo shop", icon=":material/storefront:"):
        submit_demo(workspace(), actor=ACTOR)
        st.switch_page("data.py")
if coming:
    st.caption("What the files hold is shown once all of them are here.")
    st.stop()

offer_forgotten()
arrivals = find_arrivals(workspace(), state_files.uploads(), state_files.server_files())
if not arrivals:
    st.stop()

found = look_at(workspace(), arrivals, apart=state_files.apart())
st.subheader("What Aisle understood")
st.caption("Nothing is loaded yet. Correct what is wrong; the rest stays as it stands here.")
for refused in found.refused:
    refused_card(refused)
for card in found.cards:
    map_card(card)
if not found.cards:
    st.stop()

job = load_form(found.cards, shop_state(workspace()).datasets)
if job:
    state.tell(f"Reading and checking as job {job.id}", icon=":material/database:")
    st.switch_page("data.py")
