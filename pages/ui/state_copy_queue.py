"""What the queue, the bulk runs and the settings of copy remember; see :mod:`pages.ui.state`."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import streamlit as st

from recsys.copywriting.text import KINDS, STATES, Brief, Kind, State
from recsys.workflows.copy_bulk import Selection, Way

WAITING: tuple[State, ...] = ("draft", "checked")
_TEXT, _STATE, _RUN = "text", "state", "run"
_KIND, _SEARCH = "copy_queue_narrow_kind", "copy_queue_narrow_words"
_OFFSET = "copy_queue_offset"
_SKIPPED = "copy_queue_skipped"
_DOING = "copy_queue_doing"
_ASKED = "copy_bulk_asked"


@dataclass(frozen=True)
class Asked:
    """A bulk run that is to be estimated, and may then be started."""

    selection: Selection
    brief: Brief
    way: Way
    model: str


def opened_text() -> int | None:
    """Return the text that the address opens; None for the list."""
    given = st.query_params.get(_TEXT) or ""
    return int(given) if given.isdecimal() else None


def open_text(copy_id: int | None) -> None:
    """Open a text, or go back to the list (a button callback, or before a rerun)."""
    st.session_state.pop(_DOING, None)
    st.query_params.pop(_TEXT, None)
    if copy_id is not None:
        st.query_params[_TEXT] = str(copy_id)


def states() -> tuple[State, ...]:
    """Return which states the address asks for; those that wait for somebody if it says nothing."""
    given = st.query_params.get(_STATE) or ""
    return tuple(one for one in STATES if one == given) or WAITING


def choose_state(state: State | None) -> None:
    """Show the texts in a state, or those that wait (a button callback)."""
    st.query_params.pop(_STATE, None)
    if state is not None:
        st.query_params[_STATE] = state
    turn_to(0)


def run() -> int | None:
    """Return the bulk run whose texts are shown; None for all."""
    given = st.query_params.get(_RUN) or ""
    return int(given) if given.isdecimal() else None


def choose_run(run_id: int | None) -> None:
    """Show the texts of a bulk run, or of all (a button callback, or before a rerun)."""
    st.query_params.pop(_RUN, None)
    if run_id is not None:
        st.query_params[_RUN] = str(run_id)
    turn_to(0)


def narrowed() -> tuple[Kind | None, str]:
    """Return the kind and the words that the list is narrowed to."""
    kind: Kind | None = st.session_state.get(_KIND)
    return (kind if kind in KINDS else None), (st.session_state.get(_SEARCH) or "").strip()


def narrow(kind: Kind | None, search: str) -> None:
    """Remember what the list is narrowed to: its widgets are gone while a text is open."""
    if (kind, search) != narrowed():
        turn_to(0)
    st.session_state[_KIND], st.session_state[_SEARCH] = kind, search


def offset() -> int:
    """Return how many texts of the list lie before the page that is shown."""
    return int(st.session_state.get(_OFFSET, 0))


def turn_to(offset: int) -> None:
    """Turn the list to a page (a button callback)."""
    st.session_state[_OFFSET] = max(offset, 0)


def skipped() -> tuple[int, ...]:
    """Return the texts that this session has looked at and left for later."""
    return tuple(st.session_state.get(_SKIPPED, ()))


def skip(copy_id: int) -> None:
    """Leave a text for later."""
    st.session_state[_SKIPPED] = (*(one for one in skipped() if one != copy_id), copy_id)


def begin_review() -> None:
    """Have all that wait come up again."""
    st.session_state.pop(_SKIPPED, None)


def doing(copy_id: int) -> tuple[str, int]:
    """Return what is being done with the open text and the revision it began with, or nothing.

    Returns
    -------
    tuple of str and int
        "edit" or "override", and the revision; empty and 0 for neither.
    """
    kept = st.session_state.get(_DOING)
    return (kept[1], kept[2]) if kept is not None and kept[0] == copy_id else ("", 0)


def do(copy_id: int, what: str, revision: int) -> None:
    """Begin to edit a text, or to approve it against the checks; empty ends (a callback)."""
    st.session_state[_DOING] = (copy_id, what, revision)


def linked_set(kind: str) -> int:
    """Return the collection or segment that the address names; 0 for none."""
    given = st.query_params.get(kind) or ""
    return int(given) if given.isdecimal() else 0


def take_set(kind: str, key: str, known: Container[int]) -> None:
    """Have a widget show, once, the collection or segment that the address names."""
    given = linked_set(kind)
    st.query_params.pop(kind, None)
    if given in known:
        st.session_state[key] = given


def asked() -> Asked | None:
    """Return the bulk run that is to be estimated, as it was asked for; None for none."""
    return st.session_state.get(_ASKED)


def ask(wanted: Asked | None) -> None:
    """Remember the bulk run that is to be estimated; None forgets it."""
    st.session_state[_ASKED] = wanted
