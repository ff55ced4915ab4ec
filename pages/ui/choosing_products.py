"""Picking several products out of a large catalogue: a search, and what is picked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from pages.ui import state
from pages.ui.words import plain, shorten
from recsys.releases.live import LiveView
from recsys.workflows.shelves import find_products

_NAME = 44
_FOUND = 30


def choose_products(view: LiveView, label: str, chosen: Iterable[str], key: str) -> tuple[str, ...]:
    """Show a search for products and those that are picked; return their ids.

    A product that is picked stays so when the catalogue no longer has it.
    """
    wanted = st.text_input(
        f"Find {label.lower()}",
        key=f"{key}-find",
        placeholder="Name or product id",
        icon=":material/search:",
    )
    picked: Sequence[str] = state.picks(key, tuple(chosen))
    lines = find_products(view, wanted, limit=_FOUND) if wanted.strip() else []
    found = [line.item_id for line in lines]
    if wanted.strip() and not found:
        st.caption(f"No product is called {plain(shorten(wanted, 40))}.")
    options = list(dict.fromkeys((*picked, *found)))
    names = names_of(view, options)
    return tuple(
        st.multiselect(
            label,
            options,
            default=list(picked),
            format_func=lambda one: names[one],
            key=key,
            placeholder="Find some above" if not options else "Choose",
        )
    )


def names_of(view: LiveView, item_ids: Iterable[str]) -> dict[str, str]:
    """Return what products are called, cut to one line; those that are gone say so."""
    rows = {one: view.release.item_ids.row(one) for one in item_ids}
    return {
        one: f"{one} (not in the catalogue)"
        if row is None
        else shorten(view.release.names[row], _NAME)
        for one, row in rows.items()
    }
