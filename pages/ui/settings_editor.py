"""The settings of each placement in the draft, with the preview beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from pages.ui import state, state_rules
from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.jobs import ACTOR
from pages.ui.rule_preview import show_preview
from pages.ui.shelf_settings import edit_settings
from pages.ui.words import ago, plain
from recsys.errors import Conflict
from recsys.releases.live import LiveView
from recsys.rules.shelf_settings import ShelfSettings
from recsys.types import SHELVES, ShelfName
from recsys.workflows.playing import served
from recsys.workflows.rules import RuleBoard, save_no_repeats, save_shelf_settings
from recsys.workspace import Workspace

ADVICE = (
    "Start with none of these: as they come, settings change nothing. Change one at a time, and"
    " look at the review before you publish."
)


def show_settings(workspace: Workspace, view: LiveView, board: RuleBoard) -> None:
    """Show the settings of one placement, and what they do to one shelf."""
    able = [one for one in SHELVES if served(view, one)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen: Any = st.segmented_control(
            "Placement",
            able,
            default=able[0],
            format_func=lambda one: PLACEMENT_WORDS[one],
            required=True,
            key="settings-of",
        )
        st.space("stretch")
        _page_switch(workspace, board)
    shelf: ShelfName = chosen
    st.caption(ADVICE)
    line = board.settings[shelf]
    key, seen = state_rules.settings_form(shelf, line.revision)
    notice = st.container()
    form, beside = st.columns([1.15, 1], gap="large")
    with form:
        settings = edit_settings(line.settings, key)
    if seen != line.revision:
        with notice:
            _told(shelf, line.actor, line.at, line.revision)
    with form, st.container(horizontal=True):
        if st.button(
            "Save to draft",
            type="primary",
            icon=":material/save:",
            key="save-settings",
            disabled=settings == line.settings,
        ):
            _save(workspace, shelf, settings, seen)
        st.button(
            "As it was before",
            type="tertiary",
            disabled=settings == line.settings,
            on_click=state_rules.settings_anew,
            args=(shelf, line.revision),
        )
    with beside:
        st.markdown("**What it does** :gray[on one shelf, against what is live]")
        before, after = (
            replace(board.book, settings={**board.book.settings, shelf: one})
            for one in (board.live_book.of(shelf), settings)
        )
        show_preview(view, before, after, shelf=shelf, key="settings-preview")


def _page_switch(workspace: Workspace, board: RuleBoard) -> None:
    now = board.page.settings.no_repeats
    wanted = st.toggle(
        "No product twice on a page",
        now,
        key=f"no-repeats-{board.page.revision}",
        help="Of several shelves on one page, a product stands on the first that has it.",
    )
    if wanted != now:
        with in_place():
            save_no_repeats(workspace, wanted, revision=board.page.revision, actor=ACTOR)
            st.rerun()


def _save(workspace: Workspace, shelf: ShelfName, settings: ShelfSettings, seen: int) -> None:
    try:
        save_shelf_settings(workspace, shelf, settings, revision=seen, actor=ACTOR)
    except Conflict:
        st.rerun()  # the notice says who changed them
    else:
        state_rules.forget_settings(shelf)
        state.tell(
            f"The settings of {PLACEMENT_WORDS[shelf]} are in the draft.",
            icon=":material/check_circle:",
        )
        st.rerun()


def _told(shelf: ShelfName, actor: str, at: float, revision: int) -> None:
    st.warning(
        f"**{plain(actor)} changed these settings {ago(at)}, while you had them open.** Nothing was"
        " overwritten.",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        st.button("Take theirs", on_click=state_rules.settings_anew, args=(shelf, revision))
        st.button(
            "Keep mine",
            help="What you chose stays; Save to draft then replaces theirs.",
            on_click=state_rules.settings_go_on,
            args=(shelf, revision),
        )
