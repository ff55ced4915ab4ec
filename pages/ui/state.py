"""The only module that touches ``st.session_state``: ids and choices, one accessor a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from recsys.workflows.mapping_choices import Choices
from recsys.workflows.sessions import Walk

Issue = Callable[[], str]

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
_UPLOADS = "uploads"
_TICKETS = "upload_tickets"
_COMING = "uploads_coming"
_MOST_TICKETS = 10
ZONE = "upload"
_SERVER_FILES = "server_files"
_CHOICES = "mapping_choices"
_APART = "mapped_apart"
_STOPPED = "stopped_votes"
_WALK = "walk"
_ENTRANCES = ("item", "category", "view")
_RULE = "rule"
_FORM = "rule_form"
_DELETED = "deleted_rule"
_SETTINGS = "settings_forms"
_SURE = "publish_unseen"
_PUBLISH = "publish_draft"
_DISCARD = "discard_draft"


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


def uploads() -> tuple[str, ...]:
    """Return the ids of the files uploaded and not yet loaded."""
    return tuple(st.session_state.get(_UPLOADS, ()))


def take_uploads() -> None:
    """Remember the files that have arrived, and that tickets are used (a component callback)."""
    told = st.session_state[ZONE].sent
    if told:
        add_uploads(told["ids"])
        st.session_state[_COMING] = told["left"]
    st.session_state.pop(_TICKETS, None)


def add_uploads(upload_ids: Iterable[str]) -> None:
    """Remember uploaded files (a button callback)."""
    st.session_state[_UPLOADS] = tuple(dict.fromkeys((*uploads(), *upload_ids)))


def server_files() -> tuple[str, ...]:
    """Return the paths of the files on the server that are to be loaded."""
    return tuple(st.session_state.get(_SERVER_FILES, ()))


def add_server_files(paths: Iterable[str]) -> None:
    """Remember files on the server."""
    st.session_state[_SERVER_FILES] = tuple(dict.fromkeys((*server_files(), *paths)))


def remove_files(keys: Iterable[str]) -> None:
    """Forget files by the ids of their uploads or their paths: removed, or being loaded."""
    gone = set(keys)
    st.session_state[_UPLOADS] = tuple(one for one in uploads() if one not in gone)
    st.session_state[_SERVER_FILES] = tuple(one for one in server_files() if one not in gone)


def choices(card: str) -> Choices:
    """Return what was chosen for files with the same columns."""
    return st.session_state.get(_CHOICES, {}).get(card, Choices())


def choose(card: str, chosen: Choices) -> None:
    """Remember what was chosen for files with the same columns."""
    st.session_state[_CHOICES] = {**st.session_state.get(_CHOICES, {}), card: chosen}


def forget_choices(cards: Iterable[str]) -> None:
    """Forget what was chosen: the files are being loaded, and the workspace remembers it."""
    gone = set(cards)
    kept = st.session_state.get(_CHOICES, {})
    st.session_state[_CHOICES] = {key: one for key, one in kept.items() if key not in gone}


def apart() -> frozenset[str]:
    """Return the columns whose files are mapped each on its own."""
    return st.session_state.get(_APART, frozenset())


def map_apart(columns_key: str, *, each: bool) -> None:
    """Map files with the same columns each on its own, or as one (a button callback)."""
    st.session_state[_APART] = apart() | {columns_key} if each else apart() - {columns_key}


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


def tickets(issue: Issue) -> tuple[str, ...]:
    """Return this session's upload tickets: some for files on their way, else one."""
    if _TICKETS not in st.session_state:
        wanted = min(max(st.session_state.get(_COMING, 0), 1), _MOST_TICKETS)
        st.session_state[_TICKETS] = tuple(issue() for _ in range(wanted))
    return st.session_state[_TICKETS]


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


def opened_rule() -> str:
    """Return which rule the address opens: its number, "new", "copy-" and a number, or nothing."""
    return st.query_params.get(_RULE) or ""


