"""What a visit says by now: its events with their weights, its interests, what it turns to."""

from __future__ import annotations

import streamlit as st

from pages.ui.words import count, money, percent, plain, shorten
from recsys.releases.live import LiveView
from recsys.sessions.events import Session
from recsys.workflows.sessions import what_visit_says

_SHOWN = 8
_HELP = (
    "What each event counts by now: looked at 0.5, browsed 0.3, put in the cart 0.7, bought 1, took"
    " out -0.5; half for every 5 later events, and half for every day."
)


def show_visit(view: LiveView, session: Session, gone: int) -> None:
    """Show what was done and what the shelves make of it."""
    said = what_visit_says(view, session)
    st.markdown("**This visit**", help=_HELP)
    if not said.done:
        st.caption("Nothing happened yet. Look at a product, and all shelves follow.")
        return
    lines: list[str] = []
    if said.interests:
        several = len(said.interests) > 1
        named = [
            f"{plain(shorten(name, 26))}{f' ({percent(share)})' if several else ''}"
            for name, share in said.interests
        ]
        lines.append(f"Interested in {', '.join(named)} and the like")
    if said.prefers:
        lines.append(f"Turns to {', '.join(plain(shorten(name, 30)) for name in said.prefers)}")
    if said.prices is not None:
        low, high = (plain(money(price, view.release.currency)) for price in said.prices)
        lines.append(f"Prices around {low} to {high}")
    st.caption("  \n".join(lines))
    with st.container(gap="small"):
        for one in said.done[:_SHOWN]:
            name = plain(shorten(one.name, 32))
            words = f"{one.words} {name} :gray[{one.weight:.2f}]"
            st.progress(max(0.0, min(1.0, one.weight)), text=words)
    more = len(said.done) - _SHOWN
    if more > 0:
        st.caption(f"and {count(more, 'earlier event')}.")
    if gone:
        st.caption(f"{count(gone, 'event')} of products that are not live any more left out.")
