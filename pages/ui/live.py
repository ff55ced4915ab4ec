from __future__ import annotations

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.words import ago, count, moment, plain
from recsys.releases.live import LiveChange, LiveShop, LiveView
from recsys.workflows.live import change_item

_SHOWN = {"As it is": None, "Hide now": True, "Show again": False}


def show_live_changes(view: LiveView) -> None:
    """Say how many products differ from the release, and since when."""
    changed = len(view.changed | frozenset(view.hidden.nonzero()[0].tolist()))
    if not changed:
        st.caption("No product differs from the release.")
        return
    name = plain(view.release.manifest["name"])
    st.caption(
        f"{count(changed, 'product')} of {name} differ from the release; the newest change came"
        f" {ago(view.changed_at)}.",
        help=moment(view.changed_at),
    )


def change_one_product(shop: LiveShop, *, actor: str) -> None:
    """Show a form that changes stock, price or visibility of one product at once."""
    with st.form("one-product", border=False):
        item_id = st.text_input("One product, by its id")
        with st.grid(3, min_column_width=110):
            stock = st.number_input("Stock", value=None, min_value=0, step=1)
            price = st.number_input("Price", value=None, min_value=0.0)
            shown = st.selectbox("On the shelves", list(_SHOWN))
        if st.form_submit_button("Change this product now"):
            change = LiveChange(
                item_id.strip(),
                stock=None if stock is None else int(stock),
                price=price,
                hidden=_SHOWN[shown],
            )
            with in_place():
                change_item(shop, change, actor=actor)
                st.toast(f"{plain(change.item_id)} changed; every list obeys within a second.")
