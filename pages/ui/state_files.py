"""What the session remembers of files on their way in; see :mod:`pages.ui.state`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from recsys.workflows.mapping_choices import Choices

Issue = Callable[[], str]
_UPLOADS = "uploads"
_TICKETS = "upload_tickets"
_COMING = "uploads_coming"
_MOST_TICKETS = 10
ZONE = "upload"
_SERVER_FILES = "server_files"
_CHOICES = "mapping_choices"
_APART = "mapped_apart"


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


def tickets(issue: Issue) -> tuple[str, ...]:
    """Return this session's upload tickets: some for files on their way, else one."""
    if _TICKETS not in st.session_state:
        wanted = min(max(st.session_state.get(_COMING, 0), 1), _MOST_TICKETS)
        st.session_state[_TICKETS] = tuple(issue() for _ in range(wanted))
    return st.session_state[_TICKETS]
