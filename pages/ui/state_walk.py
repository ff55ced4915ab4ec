"""Where the session stands on the Shop page; see :mod:`pages.ui.state`."""

from __future__ import annotations

import streamlit as st

from pages.ui.state import SHOPPER, shopper
from recsys.workflows.sessions import Walk

_WALK = "walk"
_ENTRANCES = ("item", "category", "view")


def walk(user_id: str) -> Walk | None:
    """Return where somebody stands in the shop; None before they entered it."""
    walker, found = st.session_state.get(_WALK, ("", None))
    return found if walker == user_id else None


def set_walk(user_id: str, walk: Walk) -> None:
    """Remember where somebody stands in the shop; others' walks are forgotten."""
    st.session_state[_WALK] = (user_id, walk)


def entrance() -> tuple[str, str, str]:
    """Return the product, the category and the page that the address of the shop names."""
    return tuple(st.query_params.get(key, "") for key in _ENTRANCES)  # pyright: ignore


def put_walk_into_address(walk: Walk) -> None:
    """Write the open page of the shop into the address, so that it can be linked and reloaded."""
    item, category, page = _ENTRANCES
    now = {SHOPPER: shopper()}
    now |= {item: walk.what} if walk.place == "product" else {}
    now |= {category: walk.what} if walk.place == "category" else {}
    now |= {page: "cart"} if walk.place == "cart" else {}
    for key in (SHOPPER, *_ENTRANCES):
        if st.query_params.get(key, "") != now.get(key, ""):
            if key in now:
                st.query_params[key] = now[key]
            else:
                del st.query_params[key]