def open_rule(which: str) -> None:
    """Open a rule in its form; empty text goes back to the list (a button callback)."""
    st.query_params.pop(_RULE, None)
    if which:
        st.query_params[_RULE] = which


def rule_form(which: str, revision: int) -> tuple[str, int]:
    """Return what the widgets of a form are called, and the revision that it began with.

    A form that is opened anew, or comes back from another page, begins with ``revision``; one that
    is being filled keeps the one it began with, so that a change by somebody else is noticed.
    """
    kept = st.session_state.get(_FORM)
    if kept is not None and kept[0] == which and f"{_form_key(kept[2])}-kind" in st.session_state:
        return _form_key(kept[2]), kept[1]
    number = 0 if kept is None else kept[2] + 1
    st.session_state[_FORM] = (which, revision, number)
    return _form_key(number), revision


def go_on_from(revision: int, *, anew: bool) -> None:
    """Let the open form count as of a revision: as it is filled, or filled anew (a callback)."""
    which, _, number = st.session_state[_FORM]
    st.session_state[_FORM] = (which, revision, number + anew)


def forget_form() -> None:
    """Have the next form begin anew (a callback, or after it was saved)."""
    kept = st.session_state.get(_FORM)
    if kept is not None:
        st.session_state[_FORM] = ("", 0, kept[2])


def _form_key(number: int) -> str:
    return f"form-{number}"


def deleted_rule() -> tuple[int, str] | None:
    """Return number and name of the rule that this session deleted last and may bring back."""
    return st.session_state.get(_DELETED)


def remember_deleted(rule: tuple[int, str] | None) -> None:
    """Remember a rule that was deleted, or forget it."""
    st.session_state[_DELETED] = rule


def settings_form(shelf: str, revision: int) -> tuple[str, int]:
    """Return what the widgets of a placement's settings are called, and where they began.

    As :func:`rule_form`, one form for each placement.
    """
    forms = st.session_state.get(_SETTINGS, {})
    seen, number = forms.get(shelf, (revision, 0))
    key = f"settings-{shelf}-{number}"
    if f"{key}-bought" not in st.session_state:  # not drawn yet, or gone with its page
        seen = revision
    st.session_state[_SETTINGS] = {**forms, shelf: (seen, number)}
    return key, seen


def settings_go_on(shelf: str, revision: int) -> None:
    """Let the settings as they are chosen count as of a revision (a callback)."""
    forms = st.session_state[_SETTINGS]
    st.session_state[_SETTINGS] = {**forms, shelf: (revision, forms[shelf][1])}


def settings_anew(shelf: str, revision: int) -> None:
    """Have the settings of a placement shown as the draft has them (a callback)."""
    forms = st.session_state[_SETTINGS]
    st.session_state[_SETTINGS] = {**forms, shelf: (revision, forms[shelf][1] + 1)}


def forget_settings(shelf: str) -> None:
    """Have the settings of a placement begin with what was just saved."""
    settings_anew(shelf, 0)


def be_sure(stamp: str) -> None:
    """Remember that a draft is to be published although nobody looked (a button callback)."""
    st.session_state[_SURE] = stamp


def is_sure(stamp: str) -> bool:
    """Tell whether somebody wants to publish a draft, in this very state, without a look."""
    return st.session_state.get(_SURE) == stamp


def ask_to_publish(stamp: str) -> None:
    """Remember which draft was on the screen when Publish was clicked (a button callback)."""
    st.session_state[_PUBLISH] = stamp


def asked_to_publish() -> str:
    """Return the draft that is to be published now, once; empty for none."""
    return st.session_state.pop(_PUBLISH, "")


def ask_to_discard(stamp: str) -> None:
    """Remember which draft was on the screen when Discard was clicked (a button callback)."""
    st.session_state[_DISCARD] = stamp


def asked_to_discard() -> str:
    """Return the draft that is to be thrown away now, once; empty for none."""
    return st.session_state.pop(_DISCARD, "")
