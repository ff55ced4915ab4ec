"""The only module that touches ``st.session_state``: ids and choices, one accessor a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

SHOPPER = "shopper"
PLACEMENT = "placement"
ANCHOR = "product"
_CART = "cart"
_UPLOADS = "uploads"
_TICKET = "upload_ticket"


def choose_shopper(user_id: str) -> None:
    """Make a shopper the one to preview as (in a callback: before the widget is drawn)."""
    st.session_state[SHOPPER] = user_id


def has_shopper() -> bool:
    """Tell whether a shopper has been chosen, by a click or by the address of the page."""
    return bool(st.session_state.get(SHOPPER))


def shopper() -> str:
    """Return the shopper to preview as; empty before one is chosen."""
    return st.session_state.get(SHOPPER) or ""


def take_placement_from_address(served: Sequence[str]) -> None:
    """Begin with the placement that the address names, or the first one (before the widget).

    Bound to the address by Streamlit it would stand there as its label; a link that the shop's
    people write by hand should say ``placement=for_you``.
    """
    if st.session_state.get(PLACEMENT) not in served:
        asked = st.query_params.get(PLACEMENT)
        st.session_state[PLACEMENT] = asked if asked in served else served[0]


def put_placement_into_address(placement: str) -> None:
    """Write the placement into the address, so that the page can be linked."""
    if st.query_params.get(PLACEMENT) != placement:
        st.query_params[PLACEMENT] = placement


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
