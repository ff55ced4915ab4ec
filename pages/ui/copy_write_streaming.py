"""Having texts written while somebody looks on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import state_copy
from pages.ui.state_copy import Chosen
from pages.ui.words import count
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.providers.opening import open_provider
from recsys.copywriting.text import Brief, Facts
from recsys.errors import InputError, ProviderError
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

    Parameters
    ----------
    first
        Called when the first piece comes.

    Attributes
    ----------
    text
        All that came by now.
    """

    def __init__(
        self,
        place: Place,
        first: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.text = ""
        self._place, self._first, self._clock = place, first, clock
        self._drawn = 0.0

    def __call__(self, text: str) -> None:
        """Take the whole text so far."""
        now, begun = self._clock(), bool(self.text)
        self.text = text
        if text and not begun:
            self._first()
        if text and (not begun or now - self._drawn >= _REDRAW):
            self._drawn = now
            self._place.text(text)


def write_variants(
    workspace: Workspace, about: Chosen, facts: Facts, brief: Brief, *, model: str, number: int
) -> None:
    """Have variants written one after the other, drawn as they grow, and remember them.

    Where the provider fails, or what was typed is not sent, what came by then is remembered with
    the words for it.
    """
    done: list[Written] = []
    failed = partial = ""
    waiting, growing = st.empty(), None
    waiting.markdown(":shimmer[Waiting for the first words]")
    try:
        with closing(open_provider(workspace.settings)) as provider:
            for place in range(number):
                if number > 1:
                    st.caption(f"Variant {place + 1}")
                told = st.empty()
                growing = Growing(st.empty(), first=waiting.empty)
                written = write(
                    workspace,
                    facts,
                    brief,
                    provider=provider,
                    model=model,
                    on_text=growing,
                    on_again=_teller(told),
                )
                done.append(written)
    except (ProviderError, InputError) as error:
        failed, partial = str(error), growing.text if growing else ""
    state_copy.set_draft(about, tuple(done), failed=failed, partial=partial)


def _teller(place: DeltaGenerator) -> Callable[[Checked], None]:
    """Return what says why a text goes back to the model."""

    def tell(checked: Checked) -> None:
        blocking = sum(one.blocks for one in checked.findings)
        place.caption(
            f"The checks found {count(blocking, 'thing')} to mend, so it is written once more."
        )

    return tell
