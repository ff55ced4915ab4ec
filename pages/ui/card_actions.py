"""What can be done with a card: rules of the draft, and ways to other shelves."""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.drafts import show_draft
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.why import explain
from pages.ui.words import plain, shorten
from recsys.releases.live import LiveView
from recsys.types import Shelf, ShelfItem, ShelfName
from recsys.workflows.curating import Action, curate
from recsys.workflows.rules import names_of

_PIN, _BOOST, _BURY, _HIDE = "Pin here", "Boost", "Bury", "Hide"
_SIMILAR, _CART, _WRITE = "Similar", "Add to cart", "Write copy"
_ICONS = {
    _PIN: ":material/keep:",
    _BOOST: ":material/arrow_upward:",
    _BURY: ":material/arrow_downward:",
    _HIDE: ":material/visibility_off:",
    _SIMILAR: ":material/join_inner:",
    _CART: ":material/add_shopping_cart:",
    _WRITE: ":material/edit_note:",
}
_RULES: dict[str, Action] = {_PIN: "pin", _BOOST: "boost", _BURY: "bury", _HIDE: "hide"}


class CardActions:
    """The actions of the Shelves page.

    Parameters
    ----------
    view
        What the shelf was made from.
    """

    def __init__(self, view: LiveView) -> None:
        self._view = view

    def __call__(self, shelf: Shelf, item: ShelfItem) -> None:
        """Draw the menu and the button that explains."""
        key = f"{shelf.placement}-{item.item_id}"
        picked = st.menu_button(
            "Act",
            list(_ICONS),
            key=f"act-{key}",
            type="tertiary",
            format_func=lambda one: f"{_ICONS[one]} {one}",
            on_click=self._act,
            args=(f"act-{key}", shelf, item),
        )
        if picked == _WRITE:
            st.switch_page("copywriting.py", query_params={"item": item.item_id})
        if st.button("Why?", key=f"why-{key}", type="tertiary"):
            explain(self._view, shelf, item)

    def _act(self, key: str, shelf: Shelf, item: ShelfItem) -> None:
        chosen = state.picked(key)
        if chosen == _SIMILAR:
            state.show_similar_to(item.item_id)
        elif chosen == _CART:
            state.add_to_cart(item.item_id)
            name = plain(shorten(str(item.fields.get("name") or item.item_id), 40))
            st.toast(f"{name} is in the cart. Also bought shows what goes with it.")
        elif chosen in _RULES:
            action = _RULES[chosen]
            put_into_draft(self._view, shelf.placement, item.item_id, action, slot=item.rank)


def put_into_draft(
    view: LiveView, placement: ShelfName, item_id: str, action: Action, *, slot: int = 1
) -> None:
    """Make a rule of the draft about one product of a shelf (in a callback)."""
    anchor = (state.anchor() or "") if placement == "similar" else ""
    with in_place():
        made = curate(
            workspace(),
            action,
            item_id,
            placement,
            actor=ACTOR,
            slot=slot,
            anchor=anchor,
            names=names_of(workspace(), view),
        )
        show_draft(made)
