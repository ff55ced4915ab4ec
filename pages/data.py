import streamlit as st

from pages.ui import state
from pages.ui.datasets import show_dataset
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.live import change_one_product, show_live_changes
from pages.ui.mapping import map_files
from pages.ui.resources import shop, workspace
from pages.ui.upload import upload_zone
from pages.ui.words import ago, plain
from recsys.errors import NotReady
from recsys.workflows.data_jobs import submit_demo, submit_ingest
from recsys.workflows.live import load_stock
from recsys.workflows.shop import shop_state
from recsys.workflows.uploads import issue_ticket, safe_name

datasets = shop_state(workspace()).datasets

st.title("What do we know about the shop?")

st.subheader("Load data")
if not datasets and not state.uploads():
    st.markdown(
        "One file of **purchases** is enough: who bought what, and when if you know. A"
        " **catalogue** and a list of **shoppers** make the shelves and filters better."
    )
files, demo = st.columns([2, 1], gap="medium")
with files:
    arrived = upload_zone(
        state.ticket(lambda: issue_ticket(workspace(), actor=ACTOR)), key="upload"
    )
    if arrived:
        state.add_upload(arrived)
        st.rerun()
with demo, st.container(border=True):
    st.markdown("**No files at hand?**")
    st.caption("A year of a supermarket, 1.47 million purchases. Stock is simulated.")
    if st.button("Load the demo shop", icon=":material/storefront:"):
        submit_demo(workspace(), actor=ACTOR)
        st.rerun()

if state.uploads():
    chosen = map_files(workspace(), state.uploads())
    if chosen:
        job = submit_ingest(workspace(), **chosen, actor=ACTOR)
        state.clear_uploads()
        st.toast(f"Loading as job {job.id}", icon=":material/database:")
        st.rerun()

if not datasets:
    st.stop()

st.subheader("Datasets")
names = {d["id"]: f"{d['name']} · {ago(d['created_at'])}" for d in datasets}
picked = st.selectbox(
    "Dataset",
    list(names),
    format_func=lambda one: str(names.get(one, one)),
    label_visibility="collapsed",
    key=f"dataset-{datasets[0]['id']}",  # a new dataset is chosen when it arrives
)
show_dataset(next(d for d in datasets if d["id"] == picked))

st.subheader("Live stock and prices")
try:
    shop().current()
except NotReady:
    st.info("Once a release is live, a stock file changes every list within a second.")
    st.stop()
summary = st.container()  # filled after the forms, which may change what it says
by_file, by_hand = st.columns(2, gap="large")
with by_file, st.form("stock", border=False):
    stock_file = st.file_uploader(
        "Stock file: a product id and a stock or price column",
        type=["csv", "tsv", "gz", "parquet"],
        max_upload_size=50,
    )
    if st.form_submit_button("Take over this file now") and stock_file is not None:
        with workspace().scratch() as folder:
            path = folder / safe_name(stock_file.name)
            path.write_bytes(stock_file.getvalue())
            with in_place():
                st.toast(plain(load_stock(shop(), path, actor=ACTOR).words()), duration="long")
with by_hand:
    change_one_product(shop(), actor=ACTOR)
with summary:
    show_live_changes(shop().current())
