"""With which revision the forms of copy's settings began; see :mod:`pages.ui.state`."""

from __future__ import annotations

import streamlit as st

_FORMS = "copy_setting_forms"


def form(name: str, revision: int) -> tuple[str, int]:
    """Return what the widgets of a form are called, and the revision that it began with.

    A form that is opened anew, or comes back from another view, begins with ``revision``; one that
    is being filled keeps the one it began with, so that a change by somebody else is noticed. Its
    first widget has the key that is returned.
    """
    began, number = _forms().get(name, (revision, 0))
    if _key(name, number) not in st.session_state:
        began = revision
    _keep(name, began, number)
    return _key(name, number), began


def go_on_from(name: str, revision: int) -> None:
    """Let a form as it is filled count as of a revision (a button callback)."""
    _keep(name, revision, _forms()[name][1])


def anew(name: str, revision: int) -> None:
    """Have a form begin with what is kept now (a button callback, or before a rerun)."""
    _keep(name, revision, _forms()[name][1] + 1)


def _key(name: str, number: int) -> str:
    return f"copy-form-{name}-{number}"


def _forms() -> dict[str, tuple[int, int]]:
    return st.session_state.get(_FORMS, {})


def _keep(name: str, revision: int, number: int) -> None:
    st.session_state[_FORMS] = {**_forms(), name: (revision, number)}
