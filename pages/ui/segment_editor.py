"""A segment in its form with what comes of it beside, and what happens when two change one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state, state_segments
from pages.ui.choosing_values import Sets
from pages.ui.errors import in_place, show_script_error
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.segment_cached import matched_of, preview_of, proof_of
from pages.ui.segment_leaving import ask_leaving
from pages.ui.segment_reach import USUAL, ask_size, show_how, show_proof
from pages.ui.segment_shared import left_out, show_first, show_shared, show_top
from pages.ui.segment_who import ask_kind, ask_who, asked, missing
from pages.ui.state_segments import Draft
from pages.ui.words import ago, count, plain
from recsys.errors import AisleError, Conflict
from recsys.releases.live import LiveView
from recsys.segments.definition import Definition
from recsys.workflows.segment_warnings import all_warnings
from recsys.workflows.segments import (
    LifecycleLine,
    Preview,
    Segment,
    save_segment,
)

RANKED = ("lookalikes", "affinity")
_TABS = ("What they share", "Top products", "The first of them")


def edit_segment(
    view: LiveView, draft: Draft, was: Segment | None, sets: Sets, lifecycle: LifecycleLine
) -> None:
    """Show the form of a segment, and beside it how many it reaches and what they share.

    Parameters
    ----------
    was
        The segment as it stands; None for a new one.
    """
    heading = st.container(horizontal=True, vertical_alignment="bottom")
    notice = st.container()
    ask_kind(draft)
    form, beside = st.columns([1, 1.35], gap="medium")
    with form:
        definition = ask_who(view, draft, sets, stages_help(lifecycle))
        with st.container(border=True, gap="small"):
            given = ask_leaving(view, draft, sets)
    definition = definition.model_copy(update=given)
    with beside:
        definition = _show_what_comes(view, draft, definition, sets, lifecycle)
    state_segments.keep(definition)
    if was is not None and was.line.version != draft.revision:
        with notice:
            _told(was)
    with heading:
        name = _heading(draft, was)
        if st.button("Save segment", type="primary", icon=":material/save:", key="save-segment"):
            with notice, in_place():
                _save(view, draft, was, name, asked(definition))


def offer_filled(which: str) -> None:
    """Offer to go on, as with a new one, with what stood in the form of a segment that is gone."""
    mine = state_segments.filled(which)
    if mine is not None:
        st.button(
            "Go on with mine as a new segment",
            icon=":material/add:",
            on_click=state_segments.start,
            args=(mine,),
        )


def stages_help(lifecycle: LifecycleLine) -> str:
    """Say the rules of all stages, for a tooltip."""
    return "  \n".join(
        f"**{stage.capitalize()}**: {plain(words)}"
        for stage, words in lifecycle.rules.words().items()
    )


def _heading(draft: Draft, was: Segment | None) -> str:
    name = st.text_input(
        "Name of the new segment" if was is None else "Name",
        "" if was is None else was.line.name,
        max_chars=120,
        key=f"{draft.form_key}-name",
        placeholder="Say who they are",
        width=300,
    )
    st.space("stretch")
    st.button("Back without saving", type="tertiary", on_click=_close, args=(was,))
    return name or ""


def _close(was: Segment | None) -> None:
    state_segments.forget()
    state_segments.open_segment("" if was is None else str(was.line.id))


def _show_what_comes(
    view: LiveView, draft: Draft, definition: Definition, sets: Sets, lifecycle: LifecycleLine
) -> Definition:
    """Show size, proof and members; return the definition with the size that is chosen."""
    lacks = missing(asked(definition))
    if lacks:
        st.info(f"{lacks} How many they are and what they share will stand here.")
        return definition
    # Above the slider, and known only after it.
    place = st.container(gap="small")
    ranked = definition.kind in RANKED
    everyone = max(len(view.release.user_ids), 1)
    size = ask_size(draft, everyone) if ranked else _ask_at_most(draft)
    definition = definition.model_copy(update={"size": size})
    one = asked(definition)
    try:
        found = preview_of(view, one, list(sets), lifecycle)
    except AisleError as error:
        show_script_error(error)
        return definition
    with place:
        ids = one.seeds.ids if one.seeds is not None else one.ids
        # What became of a list is said beside it.
        told = {matched_of(view.release.id, ids, view).words()} if ids else set[str]()
        say_size(found, told, all_warnings(workspace(), view, one))
        proof = proof_of(view, one)
        if one.kind == "lookalikes":
            show_proof(one, proof, found, size or USUAL, lifecycle.rules)
    if proof is not None and proof.proved:
        show_how(one, proof, lifecycle.rules)
    show_members(view, found, draft.form_key)
    return definition


def _ask_at_most(draft: Draft) -> int | None:
    size = st.number_input(
        "At most so many",
        1,
        None,
        draft.initial.size,
        step=100,
        key=f"{draft.key}-most",
        placeholder="All",
        width=200,
    )
    return None if size is None else int(size)


def say_size(found: Preview, told: set[str], warned: Sequence[str]) -> None:
    """Say how many shoppers a segment has, who was left out, and what there is to know.

    Parameters
    ----------
    told
        Notes that stand elsewhere on the page.
    warned
        Notes that are warnings.
    """
    counts = found.counts
    words = [f"**{count(counts.members, 'shopper')}**"]
    if counts.held_out:
        words.append(f"{counts.held_out:,} of them set aside as hold-out group")
    words += [f"{number:,} left out: {plain(why)}" for why, number in left_out(counts)]
    st.markdown(" · ".join(words), help=plain(found.ranked.score_words) or None)
    for note in (one for one in found.notes if one not in told):
        icon = ":orange[:material/warning:]" if note in warned else ":material/info:"
        st.caption(f"{icon} {plain(note)}")


def show_members(view: LiveView, found: Preview, key: str) -> None:
    """Show what the members of a segment share, what they buy, and the first of them."""
    if not len(found.picked.rows):
        st.info("Nobody is in it. Ask for less, or leave fewer out.")
        return
    shared, top, first = st.tabs(_TABS)
    with shared:
        show_shared(found.shared, key)
    with top:
        show_top(found.top)
    with first:
        show_first(view, found)


def _save(
    view: LiveView, draft: Draft, was: Segment | None, name: str, definition: Definition
) -> None:
    lacks = missing(definition)
    if lacks:
        st.warning(f"{lacks} Then it can be saved.")
        return
    try:
        line = save_segment(
            workspace(),
            view,
            name,
            definition,
            set_id=None if was is None else was.line.id,
            revision=draft.revision,
            refresh=True if was is None else was.line.refresh,
            actor=ACTOR,
        )
    except Conflict:
        st.rerun()  # the notice says who changed it
    state_segments.forget()
    state_segments.open_segment(str(line.id))
    state.tell(
        f"{plain(line.name)} is saved with {count(line.count, 'member')}.",
        icon=":material/check_circle:",
    )
    st.rerun()


def _told(was: Segment) -> None:
    """Say that somebody changed the segment meanwhile; nothing of either is lost."""
    line = was.line
    st.warning(
        f"**{plain(line.actor)} changed this segment {ago(line.at)}, while you had it open.** It"
        f" now has {count(line.count, 'member')}. Nothing was overwritten.",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        st.button(
            "Take theirs",
            help="Fills the form with the segment as it stands.",
            on_click=state_segments.take_theirs,
            args=(was.definition, line.version),
        )
        st.button(
            "Keep mine",
            help="Your form stays as it is; Save segment then replaces theirs.",
            on_click=state_segments.go_on_from,
            args=(line.version,),
        )
