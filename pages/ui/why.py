"""Why a product stands on a shelf, and why another one does not."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.cached import pairs_with
from pages.ui.cards import name_of
from pages.ui.words import plain, shorten
from recsys.errors import NotFound
from recsys.releases.live import LiveView
from recsys.types import Shelf, ShelfItem
from recsys.workflows.shelves import product_names

_MOST_PAIRS = 3
# Shelves whose reason is another product.
_PAIRED = {"similar", "also_bought"}


@st.dialog("Why is it here?")
def explain(view: LiveView, shelf: Shelf, item: ShelfItem) -> None:
    """Say all that is known about why a product stands where it does."""
    st.markdown(f"**{plain(name_of(item))}**")
    st.markdown(f"{plain(item.reason)}.")
    for mark in item.marks:
        st.markdown(f"- {plain(mark.words)}.")
    if shelf.fallback:
        st.markdown(f"{plain(shelf.fallback)}.")
    st.caption(
        f"Place {item.rank} of {len(shelf.items)} · product id {plain(item.item_id)} · score"
        f" {item.score:.4g}, of which only the order means something."
    )
    if shelf.placement in _PAIRED:
        _show_pairs(view, shelf, item)


def _show_pairs(view: LiveView, shelf: Shelf, item: ShelfItem) -> None:
    """Show how often the product is bought together with what the list was asked for."""
    anchor = state.anchor()
    sources = state.cart() if shelf.placement == "also_bought" else (anchor,) if anchor else ()
    try:
        found = pairs_with(view.release.manifest["dataset_id"], sources[:_MOST_PAIRS], item.item_id)
    except NotFound:
        st.caption(
            "The dataset that this release was made from is gone; its baskets are not known."
        )
        return
    for line in product_names(view, list(found)):
        facts = found[line.item_id]
        st.markdown(
            f"With **{plain(shorten(line.name, 40))}**: {facts.words()}",
            help=f"Support {facts.support:.4%}: share of all {facts.baskets:,} baskets with both."
            f"  \nConfidence {facts.confidence:.1%}: share of its {facts.source:,} baskets that"
            f" hold this one.  \nLift {facts.lift:.2f}: confidence over the share of all baskets"
            " with this one; 1 is chance.",
        )
