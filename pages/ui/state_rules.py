"""What the session remembers of rules and settings being edited; see :mod:`pages.ui.state`."""

from __future__ import annotations

import streamlit as st

_RULE = "rule"
_FORM = "rule_form"
_DELETED = "deleted_rule"
_SETTINGS = "settings_forms"
_SURE = "publish_unseen"
_PUBLISH = "publish_draft"
_DISCARD = "discard_draft"


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
