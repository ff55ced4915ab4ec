"""The shop's own voices: how each sounds, with examples and words that never stand."""

from __future__ import annotations

import re

import streamlit as st

from pages.ui import state, state_copy_forms
from pages.ui.copy_settings_changed import say_changed
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.words import ago, count, plain, shorten
from recsys.copywriting.text import TONES, Voice
from recsys.errors import InputError
from recsys.workflows.copy_settings import Kept, delete_voice, save_voice, voices
from recsys.workspace import Workspace

_EXAMPLES, _BANNED = 5, 200


def show_voices(workspace: Workspace) -> None:
    """Show the voices, and the form of a new one."""
    kept = voices(workspace)
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        st.subheader("Voices")
        if not kept:
            st.info(
                f"Every shop can write in four tones: {', '.join(TONES)}. A voice of your own adds"
                " how you sound: a few words about it, texts you are proud of, words you never use."
            )
        for one in kept:
            _show(workspace, one)
    with right:
        st.subheader("A new voice")
        number = state.sent("copy-voice")
        made = _form(Voice(name=""), f"copy-voice-new-{number}")
        if made is not None:
            with in_place():
                save_voice(workspace, made, revision=0, actor=ACTOR)
                state.tell(f"Voice {plain(made.name)} is saved.", icon=":material/check:")
                state.sent("copy-voice", more=1)
                st.rerun()


def _show(workspace: Workspace, kept: Kept[Voice]) -> None:
    voice = kept.value
    form = f"voice-{voice.name}"
    seen = state.seen(f"copy-{form}", kept.revision)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(shorten(voice.name, 60))}**", width="stretch")
            with st.popover("Delete", type="tertiary", icon=":material/delete:"):
                st.markdown("Texts written in it stay as they are.")
                if st.button("Delete this voice", key=f"copy-delete-{form}"):
                    with in_place():
                        delete_voice(workspace, voice.name, revision=seen, actor=ACTOR)
                        st.rerun()
        if voice.about:
            st.markdown(plain(shorten(voice.about, 300)))
        st.caption(
            f"{count(len(voice.examples), 'example')},"
            f" {count(len(voice.banned), 'word')} that never stand · {ago(kept.at)} by"
            f" {plain(kept.actor)}"
        )
        with st.expander("Change it", icon=":material/edit:"):
            key, began = state_copy_forms.form(form, kept.revision)
            say_changed(form, kept, began, _reads(voice))
            changed = _form(voice, key)
            if changed is not None:
                with in_place():
                    now = save_voice(workspace, changed, revision=began, actor=ACTOR)
                    state_copy_forms.anew(form, now.revision)
                    st.rerun()


def _reads(voice: Voice) -> str:
    return "\n\n".join(filter(None, (voice.about, *voice.examples, ", ".join(voice.banned))))


def _form(was: Voice, key: str) -> Voice | None:
    """Show the form of a voice; return what was sent."""
    with st.form(f"{key}-form", border=False):
        name = was.name or st.text_input("Name", max_chars=60, key=f"{key}-name")
        about = st.text_area(
            "How it sounds",
            was.about,
            max_chars=2_000,
            height=90,
            key=key,
            placeholder="Short sentences. We say you. Dry humour, never at the cost of others.",
        )
        examples = st.text_area(
            "Examples",
            "\n\n\n".join(was.examples),
            height=150,
            key=f"{key}-examples",
            help=f"Up to {_EXAMPLES} texts that sound right, with two empty lines between them.",
        )
        banned = st.text_area(
            "Words that never stand",
            "\n".join(was.banned),
            height=90,
            key=f"{key}-banned",
            help="One on a line, or with commas between.",
        )
        if not st.form_submit_button(
            "Save this voice", type="secondary" if was.name else "primary"
        ):
            return None
    with in_place():
        return voice_of(name, about, examples, banned)
    return None


def voice_of(name: str, about: str, examples: str, banned: str) -> Voice:
    """Return the voice that a form was filled with.

    Raises
    ------
    InputError
        There are too many examples or words.
    """
    texts = [one.strip() for one in re.split(r"\n[^\S\n]*\n[^\S\n]*\n", examples) if one.strip()]
    words = [" ".join(one.split()) for one in re.split(r"[\n,;]", banned)]
    words = list(dict.fromkeys(filter(None, words)))
    if len(texts) > _EXAMPLES:
        raise InputError(
            f"{len(texts)} examples are given; {_EXAMPLES} is the most that is sent.",
            hint="Keep the best ones.",
        )
    if len(words) > _BANNED:
        raise InputError(
            f"{len(words)} words are given; {_BANNED} is the most.", hint="Take some out."
        )
    return Voice(name=name, about=about.strip(), examples=tuple(texts), banned=tuple(words))
