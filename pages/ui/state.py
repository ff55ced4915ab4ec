"""What the session remembers: ids and choices, one accessor a key.

Only this module and its neighbours ``state_*.py`` touch ``st.session_state``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

SHOPPER = "shopper"
PLACEMENT = "placement"
ANCHOR = "product"
FIND = "find-shopper"
# The shopper who is built by ticking products: a stranger of this id.
BUILT = "(built)"
_SEARCHED = "searched-shopper"
_TICKED = "ticked"
_LAST_CHANGE = "last-change"
_CART = "cart"
_STOPPED = "stopped_votes"
_TELL = "tell-next-run"


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
    st.session_state[SHOPPER] = st.session_state[FIND] = user_id
    st.session_state.pop(_SEARCHED, None)


def searched() -> str:
    """Return what shoppers were searched for while several are found; else empty."""
    return st.session_state.get(_SEARCHED) or ""


def search(text: str) -> None:
    """Remember that several shoppers were found for some text."""
    st.session_state[_SEARCHED] = text


def ticked() -> tuple[str, ...]:
    """Return the products that were ticked as what a stranger likes."""
    return tuple(st.session_state.get(_TICKED, ()))


def tick(item_id: str) -> None:
    """Tick a product, or untick it (a widget callback)."""
    others = tuple(one for one in ticked() if one != item_id)
    st.session_state[_TICKED] = others if item_id in ticked() else (*others, item_id)


def last_change() -> Any:
    """Return what this session changed last in the draft and may undo."""
    return st.session_state.get(_LAST_CHANGE)


def set_last_change(change: Any) -> None:
    """Remember a change of the draft; None when it was undone."""
    st.session_state[_LAST_CHANGE] = change


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
    """Forget chosen products that the live release does not have; count them."""
    gone = 0
    for key, held in ((_CART, cart()), (_TICKED, ticked())):
        st.session_state[key] = tuple(item_id for item_id in held if is_known(item_id))
        gone += len(held) - len(st.session_state[key])
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


def tell(words: str, *, icon: str | None = None) -> None:
    """Have the next run of the page say something, as a toast (before ``st.rerun()``).

    What a run itself says just before it is run anew never gets to the browser.
    """
    st.session_state[_TELL] = (*st.session_state.get(_TELL, ()), (words, icon))


def told() -> tuple[tuple[str, str | None], ...]:
    """Return, once, the words and icons that :func:`tell` was given."""
    return st.session_state.pop(_TELL, ())


def put(key: str, value: object) -> None:
    """Make a widget show a value (before it is drawn)."""
    st.session_state[key] = value


def seen(what: str, now: int) -> int:
    """Return the version that the page showed before this run, and remember that it shows ``now``.

    A form that was sent was filled while that older one was on the screen.
    """
    key = f"seen-{what}"
    before = int(st.session_state.get(key, now))
    st.session_state[key] = now
    return before


def sent(what: str, *, more: int = 0) -> int:
    """Return how often a form was sent, to call its widgets by: after that it is an empty one.

    Parameters
    ----------
    more
        Count so many more.
    """
    key = f"sent-{what}"
    st.session_state[key] = int(st.session_state.get(key, 0)) + more
    return st.session_state[key]


def picked(key: str) -> str | None:
    """Return what was picked in a widget (in its callback)."""
    return st.session_state.get(key)


def picks(key: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """Return what stands in a widget for several choices; before it was ever drawn, ``otherwise``.

    For widgets whose options have to hold what is picked in them.
    """
    return tuple(st.session_state.get(key, otherwise))


def last_seen_job() -> int:
    """Return the number of the newest job whose end this session was told."""
    return int(st.session_state.get("last_seen_job", -1))


def set_last_seen_job(job_id: int) -> None:
    """Remember that this session was told of jobs up to this one."""
    st.session_state["last_seen_job"] = job_id


def stop_voting(first_id: str, second_id: str, *, stop: bool = True) -> None:
    """Remember that this session wants to see the count of a blind vote (a button callback)."""
    pair = frozenset((first_id, second_id))
    stopped: frozenset[frozenset[str]] = st.session_state.get(_STOPPED, frozenset())
    st.session_state[_STOPPED] = stopped | {pair} if stop else stopped - {pair}


def stopped_voting(first_id: str, second_id: str) -> bool:
    """Tell whether this session wants to see the count of a blind vote."""
    return frozenset((first_id, second_id)) in st.session_state.get(_STOPPED, frozenset())
