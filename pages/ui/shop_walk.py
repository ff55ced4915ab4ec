"""The way through the shop page: who walks, where they are, and what was really done."""

from __future__ import annotations

import time

import streamlit as st

from pages.ui import state, state_walk
from pages.ui.cached import real_steps
from pages.ui.words import count, day, plain, shorten
from recsys.releases.live import LiveView
from recsys.sessions.events import Kind
from recsys.workflows.sessions import Place, Walk
from recsys.workflows.shelves import find_products

FIND = "shop-find"
_CATEGORY = "shop-category"
_FOUND = 6


def enter(view: LiveView, user_id: str) -> Walk:
    """Return where the shopper stands; at first what the address names."""
    found = state_walk.walk(user_id)
    if found is None:
        item, category, page = state_walk.entrance()
        found = Walk()
        if item:
            found = found.to("product", item)
            if item in view.release.item_ids:
                found = found.did("viewed", item, at=time.time())
        elif category:
            found = found.to("category", category)
            if category in view.release.categories:
                found = found.did("browsed", category, at=time.time())
        elif page == "cart":
            found = found.to("cart")
        state_walk.set_walk(user_id, found)
    state_walk.put_walk_into_address(found)
    return found


def do(kind: Kind, *what: str) -> None:
    """Do something in the shop (a button callback)."""
    user_id = state.shopper()
    walk = state_walk.walk(user_id) or Walk()
    state_walk.set_walk(user_id, walk.did(kind, *what, at=time.time()))


def go(place: Place, what: str = "") -> None:
    """Open a page of the shop; opening a product or a category is an event (a callback)."""
    if place == "product":
        do("viewed", what)
        state.put(FIND, "")
    elif place == "category":
        do("browsed", what)
    user_id = state.shopper()
    walk = state_walk.walk(user_id) or Walk()
    state_walk.set_walk(user_id, walk.to(place, what))


def show_ways(view: LiveView, walk: Walk) -> None:
    """Show what leads through the shop: Home, the categories, a search, the cart."""
    st.button(
        "Shop home", icon=":material/storefront:", on_click=go, args=("home",), key="shop-home"
    )
    if view.release.categories:
        state.put(_CATEGORY, walk.what if walk.place == "category" else None)
        st.selectbox(
            "Category",
            view.release.categories,
            key=_CATEGORY,
            index=None,
            placeholder="Go to a category",
            on_change=_to_category,
            width=210,
        )
    st.text_input("Product", key=FIND, placeholder="Find by name or id", width=190)
    st.button(
        f"Cart ({len(walk.cart)})",
        icon=":material/shopping_cart:",
        key="shop-cart",
        on_click=go,
        args=("cart",),
    )


def _to_category() -> None:
    name = state.picked(_CATEGORY)
    go("category", name) if name else go("home")


def show_found_products(view: LiveView) -> None:
    """Show the products that were searched for; a click opens one."""
    text = (state.picked(FIND) or "").strip()
    if not text:
        return
    found = find_products(view, text, limit=_FOUND)
    if not found:
        st.caption(f"No product has {plain(shorten(text, 30))} in its name or id.")
    with st.container(horizontal=True, gap="xsmall"):
        for line in found:
            st.button(
                plain(shorten(line.name, 34)),
                key=f"shop-found-{line.item_id}",
                help=plain(line.name),
                on_click=go,
                args=("product", line.item_id),
            )


def show_beginnings(view: LiveView, walk: Walk) -> None:
    """Offer to begin anew, and to replay what the shopper really did."""
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Start anew",
            icon=":material/restart_alt:",
            help="Forget this visit",
            disabled=not walk.clicks and walk.steps is None,
            on_click=lambda: state_walk.set_walk(state.shopper(), Walk()),
        )
        with st.popover("Replay", icon=":material/history:"):
            _offer_replay(view)


def _offer_replay(view: LiveView) -> None:
    st.markdown("**Replay what this shopper really did**")
    st.caption(
        "Order by order, as a stranger: the live model has learned from these very orders, and a"
        " shelf that knows them would prove nothing."
    )
    st.button(
        "Begin the replay",
        icon=":material/play_arrow:",
        disabled=view.release.user_ids.row(state.shopper()) is None,
        on_click=_replay,
        args=(view, 1),
    )


def _replay(view: LiveView, steps: int) -> None:
    user_id = state.shopper()
    history = real_steps(view.release.id, user_id)
    state_walk.set_walk(user_id, Walk().replayed(history, steps))


def show_replay(view: LiveView, walk: Walk) -> None:
    """Show where a replay stands, and lead it on or back."""
    history = real_steps(view.release.id, state.shopper())
    steps = min(walk.steps or 0, len(history))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, icon, to, usable in (
            ("Back", ":material/arrow_back:", steps - 1, steps > 0),
            ("Next", ":material/arrow_forward:", steps + 1, steps < len(history)),
        ):
            st.button(label, icon=icon, disabled=not usable, on_click=_replay, args=(view, to))
        st.markdown(f"**Step {steps:,} of {len(history):,}**", width="content")
        if steps:
            done = history[steps - 1]
            when = f" · {day(done[0].at)}" if done[0].at else ""
            st.caption(f"{count(len(done), 'event')}{when} · walked as a stranger", width="content")
