"""The one place where errors become words on a page."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Generator
from contextlib import contextmanager

import streamlit as st

from pages.ui.words import plain
from recsys.errors import AisleError

_log = logging.getLogger("aisle.pages")


@contextmanager
def in_place() -> Generator[None]:
    """Show what a person can mend beside the form they filled, and go on with the page."""
    try:
        yield
    except AisleError as error:
        show_script_error(error)


def show_script_error(error: Exception) -> bool:
    """Show what went wrong, for errors in pages, callbacks and fragments alike.

    Returns
    -------
    bool
        True: Streamlit shows nothing of its own.
    """
    if isinstance(error, AisleError):
        st.error(f"**{plain(error.message)}**  \n{plain(error.hint)}", icon=":material/error:")
        return True
    error_id = secrets.token_hex(4)
    _log.error("Page error %s", error_id, exc_info=error)
    st.error(
        f"**Something in Aisle broke (error {error_id}).**  \nNothing of yours is lost. Reload the"
        " page; if it comes again, give this number to whoever runs the server: its log has the"
        " details.",
        icon=":material/error:",
    )
    return True
