import streamlit as st

from pages.ui import state
from pages.ui.cards import show_shelf
from pages.ui.exporting import offer_export
from pages.ui.preview import (
    ask_likes,
    choose_who_and_where,
    release_line,
    show_cart,
    show_heading,
    show_history,
)
from pages.ui.resources import shop
from pages.ui.words import plain
from recsys.errors import NotReady
from recsys.types import Shelf
from recsys.workflows.shelves import (
    show_also_bought,
    show_for_you,
    show_lookalikes,
    show_similar,
)

st.title("What would this shopper see?")

try:
    view = shop().current()
except NotReady:
    st.info("No shelves yet: nothing is live. Load data, train models and publish a release.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

user_id, placement, filters, n = choose_who_and_where(view)
release_line(view, user_id)

history, list_column = st.columns([1, 3], gap="medium")
shelf: Shelf | None = None
liked_items: list[str] = []
liked_categories: list[str] = []
with history:
    if placement == "also_bought":
        show_cart(view)
    elif placement == "for_you" and view.release.user_ids.row(user_id) is None:
        liked_items, liked_categories = ask_likes(view)
    else:
        show_history(view, user_id)
with list_column:
    if placement == "for_you":
        shelf = show_for_you(
            shop(),
            user_id,
            n=n,
            filters=filters,
            prefer_items=liked_items,
            prefer_categories=liked_categories,
        )
    elif placement == "lookalikes" and view.release.user_ids.row(user_id) is None:
        st.info("Nobody is like a shopper nobody knows. Choose one who has bought something.")
    elif placement == "lookalikes":
        shelf = show_lookalikes(shop(), user_id, n=n, filters=filters)
    elif placement == "similar" and state.anchor() is None:
        st.info("Choose a product: click Similar on a card, or a product in the list at the left.")
    elif placement == "similar":
        shelf = show_similar(shop(), state.anchor() or "", n=n, filters=filters)
    elif not state.cart():
        st.info("The cart is empty. Click Add to cart on any card of For You or Similar.")
    else:
        shelf = show_also_bought(shop(), state.cart(), n=n, filters=filters)
    if shelf is not None:
        show_heading(view, shelf, user_id, filters)
        if shelf.fallback:
            st.info(plain(f"{shelf.fallback}."), icon=":material/info:")
        show_shelf(shelf, view.release.currency)
        if not shelf.items:
            st.info("No product passes these filters. Widen the price or choose all categories.")
    if placement == "for_you":
        offer_export(view)
