"""What is asked for: how a text should sound, how long it should be, what it should hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from recsys.copywriting.merge_tags import TOOLS
from recsys.copywriting.text import LANGUAGES, LEAST_WORDS, MOST_WORDS, TONES, Brief, Kind
from recsys.workflows.copy_settings import voices
from recsys.workspace import Workspace

_OCCASIONS = ("Black Friday", "Birthday", "New arrivals", "Sale", "Christmas", "Back in stock")
_NO_NAME = ""
_INPUT = 150  # pixels that an input needs at least


def ask_brief(workspace: Workspace, kind: Kind, *, key: str) -> Brief:
    """Show the inputs that a kind of copy has; return what is asked for.

    Parameters
    ----------
    key
        What the widgets are called by; what stands in them outlives a change of page.
    """
    own = [one.value.name for one in voices(workspace)]
    names = {tone: tone.capitalize() for tone in TONES} | {name: name for name in own}
    with st.grid(2, min_column_width=_INPUT):
        voice = st.selectbox(
            "Voice",
            list(names),
            format_func=lambda one: names.get(str(one), str(one)),
            key=f"{key}-voice",
            help="A tone, or a voice of your own: Voices and templates.",
            persist_state="session",
        )
        language = st.selectbox(
            "Language",
            list(LANGUAGES),
            format_func=lambda one: LANGUAGES.get(str(one), str(one)),
            key=f"{key}-language",
            persist_state="session",
        )
        more = _ask_mail(key) if kind == "subject" else _ask_text(key)
    return Brief(kind=kind, voice=voice, language=language, **more)


def _ask_text(key: str) -> dict[str, Any]:
    words = st.number_input(
        "Words at most",
        LEAST_WORDS,
        MOST_WORDS,
        150,
        step=10,
        key=f"{key}-words",
        persist_state="session",
    )
    keywords = st.multiselect(
        "Keywords",
        [],
        accept_new_options=True,
        max_selections=20,
        key=f"{key}-keywords",
        placeholder="Type one and Enter",
        help="Words that people search for. Each stands in the text where it reads naturally.",
        persist_state="session",
    )
    return {"max_words": int(words), "keywords": clean_words(keywords)}


def clean_words(given: Sequence[str]) -> tuple[str, ...]:
    """Return keywords without blanks around them, each once."""
    return tuple(dict.fromkeys(" ".join(one.split())[:60] for one in given if one.strip()))


def _ask_mail(key: str) -> dict[str, Any]:
    occasion = st.selectbox(
        "Occasion",
        _OCCASIONS,
        index=None,
        accept_new_options=True,
        key=f"{key}-occasion",
        placeholder="None",
        persist_state="session",
    )
    tool = st.selectbox(
        "First name for",
        [_NO_NAME, *TOOLS],
        format_func=lambda one: TOOLS[one].name if one in TOOLS else "No name",
        key=f"{key}-tool",
        help="The merge tag of your e-mail tool stands for the name. No name leaves the shop.",
        persist_state="session",
    )
    ends = st.date_input(
        "Offer ends",
        None,
        key=f"{key}-ends",
        help="Only with a day may a subject say that time is short.",
        persist_state="session",
    )
    return {
        "occasion": " ".join((occasion or "").split())[:100],
        "merge_tool": tool,
        "offer_ends": ends.isoformat() if isinstance(ends, date) else "",
    }
