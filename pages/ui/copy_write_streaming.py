"""Having texts written while somebody looks on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import Protocol

import streamlit as st

from pages.ui import state_copy
from pages.ui.state_copy import Chosen
from pages.ui.words import count
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.providers.opening import open_provider
from recsys.copywriting.text import Brief, Facts
from recsys.errors import ProviderError
from recsys.workflows.copywriting import Written, write
from recsys.workspace import Workspace

_REDRAW = 0.05  # seconds: more often is seen by nobody, and each costs the browser a message


class Place(Protocol):
    """Where text can be drawn as it is, in place of what was there."""

    def text(self, body: str) -> object:
        """Draw text."""
        ...


class Growing:
    """Draws a text as it grows: the first piece at once, then at most twenty times a second.

    Attributes
    ----------
    text
        All that came by now.
    """

    def __init__(self, place: Place, clock: Callable[[], float] = time.monotonic) -> None:
        self.text = ""
        self._place, self._clock, self._drawn = place, clock, 0.0

    def __call__(self, text: str) -> None:
        """Take the whole text so far."""
        first, self.text = not self.text, text
        now = self._clock()
        if text and (first or now - self._drawn >= _REDRAW):
            self._drawn = now
            self._place.text(text)


def write_variants(
    workspace: Workspace, about: Chosen, facts: Facts, brief: Brief, *, model: str, number: int
) -> None:
    """Have variants written one after the other, drawn as they grow, and remember them.

    Where the provider fails, what came by then is remembered with its words.
    """
    done: list[Written] = []
    failed = partial = ""
    shown: Growing | None = None
    waiting = st.empty()
    waiting.markdown(":shimmer[Waiting for the first words]")
    try:
        with closing(open_provider(workspace.settings)) as provider:
            for place in range(number):
                if number > 1:
                    st.caption(f"Variant {place + 1}")
                told = st.empty()
                shown = Growing(st.empty())
                grow = _first_then(shown, waiting.empty)
                done.append(
                    write(
                        workspace,
                        facts,
                        brief,
                        provider=provider,
                        model=model,
                        on_text=grow,
                        on_again=lambda checked, told=told: told.caption(_again_words(checked)),
                    )
                )
                shown = None
    except ProviderError as error:
        failed, partial = str(error), shown.text if shown else ""
    state_copy.set_draft(about, tuple(done), failed=failed, partial=partial)


def _first_then(shown: Growing, once: Callable[[], object]) -> Callable[[str], None]:
    """Draw with ``shown``, and do something when the first words came."""

    def grow(text: str) -> None:
        if text and not shown.text:
            once()
        shown(text)

    return grow


def _again_words(checked: Checked) -> str:
    blocking = sum(one.blocks for one in checked.findings)
    return f"The checks found {count(blocking, 'thing')} to mend, so it is written once more."
