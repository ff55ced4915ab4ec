"""The draft rules beside what is live: which of the two a preview obeys, and what was changed."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.ui import state
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import shop, workspace
from pages.ui.words import count, plain
from recsys.releases.live import LiveView
from recsys.rules.book import RuleBook
from recsys.workflows.curating import Curated, undo
from recsys.workflows.rules import changes, draft_book, draft_stamp, names_of

DRAFT, LIVE = "Draft", "Live"
SHOWN = "rules-shown"


@st.cache_data(max_entries=32, show_spinner=False)
def _unpublished(home: str, draft: str, live: int) -> int:
    """Count what publishing would change; all three name what never changes."""
    return len(changes(workspace()))


def unpublished(view: LiveView) -> int:
    """Return how many changes of the draft are not live; one short query when nothing changed."""
    found = workspace()
    return _unpublished(str(found.home), draft_stamp(found), view.book.rule_set_id)


def choose_rules(view: LiveView) -> tuple[LiveView, int]:
    """Show the switch between draft and live where they differ; return the view that is chosen.

    Returns
    -------
    view, number
        The live view, or the same under the draft; and how many changes are not live.
    """
    number = unpublished(view)
    if not number:
        return view, 0
    if state.picked(SHOWN) is None:
        state.put(SHOWN, DRAFT)
    chosen = st.segmented_control(
        "Rules",
        (DRAFT, LIVE),
        required=True,
        key=SHOWN,
        help="The draft is what you change here; shoppers see what is live until it is published.",
    )
    return (view if chosen == LIVE else under(view, draft_book(workspace()))), number


def show_draft(change: Curated | None) -> None:
    """Turn to the draft after it was changed (in a callback); None cannot be undone here."""
    state.set_last_change(change)
    state.put(SHOWN, DRAFT)


def under(view: LiveView, book: RuleBook) -> LiveView:
    """Return the view under other rules."""
    return replace(view, book=book)


def show_unpublished(number: int) -> None:
    """Say how many changes are not live, with the way to review them and to undo the last."""
    last = state.last_change()
    if not number and last is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        words = f"{count(number, 'unpublished change')}" if number else "Nothing to publish"
        if last is not None:
            off = "" if last.rule.on else " (off)"
            words = f"{plain(last.rule.name)}{off} · {words}"
        st.caption(f":material/edit_note: {words}", width="content")
        if last is not None:
            st.button(
                "Undo", key="undo-change", type="tertiary", icon=":material/undo:", on_click=_undo
            )
        if number and st.button("Review", type="tertiary", icon=":material/rate_review:"):
            st.switch_page("review.py")


def _undo() -> None:
    last = state.last_change()
    with in_place():
        names = names_of(workspace(), shop().current())
        undo(workspace(), last, actor=ACTOR, names=names)
        st.toast(f"Undone: {plain(last.rule.name)}")
    state.set_last_change(None)
