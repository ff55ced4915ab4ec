"""What stands beside a shelf: who the shopper is, what was bought, the cart, or what is liked."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.words import count, day, money, plain, shorten
from recsys.releases.live import LiveView
from recsys.workflows.shelves import find_products, product_names
from recsys.workflows.shoppers import shopper_facts, shopper_history, taste, taste_of_items

_HISTORY = 14
_OFFERED = 10


def show_shopper(view: LiveView, user_id: str) -> None:
    """Show taste, facts and history; a click on a product turns to products like it."""
    words = taste(view, user_id)
    if words:
        st.markdown(
            plain(words),
            help="Categories with at least 1.2 times their usual share; the price range holds the"
            " middle 80 % of the products bought; a brand only where chance would hardly give it.",
        )
    facts = shopper_facts(view, user_id)
    if facts:
        lines = [f"{name.replace('_', ' ')} {value}" for name, value in facts.items()]
        st.caption(plain(" · ".join(lines[:4])), help=plain(" · ".join(lines)))
    st.markdown("**Bought lately**")
    bought = shopper_history(view, user_id, limit=_HISTORY)
    if not bought:
        st.caption("Nothing.")
    with st.container(gap=None):
        for line in bought:
            when = f"{day(line.last)[:-5]} · " if line.last is not None else ""
            last = f", last on {day(line.last)}" if line.last is not None else ""
            st.button(
                f":gray[{when}{line.times}×] {plain(shorten(line.name, 24))}",  # noqa: RUF001
                key=f"history-{line.item_id}",
                type="tertiary",
                wrap=False,
                help=f"{plain(line.name)}: bought {count(line.times, 'time')}{last}."
                " Click to see products like it.",
                on_click=state.show_similar_to,
                args=(line.item_id,),
            )


def ask_likes(view: LiveView) -> tuple[list[str], list[str]]:
    """Let a shopper nobody knows say what they like; return products and categories."""
    chosen = product_names(view, state.ticked())
    words = taste_of_items(view, [line.item_id for line in chosen])
    st.markdown("**Likes**", help="Folded into the live model as it is; nothing is trained.")
    st.caption(plain(words) if words else "Nobody knows this shopper. Tick what they like.")
    categories: list[str] = []
    if view.release.categories:
        categories = st.multiselect(
            "Categories", view.release.categories, key="like-categories", placeholder="None"
        )
    text = st.text_input(
        "Products", key="like-search", placeholder="Find by name or id", persist_state="session"
    )
    offered = {line.item_id: line for line in (*chosen, *find_products(view, text, limit=_OFFERED))}
    if not offered or (text.strip() and len(offered) == len(chosen)):
        st.caption("No other product has this in its name or id.")
    with st.container(gap=None):
        for line in offered.values():
            st.checkbox(
                plain(shorten(line.name, 30)),
                value=line.item_id in state.ticked(),
                key=f"tick-{line.item_id}",
                help=plain(line.name),
                on_change=state.tick,
                args=(line.item_id,),
            )
    return list(state.ticked()), categories


def show_cart(view: LiveView) -> None:
    """Show the imagined cart with its total, and let products in."""
    lines = product_names(view, state.cart())
    st.markdown(f"**Cart** :gray[{count(len(lines), 'product')}]")
    for line in lines:
        name, drop = st.columns([5, 1], vertical_alignment="center")
        name.markdown(plain(shorten(line.name, 40)))
        name.caption(plain(money(line.price, view.release.currency)))
        drop.button(
            "",
            icon=":material/close:",
            key=f"uncart-{line.item_id}",
            type="tertiary",
            help=f"Take {plain(line.name)} out",
            on_click=state.remove_from_cart,
            args=(line.item_id,),
        )
    prices = [line.price for line in lines if line.price is not None]
    if prices:
        without = len(lines) - len(prices)
        more = f" and {without} without a price" if without else ""
        st.markdown(f"Total **{plain(money(sum(prices), view.release.currency))}**{more}")
    text = st.text_input("Put in", key="cart-search", placeholder="Find by name or id")
    found = find_products(view, text, limit=6) if text.strip() else []
    if text.strip() and not found:
        st.caption("No product has this in its name or id.")
    with st.container(gap=None):
        for line in found:
            st.button(
                plain(shorten(line.name, 34)),
                key=f"put-{line.item_id}",
                type="tertiary",
                icon=":material/add:",
                disabled=line.item_id in state.cart(),
                on_click=state.add_to_cart,
                args=(line.item_id,),
            )
