"""The controls and side lists of the Shelves page."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.evidence import PLACEMENT_HELP, PLACEMENT_WORDS
from pages.ui.words import ago, count, day, moment, money, plain, shorten
from recsys.releases.live import LiveView
from recsys.types import LIMITS, PLACEMENTS, Filters, Placement, Shelf
from recsys.workflows.shelves import popular_products, product_names, shelf_csv
from recsys.workflows.shoppers import (
    find_shoppers,
    random_shopper,
    shopper_facts,
    shopper_history,
)

_MOST_OPTIONS = 500
_HISTORY = 12


def choose_who_and_where(view: LiveView) -> tuple[str, Placement, Filters, int]:
    """Show the first row: shopper, placement, filters; return what was chosen."""
    state.take_from_address()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        user_id = _choose_shopper(view)
        st.button(
            "Random",
            icon=":material/shuffle:",
            help="Preview as a shopper drawn at random",
            on_click=lambda: state.choose_shopper(random_shopper(view)),
        )
        placement = _choose_placement(view)
        filters, n = _choose_filters(view, placement)
    state.put_into_address()
    gone = state.forget_unknown(lambda item_id: item_id in view.release.item_ids)
    if gone:
        st.caption(f"{count(gone, 'product')} of before is not in this release and was taken out.")
    return user_id, placement, filters, n


def _choose_shopper(view: LiveView) -> str:
    """Show the shopper picker; return an id, which may be a stranger's."""
    if not state.shopper():
        state.choose_shopper(random_shopper(view))
    options = [one.user_id for one in find_shoppers(view, "", limit=_MOST_OPTIONS)]
    current = state.shopper()
    if current not in options:
        options = [current, *options]
    chosen = st.selectbox(
        "Preview as shopper",
        options,
        key=state.SHOPPER,
        accept_new_options=True,
        help=f"Type any shopper id; the list shows the first {_MOST_OPTIONS:,}."
        " A stranger's id shows what a stranger sees.",
        width=250,
    )
    return chosen or current


def _choose_placement(view: LiveView) -> Placement:
    """Show the placements that the live release serves."""
    served: list[Placement] = [p for p in PLACEMENTS if p in view.release.manifest["strategies"]]
    if state.placement() not in served:
        state.choose_placement(served[0])
    chosen = st.segmented_control(
        "Placement",
        served,
        format_func=lambda one: PLACEMENT_WORDS[one],
        key=state.PLACEMENT,
        required=True,
        help="  \n".join(f"**{PLACEMENT_WORDS[p]}**: {PLACEMENT_HELP[p]}" for p in served),
    )
    return served[served.index(chosen) if chosen in served else 0]


def _choose_filters(view: LiveView, placement: Placement) -> tuple[Filters, int]:
    """Show the filters this shop can have, and how many products to show."""
    has = view.release.manifest["has"]
    default, most = LIMITS[placement]
    with st.popover("Filters", icon=":material/tune:"):
        category = None
        if view.release.categories:
            category = st.selectbox(
                "Category",
                view.release.categories,
                index=None,
                placeholder="All categories",
                key="filter-category",
            )
        low = high = None
        if has["price"]:
            low = st.number_input("Price from", value=None, min_value=0.0, key="filter-low")
            high = st.number_input("Price up to", value=None, min_value=0.0, key="filter-high")
        stock = 1
        if has["stock"]:
            stock = st.number_input(
                "At least in stock",
                value=1,
                min_value=1,
                key="filter-stock",
                help="Sold-out products are never shown.",
            )
        n = st.slider("How many products", 1, most, default, key=f"n-{placement}")
    return Filters(category=category, price_min=low, price_max=high, min_stock=int(stock)), n


