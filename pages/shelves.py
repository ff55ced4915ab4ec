from dataclasses import replace

import streamlit as st

from pages.ui import state
from pages.ui.before_after import show_before_and_after
from pages.ui.beside import ask_likes, show_cart, show_shopper
from pages.ui.card_actions import CardActions
from pages.ui.cards import show_shelf
from pages.ui.drafts import choose_rules, show_unpublished
from pages.ui.exporting import offer_export
from pages.ui.preview import (
    COMPARED,
    choose_who_and_where,
    release_line,
    show_forgotten,
    show_heading,
)
from pages.ui.resources import shop
from pages.ui.who import show_found
from pages.ui.why_not import answer_why_not, ask_why_not
from pages.ui.words import plain
from recsys.errors import NotReady
from recsys.shelves.request import ShelfRequest
from recsys.workflows.shelves import preview_shelf

NEEDS_SOMEBODY = {
    "lookalikes": "Nobody is like a shopper nobody knows. Choose one who has bought something.",
    "buy_again": "A shopper nobody knows has nothing to buy again. Choose one who has bought.",
}

st.title("What would this shopper see?")

try:
    live = shop().current()
except NotReady:
    st.info("No shelves yet: nothing is live. Load data, train models and publish a release.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    user_id, placement, filters, n = choose_who_and_where(live)
    view, unpublished = choose_rules(live)
show_found(live)
show_forgotten(live)
show_unpublished(unpublished)

stranger = live.release.user_ids.row(user_id) is None
request = ShelfRequest(placement, user_id=user_id, n=n, filters=filters, cart=state.cart())
beside, list_column = st.columns([1.1, 3], gap="medium")
with beside:
    asked = ask_why_not()
    if placement == "also_bought":
        show_cart(live)
    elif stranger and placement == "for_you":
        items, categories = ask_likes(live)
        request = replace(request, prefer_items=tuple(items), prefer_categories=tuple(categories))
    else:
        show_shopper(live, user_id)
with list_column:
    if stranger and placement in NEEDS_SOMEBODY:
        st.info(NEEDS_SOMEBODY[placement])
    elif placement == "similar" and state.anchor() is None:
        st.info("Choose a product: Act, Similar on a card, or a product in the list at the left.")
    elif placement == "also_bought" and not state.cart():
        st.info("The cart is empty. Find a product at the left, or Act, Add to cart on any card.")
    else:
        request = replace(request, item_id=state.anchor() or "")
        shelf = preview_shelf(view, request)
        shown_as = show_heading(view, shelf, user_id, filters)
        if shelf.fallback:
            st.info(plain(f"{shelf.fallback}."), icon=":material/info:")
        answer_why_not(view, request, asked)
        if shown_as == COMPARED:
            show_before_and_after(view, live.book, request, shelf)
        else:
            show_shelf(shelf, view.release.currency, actions=CardActions(view))
        if not shelf.items and not shelf.fallback:
            st.info("No product passes these filters. Widen the price or choose all categories.")
    if placement == "for_you":
        offer_export(live)
    release_line(view)
