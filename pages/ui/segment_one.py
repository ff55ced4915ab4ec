"""One segment: what it is called and used for, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state, state_segments
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.segment_shared import left_out, show_lines
from pages.ui.segment_who import KIND_ICONS, KIND_WORDS
from pages.ui.sets import used_words
from pages.ui.words import ago, count, moment, plain, shorten
from recsys.releases.live import LiveView
from recsys.workflows.named_sets import delete_named_set, restore_version
from recsys.workflows.segment_changes import rename_segment
from recsys.workflows.segment_refresh import refresh_segments
from recsys.workflows.segments import Segment, SegmentLine

_A_PAGE, _PREVIEWED = 1_000, 200
_VERSIONS = 20
_RULES_REACH_ALL = (
    "A rule for this segment reaches its hold-out group, too, so the group cannot measure what a"
    " rule does. Exports leave it out."
)


def show_heading(view: LiveView, segment: Segment, used: Sequence[str], *, words: str) -> None:
    """Show what a segment is, and the buttons that change it.

    Parameters
    ----------
    used
        The rules that name it.
    words
        Its definition in a sentence.
    """
    line = segment.line
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{KIND_ICONS[line.kind]} {plain(line.name)}", help=f"Segment {line.id}")
        st.space("stretch")
        st.button(
            "All segments",
            type="tertiary",
            icon=":material/arrow_back:",
            on_click=state_segments.open_segment,
            args=("",),
        )
        st.button(
            "Change",
            icon=":material/edit:",
            on_click=state_segments.open_segment,
            args=(f"edit-{line.id}",),
            help="Opens its definition.",
        )
        if st.button("Write subjects", icon=":material/edit_note:"):
            st.switch_page("copywriting.py", query_params={"segment": str(line.id)})
        if st.button("Use in a rule", type="primary", icon=":material/rule:"):
            st.switch_page("rules.py", query_params={"rule": f"for-{line.id}"})
    counts = segment.counts
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(count(line.count, "shopper"), color="green")
        st.badge(KIND_WORDS[line.kind], color="gray")
        if counts.held_out:
            st.badge(f"{counts.held_out:,} in the hold-out group", color="blue")
        for why, number in left_out(counts):
            st.badge(f"{number:,} left out: {plain(why)}", color="gray")
        if counts.unknown:
            st.badge(f"{counts.unknown:,} unknown", color="gray")
        st.space("stretch")
        _buttons(view, line, used)
    if counts.held_out:
        st.caption(":material/info: " + _RULES_REACH_ALL)
    st.markdown(plain(words))
    about = [plain(line.note), used_words(used), _refresh_words(line)]
    about.append(f"Changed {ago(line.at)} by {plain(line.actor)}.")
    st.caption(" · ".join(filter(None, about)))


def _refresh_words(line: SegmentLine) -> str:
    if line.by_hand and line.release_id:
        return "Its members were changed by hand, so a refresh leaves them; Change and save it."
    if not line.refresh:
        return "It stays as it is on new releases."
    return "It is worked out anew on each release."


def _buttons(view: LiveView, line: SegmentLine, used: Sequence[str]) -> None:
    seen = state.seen(f"segment-{line.id}", line.version)
    if line.release_id and st.button(
        "Refresh",
        type="tertiary",
        icon=":material/refresh:",
        help="Works it out again on what is live.",
    ):
        with in_place():
            told = refresh_segments(workspace(), view, [line.id], actor=ACTOR)
            state.tell(plain(" ".join(one.words for one in told)))
            st.rerun()
    with (
        st.popover("Rename", type="tertiary", icon=":material/edit:"),
        st.form(f"rename-segment-{line.id}", border=False),
    ):
        name = st.text_input("Name", line.name, max_chars=120, key=f"name-{line.id}")
        note = st.text_input("Note", line.note, max_chars=500, key=f"note-{line.id}")
        refresh = st.checkbox(
            "Work it out anew on each release", line.refresh, key=f"refresh-{line.id}"
        )
        if st.form_submit_button("Keep these"):
            with in_place():
                rename_segment(
                    workspace(),
                    line.id,
                    name or "",
                    note=note or "",
                    refresh=refresh,
                    revision=seen,
                    actor=ACTOR,
                )
                st.rerun()
    with st.popover("Delete", type="tertiary", icon=":material/delete:"):
        st.markdown(_before_deleting(used))
        if st.button("Delete this segment", icon=":material/delete:"):
            with in_place():
                told = delete_named_set(workspace(), "segment", line.id, revision=seen, actor=ACTOR)
                state.tell(plain(" ".join([f"{line.name} is deleted.", *told])))
                state_segments.open_segment("")
                st.rerun()


def _before_deleting(used: Sequence[str]) -> str:
    if not used:
        return "No rule names this segment. Its versions stay in the records."
    return (
        f"**{used_words(used)}** In the draft they will hold for nobody for its sake; live rules"
        " go on with the members they were published with."
    )


def show_members(view: LiveView, segment: Segment) -> None:
    """Show the members, a page at a time, and the way to one of them."""
    members = segment.members
    if not members:
        st.info("It has no members. Change it to ask for less, or to leave fewer out.")
        return
    pages = -(-len(members) // _A_PAGE)
    page = st.pagination(pages, key=f"members-of-{segment.line.id}") if pages > 1 else 1
    start = (page - 1) * _A_PAGE
    shown = members[start : start + _A_PAGE]
    show_lines(view, shown, start + 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = st.selectbox(
            "Preview one as shopper",
            shown[:_PREVIEWED],
            index=0,
            key=f"preview-of-{segment.line.id}-{page}",
            width=260,
        )
        if st.button("See the shelves", icon=":material/shelves:") and one:
            state.choose_shopper(one)
            st.switch_page("shelves.py")


def show_history(segment: Segment) -> None:
    """Show the versions: who came and went, why, and the way back to one."""
    seen = state.seen(f"history-{segment.line.id}", segment.line.version)
    for step in segment.history[:_VERSIONS]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            moved = ""
            if step.came is not None and step.went is not None and step.kept is not None:
                moved = f" · {step.came:,} came, {step.went:,} went, {step.kept:,} stayed"
            st.markdown(
                f"**{step.version}** {plain(shorten(step.name, 40))}:"
                f" {count(step.count, 'member')}{moved}  \n:gray[{ago(step.at)} by"
                f" {plain(step.actor)}. {plain(step.why)}]",
                help=moment(step.at),
                width="stretch",
            )
            if step.version != segment.line.version and st.button(
                "Go back",
                key=f"back-{segment.line.id}-{step.version}",
                type="tertiary",
                icon=":material/undo:",
                help="Makes a new version with these members; none goes away.",
            ):
                with in_place():
                    restore_version(
                        workspace(),
                        "segment",
                        segment.line.id,
                        step.version,
                        revision=seen,
                        actor=ACTOR,
                    )
                    st.rerun()
    if len(segment.history) > _VERSIONS:
        st.caption(f"The newest {_VERSIONS} of {len(segment.history):,} versions.")
