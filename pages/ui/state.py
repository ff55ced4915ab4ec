"""The only module that touches ``st.session_state``: ids and choices, one accessor a key."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

SHOPPER = "shopper"
PLACEMENT = "placement"
ANCHOR = "product"
_CART = "cart"
_UPLOADS = "uploads"
_TICKET = "upload_ticket"


def take_from_address() -> None:
    """Begin with the shopper, placement and product that the address names (before the widgets).

    Streamlit's own binding leaves a widget's first option out of the address and writes labels
    ("For You") into it; links should say ``shopper=900&placement=for_you``.
    """
    for key in (SHOPPER, PLACEMENT, ANCHOR):
        if not st.session_state.get(key) and st.query_params.get(key):
            st.session_state[key] = st.query_params[key]


def put_into_address() -> None:
    """Write what is chosen into the address, so that the page can be linked and reloaded."""
    for key in (SHOPPER, PLACEMENT, ANCHOR):
        chosen = st.session_state.get(key)
        if chosen and st.query_params.get(key) != chosen:
            st.query_params[key] = chosen


def choose_shopper(user_id: str) -> None:
    """Make a shopper the one to preview as (in a callback: before the widget is drawn)."""
    st.session_state[SHOPPER] = user_id


def shopper() -> str:
    """Return the shopper to preview as; empty before one is chosen."""
    return st.session_state.get(SHOPPER) or ""


def choose_placement(placement: str) -> None:
    """Turn to a placement (before its widget is drawn)."""
    st.session_state[PLACEMENT] = placement


def placement() -> str:
    """Return the chosen placement; empty before one is chosen."""
    return st.session_state.get(PLACEMENT) or ""


def forget_unknown(is_known: Callable[[str], bool]) -> int:
    """Take products that the live release does not have out of cart and anchor; count them."""
    kept = tuple(item_id for item_id in cart() if is_known(item_id))
    gone = len(cart()) - len(kept)
    st.session_state[_CART] = kept
    if (chosen := anchor()) is not None and not is_known(chosen):
        del st.session_state[ANCHOR]
        st.query_params.pop(ANCHOR, None)
        gone += 1
    return gone


def show_similar_to(item_id: str) -> None:
    """Turn to Similar, with this product as the anchor (a button callback)."""
    st.session_state[ANCHOR] = item_id
    st.session_state[PLACEMENT] = "similar"


def anchor() -> str | None:
    """Return the product whose page is imagined for Similar."""
    return st.session_state.get(ANCHOR)


def cart() -> tuple[str, ...]:
    """Return the ids in the imagined cart."""
    return tuple(st.session_state.get(_CART, ()))


def add_to_cart(item_id: str) -> None:
    """Put a product into the imagined cart (a button callback)."""
    if item_id not in cart():
        st.session_state[_CART] = (*cart(), item_id)


def remove_from_cart(item_id: str) -> None:
    """Take a product out of the imagined cart (a button callback)."""
    st.session_state[_CART] = tuple(one for one in cart() if one != item_id)


def uploads() -> tuple[str, ...]:
    """Return the ids of the files uploaded and not yet loaded."""
    return tuple(st.session_state.get(_UPLOADS, ()))


def add_upload(upload_id: str) -> None:
    """Remember an uploaded file, and that its ticket is used."""
    st.session_state[_UPLOADS] = (*uploads(), upload_id)
    st.session_state.pop(_TICKET, None)


def remove_upload(upload_id: str) -> None:
    """Forget an uploaded file (a button callback)."""
    st.session_state[_UPLOADS] = tuple(one for one in uploads() if one != upload_id)


def clear_uploads() -> None:
    """Forget all uploaded files: they are being loaded."""
    st.session_state[_UPLOADS] = ()


def ticket(issue: Callable[[], str]) -> str:
    """Return this session's upload ticket; a new one after each use."""
    if _TICKET not in st.session_state:
        st.session_state[_TICKET] = issue()
    return st.session_state[_TICKET]


def drop_ticket() -> None:
    """Forget the ticket: the upload that used it failed (a component callback)."""
    st.session_state.pop(_TICKET, None)


def last_seen_job() -> int:
    """Return the number of the newest job whose end this session was told."""
    return int(st.session_state.get("last_seen_job", -1))


def set_last_seen_job(job_id: int) -> None:
    """Remember that this session was told of jobs up to this one."""
    st.session_state["last_seen_job"] = job_id