def release_line(view: LiveView, user_id: str) -> None:
    """Show who the shopper is and what is live, in one quiet line."""
    facts = shopper_facts(view, user_id)
    words = [f"{name.replace('_', ' ')} {value}" for name, value in list(facts.items())[:4]]
    models = sorted({m["label"] for m in view.release.manifest["models"].values()})
    st.caption(
        plain(" · ".join([*words, " + ".join(models), f"published {ago(view.publication.at)}"])),
        help=f"Release {view.release.id}, {moment(view.publication.at)}",
    )


def show_heading(view: LiveView, shelf: Shelf, user_id: str, filters: Filters) -> None:
    """Show the title of the list, its filters and its trace, and offer it as CSV."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_heading(view, shelf)}**", width="content")
        shown, *removed = shelf.trace().split(" · ")
        st.badge(shown, color="green" if len(shelf.items) == shelf.asked else "gray")
        for words in removed:
            st.badge(
                words,
                color="gray",
                help="Products that scored high enough to stand here and were taken out.",
            )
        for words in _filter_words(filters, view.release.currency):
            st.badge(plain(words), color="primary", icon=":material/tune:")
        st.space("stretch")
        st.download_button(
            "CSV",
            data=lambda: shelf_csv(shelf),
            file_name=f"{shelf.placement}-{_file_part(user_id)}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _filter_words(filters: Filters, currency: str) -> list[str]:
    """Say which filters narrow the list: they stay when shopper or placement change."""
    words = [filters.category] if filters.category else []
    if filters.price_min is not None:
        words.append(f"from {money(filters.price_min, currency)}")
    if filters.price_max is not None:
        words.append(f"up to {money(filters.price_max, currency)}")
    if filters.min_stock > 1:
        words.append(f"at least {filters.min_stock} in stock")
    return words


def show_history(view: LiveView, user_id: str) -> None:
    """Show what the shopper bought lately; a click turns to products like it."""
    st.markdown("**Bought lately**")
    bought = shopper_history(view, user_id, limit=_HISTORY)
    if not bought:
        st.caption("Nothing: this shopper is a stranger.")
    with st.container(gap=None):
        for line in bought:
            when = f", last on {day(line.last)}" if line.last is not None else ""
            st.button(
                f"{plain(shorten(line.name, 30))} :gray[{line.times}×]",  # noqa: RUF001
                key=f"history-{line.item_id}",
                type="tertiary",
                wrap=False,
                help=f"{plain(line.name)}: bought {count(line.times, 'time')}{when}."
                " Click to see products like it.",
                on_click=state.show_similar_to,
                args=(line.item_id,),
            )


def ask_likes(view: LiveView) -> tuple[list[str], list[str]]:
    """Let a shopper nobody knows say what they like; return products and categories."""
    st.markdown("**Says they like**")
    st.caption("Nobody knows this shopper yet. Tick what a welcome page would ask for.")
    categories: list[str] = []
    if view.release.categories:
        categories = st.multiselect(
            "Categories", view.release.categories, key="like-categories", placeholder="None"
        )
    often = popular_products(view, limit=_MOST_OPTIONS)
    names = {line.item_id: line.name for line in often}
    items = st.multiselect(
        "Products",
        list(names),
        format_func=lambda one: shorten(names[one], 40),
        key="like-items",
        placeholder="None",
        help=f"The {len(names):,} products that most shoppers bought.",
    )
    return items, categories


def show_cart(view: LiveView) -> None:
    """Show the imagined cart with its total."""
    st.markdown("**Cart**")
    lines = product_names(view, state.cart())
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
    st.caption("Products go in by Add to cart on any card.")


def _heading(view: LiveView, shelf: Shelf) -> str:
    anchor = state.anchor()
    if shelf.placement == "similar" and anchor is not None:
        (line,) = product_names(view, [anchor])
        return f"Similar to {plain(shorten(line.name, 48))}"
    if shelf.placement == "lookalikes":
        return "What shoppers like this one bought"
    return PLACEMENT_WORDS[shelf.placement]


def _file_part(text: str) -> str:
    """Keep of an id what is safe in a file name."""
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in text)[:40] or "shopper"
