"""What the Segments page remembers of a session: which segment is open, and the one being made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from recsys.segments.definition import Definition, SegmentKind
from recsys.segments.picking import draws, with_seed

_OPENED = "segment"
_DRAFT = "segment_draft"
_BEGUN = "segment_begun"
_READ = "segment_list_read"
NEW = "new"


@dataclass(frozen=True)
class Draft:
    """A segment that is being made or edited.

    Attributes
    ----------
    which
        What the address calls it: "new", or "edit-" and its number.
    initial, now
        What its widgets were filled with when they were first drawn, and what stands in them. Of
        the kinds that are not chosen it keeps what was filled in, so that a look at another kind
        loses nothing.
    revision
        The version of the segment that it began with; 0 for a new one.
    form, drawn
        Number of the form, and how often its widgets were made anew: what they are called by.
    """

    which: str
    initial: Definition
    now: Definition
    revision: int
    form: int
    drawn: int = 0

    @property
    def form_key(self) -> str:
        """What the widgets are called that stay when others are made anew."""
        return f"segment-{self.form}"

    @property
    def key(self) -> str:
        """What the other widgets are called."""
        return f"segment-{self.form}-{self.drawn}"


def begin(definition: Definition) -> None:
    """Start a new segment; ``st.switch_page("segments.py")`` then shows it to be finished."""
    st.session_state[_BEGUN] = definition


def begun() -> Definition | None:
    """Return what another page started and this one has not opened yet, and open it; else None."""
    started: Definition | None = st.session_state.pop(_BEGUN, None)
    if started is not None:
        _open_form(NEW, started, 0)
        open_segment(NEW)
    return started


def opened() -> str:
    """Return what the address opens: a segment's number, "new", "edit-" and one, or nothing."""
    return st.query_params.get(_OPENED) or ""


def open_segment(which: str) -> None:
    """Open a segment or a form; empty text goes back to the list (a button callback)."""
    st.query_params.pop(_OPENED, None)
    if which:
        st.query_params[_OPENED] = which


def draft(which: str, definition: Definition, revision: int) -> Draft:
    """Return the form that is being filled, or begin one.

    One that comes back from another page is drawn anew with what stood in it.

    Parameters
    ----------
    definition, revision
        What a new form begins with.
    """
    kept: Draft | None = st.session_state.get(_DRAFT)
    if kept is None or kept.which != which:
        return _open_form(which, definition, revision)
    if f"{kept.form_key}-kind" not in st.session_state and kept.initial != kept.now:
        kept = replace(kept, initial=kept.now, drawn=kept.drawn + 1)
        st.session_state[_DRAFT] = kept
    return kept


def keep(definition: Definition) -> None:
    """Remember what stands in the form."""
    st.session_state[_DRAFT] = replace(_draft(), now=definition)


def change(definition: Definition) -> None:
    """Fill the form anew (a callback, or before a rerun)."""
    kept = _draft()
    st.session_state[_DRAFT] = replace(
        kept, initial=definition, now=definition, drawn=kept.drawn + 1
    )


def choose_kind(kind: SegmentKind) -> None:
    """Turn the form to another kind of segment (a button callback)."""
    change(_draft().now.model_copy(update={"kind": kind}))


def start(definition: Definition) -> None:
    """Open a new form that begins with something (a button callback)."""
    _open_form(NEW, definition, 0)
    open_segment(NEW)


def go_on_from(revision: int) -> None:
    """Let the form as it is filled count as of a revision (a callback)."""
    st.session_state[_DRAFT] = replace(_draft(), revision=revision)


def take_theirs(definition: Definition, revision: int) -> None:
    """Fill the form with what somebody else saved meanwhile (a callback)."""
    change(definition)
    go_on_from(revision)


def filled(which: str) -> Definition | None:
    """Return what stands in the form of a segment; None where it is not the one being filled."""
    kept: Draft | None = st.session_state.get(_DRAFT)
    return kept.now if kept is not None and kept.which == which else None


def remember_list(ids: tuple[str, ...], words: str) -> None:
    """Remember what was said when a list was read."""
    st.session_state[_READ] = (ids, words)


def list_words(ids: tuple[str, ...]) -> str:
    """Return what was said when a list was read in this session; empty for one that was not."""
    kept, words = st.session_state.get(_READ, ((), ""))
    return words if kept == ids else ""


def widget(key: str) -> Any:
    """Return what stands in a widget (in a callback)."""
    return st.session_state.get(key)


def put(key: str, value: object) -> None:
    """Have a widget show something (in a callback: before it is drawn)."""
    st.session_state[key] = value


def forget() -> None:
    """Have the next form begin anew."""
    kept: Draft | None = st.session_state.get(_DRAFT)
    if kept is not None:
        st.session_state[_DRAFT] = replace(kept, which="")


def _draft() -> Draft:
    return st.session_state[_DRAFT]


def _open_form(which: str, definition: Definition, revision: int) -> Draft:
    kept: Draft | None = st.session_state.get(_DRAFT)
    form = 0 if kept is None else kept.form + 1
    if which == NEW or not draws(definition):
        definition = with_seed(definition)
    opened_now = Draft(which, definition, definition, revision, form)
    st.session_state[_DRAFT] = opened_now
    return opened_now
