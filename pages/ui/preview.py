"""The controls of the Shelves page, and the heading of its list."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.evidence import PLACEMENT_HELP, PLACEMENT_WORDS
from pages.ui.who import choose_who
from pages.ui.words import ago, count, moment, money, plain, shorten
from recsys.releases.live import LiveView
from recsys.types import LIMITS, SHELVES, Filters, Shelf, ShelfName
from recsys.workflows.shelves import product_names, shelf_csv

CARDS, COMPARED = "Cards", "Rules on and off"
_USUAL = {"by the model", "pinned", "by own purchases"}
_WAYS = {CARDS: ":material/grid_view:", COMPARED: ":material/compare_arrows:"}


def choose_who_and_where(view: LiveView) -> tuple[str, ShelfName, Filters, int]:
    """Show shopper, placement and filters; return what was chosen."""
    state.take_from_address()
    user_id = choose_who(view)
    placement = _choose_placement(view)
    filters, n = _choose_filters(view, placement)
    state.put_into_address()
    return user_id, placement, filters, n


def show_forgotten(view: LiveView) -> None:
    """Take chosen products that the release does not have out, and say so."""
    gone = state.forget_unknown(lambda item_id: item_id in view.release.item_ids)
    if gone:
        st.caption(
            f"Left out: {count(gone, 'product')} that you chose or the link names, not in this"
            " release."
        )


def _choose_placement(view: LiveView) -> ShelfName:
    """Show the placements that the live release serves; Buy again needs no model."""
    has = {*view.release.manifest["strategies"], "buy_again"}
    served: list[ShelfName] = [one for one in SHELVES if one in has]
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


def _choose_filters(view: LiveView, placement: ShelfName) -> tuple[Filters, int]:
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


def release_line(view: LiveView) -> None:
    """Say what is live, in one quiet line."""
    models = sorted({m["label"] for m in view.release.manifest["models"].values()})
    rules = {0: "no rules", -1: "draft rules"}.get(
        view.book.rule_set_id, f"rule set {view.book.rule_set_id}"
    )
    st.caption(
        plain(f"{' + '.join(models)}, published {ago(view.publication.at)} · {rules}"),
        help=f"Release {view.release.id}, {moment(view.publication.at)}",
    )


def show_heading(view: LiveView, shelf: Shelf, user_id: str, filters: Filters) -> str:
    """Show the title of the list, its filters and its trace; return how it is to be shown."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_heading(view, shelf)}**", width="content")
        shown, *others = shelf.trace().split(" · ")
        plainly = shelf.made_of.keys() <= _USUAL
        if len(shelf.made_of) > 1 and plainly:  # the cards say it
            others = others[1:]
        st.badge(shown, color="green" if len(shelf.items) == shelf.asked else "gray")
        for words in others:
            st.badge(
                plain(words),
                color="gray",
                help="Products that scored high enough to stand here and were taken out.",
            )
        for words in _filter_words(filters, view.release.currency):
            st.badge(plain(words), color="primary", icon=":material/tune:")
        st.space("stretch")
        _show_trace(shelf)
        way = st.segmented_control(
            "Shown as",
            (CARDS, COMPARED),
            default=CARDS,
            required=True,
            key="shown-as",
            format_func=lambda one: _WAYS[one],
            label_visibility="collapsed",
            help="As cards, or beside the same list without rules",
        )
        st.download_button(
            "CSV",
            data=lambda: shelf_csv(shelf),
            file_name=f"{shelf.placement}-{_file_part(user_id)}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    for note in shelf.notes:
        st.caption(f":material/info: {plain(note)}")
    return str(way)


def _show_trace(shelf: Shelf) -> None:
    """Offer the steps by which the list came about, with their counts."""
    if not shelf.steps:
        return
    with st.popover("Trace", icon=":material/conversion_path:", type="tertiary"):
        lines = ["| Step | Before | After | What happened |", "|---|---:|---:|---|"]
        for step in shelf.steps:
            removed = [f"{number:,} {reason}" for reason, number in step.removed.items()]
            words = "; ".join([*removed, *([step.words] if step.words else [])])
            cells = (plain(step.name), f"{step.before:,}", f"{step.after:,}", plain(words))
            lines.append(f"| {' | '.join(cells)} |")
        st.markdown("\n".join(lines))
        rules = {0: "none", -1: "the draft"}.get(shelf.rule_set_id, str(shelf.rule_set_id))
        st.caption(f"Release {shelf.release_id} · rule set {rules}")


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
