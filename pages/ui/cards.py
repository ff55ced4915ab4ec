"""Product cards of one height in a grid, and the badges on them."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from pages.ui import state
from pages.ui.words import money, plain, shorten
from recsys.types import Shelf, ShelfItem

_HEIGHT = 226
# Two lines; capitals are wider.
_NAME, _NAME_IN_CAPITALS = 36, 27
_REASON = 40
_BADGES: dict[str, tuple[Literal["violet", "blue"], str]] = {
    "new": ("violet", "Nobody bought it yet; it stands here to get its chance."),
    "popular": ("blue", "Many shoppers buy it; it fills a list that would be too short."),
}


def show_shelf(shelf: Shelf, currency: str, *, actions: bool = True) -> None:
    """Draw the products of a shelf as cards, as many in a row as fit."""
    with st.grid(min_column_width=168, gap="small"):
        for item in shelf.items:
            with st.container(border=True, height=_HEIGHT, gap="xsmall"):
                show_card(shelf, item, currency, actions=actions)


def show_card(shelf: Shelf, item: ShelfItem, currency: str, *, actions: bool) -> None:
    """Draw one product: badges, name, price and stock, reason, actions."""
    fields = item.fields
    with st.container(horizontal=True, gap="xsmall", wrap=False):
        st.badge(f"{item.rank}", color="gray")
        if fields.get("category"):
            room = 9 if item.badge else 16
            st.badge(plain(shorten(str(fields["category"]), room)), color="gray")
        if item.badge:
            colour, about = _BADGES[item.badge]
            st.badge(item.badge.capitalize(), color=colour, help=plain(shelf.fallback) or about)
    name = str(fields.get("name") or item.item_id)
    length = _NAME_IN_CAPITALS if name.isupper() else _NAME
    st.markdown(f"**{plain(shorten(name, length))}**")
    facts = [plain(money(fields.get("price"), currency)), stock_words(fields)]
    st.markdown(" · ".join(fact for fact in facts if fact))
    st.caption(plain(shorten(item.reason, _REASON)), help=_about(item, name))
    if actions:
        with st.container(horizontal=True, gap="small", wrap=False):
            key = f"{shelf.placement}-{item.item_id}"
            st.button(
                "Similar",
                key=f"similar-{key}",
                type="tertiary",
                on_click=state.show_similar_to,
                args=(item.item_id,),
            )
            in_cart = item.item_id in state.cart()
            st.button(
                "In cart" if in_cart else "Add to cart",
                key=f"cart-{key}",
                type="tertiary",
                disabled=in_cart,
                on_click=state.add_to_cart,
                args=(item.item_id,),
            )


def stock_words(fields: dict[str, Any]) -> str:
    """Return a coloured dot and how many are in stock; nothing where the shop does not say."""
    stock = fields.get("stock")
    if stock is None:
        return ""
    if stock <= 0:
        return ":red[●] sold out"
    return f":green[●] {stock:,} in stock"


def _about(item: ShelfItem, name: str) -> str:
    """Return the whole name and reason, the id, and the score."""
    return (
        f"**{plain(name)}**  \n{plain(item.reason)}.  \n"
        f":gray[Place {item.rank} · product id {plain(item.item_id)} · score {item.score:.4g},"
        " of which only the order means something.]"
    )
