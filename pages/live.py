import streamlit as st

from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.live import change_one_product, show_live_changes
from pages.ui.resources import shop, workspace
from pages.ui.words import plain
from recsys.errors import NotReady
from recsys.workflows.live import load_stock
from recsys.workflows.uploads import safe_name

st.title("What is different today?")

try:
    shop().current()
except NotReady:
    st.info("Once a release is live, a stock file changes every list within a second.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

st.markdown(
    "Stock, prices and hidden products change at once on every shelf, without a new release."
)
summary = st.container()  # filled after the forms, which may change what it says
by_file, by_hand = st.columns(2, gap="large")
with by_file, st.form("stock", border=False):
    stock_file = st.file_uploader(
        "Stock file: a product id and a stock or price column",
        type=["csv", "tsv", "txt", "gz", "zip", "parquet", "jsonl", "xlsx", "ods"],
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
