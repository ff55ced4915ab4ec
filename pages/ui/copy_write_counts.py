"""How long a text is, and where inboxes cut a subject."""

from __future__ import annotations

import streamlit as st

from pages.ui.words import count, plain
from recsys.copywriting.merge_tags import as_seen
from recsys.copywriting.text import PREHEADER_MOST, SUBJECT_MOST, Brief, Copy

# What common inboxes show of a subject, in characters; it differs with the width of the letters.
INBOXES = {"Phone": 41, "Desktop": 60}


def show_counts(copy: Copy, brief: Brief) -> None:
    """Say how long a text is; of a subject also what is seen of it."""
    if brief.kind != "subject":
        words = len(copy.text.split())
        st.caption(
            f"{count(words, 'word')} of at most {brief.max_words},"
            f" {count(len(copy.text), 'character')}"
        )
        return
    seen = as_seen(copy.text)  # with a name of common length where the merge tag stands
    parts = [f"Subject: {len(seen)} of at most {SUBJECT_MOST} characters"]
    if copy.preheader:
        parts.append(f"preheader: {len(as_seen(copy.preheader))} of at most {PREHEADER_MOST}")
    st.caption(", ".join(parts))
    for inbox, most in INBOXES.items():
        st.caption(f"{inbox}, {most} characters: **{plain(cut(seen, most))}**")


def cut(subject: str, most: int) -> str:
    """Return what an inbox shows that has room for so many characters."""
    return subject if len(subject) <= most else f"{subject[:most].rstrip()}…"
