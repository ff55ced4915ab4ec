"""All segments in a table, and where there is none yet, three ways to start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import state_segments
from pages.ui.segment_reach import USUAL
from pages.ui.segment_who import KIND_ICONS, KIND_WORDS
from pages.ui.words import ago, count, plain, shorten
from recsys.segments.definition import Definition, Seeds, Wanted
from recsys.workflows.segments import SegmentLine, Step

_A_PAGE = 50
# What a segment may begin with: the words, what they mean, and the definition.
_STARTS = {
    ":material/upload_file: Upload a list": (
        "The members of a programme, or an export of your CRM.",
        Definition(kind="list"),
    ),
    ":material/group_add: Shoppers like these": (
        "Your best customers are known: reach those who are most like them.",
        Definition(kind="lookalikes", seeds=Seeds(), size=USUAL),
    ),
    ":material/favorite: Who wants a product": (
        "There is something to sell: reach who is likeliest to want it.",
        Definition(kind="affinity", wanted=Wanted(), size=USUAL),
    ),
}


def show_no_segments() -> None:
    """Say what segments are for where there are none, and offer three ways to start."""
    st.info(
        "A segment is a saved set of shoppers: whom a campaign writes to, or for whom alone a rule"
        " holds. It is worked out anew on each release. There are none yet."
    )
    for place, (label, (words, definition)) in zip(
        st.columns(len(_STARTS)), _STARTS.items(), strict=True
    ):
        with place, st.container(border=True, height=148):
            st.button(
                label,
                key=f"start-{definition.kind}",
                type="primary" if definition.kind == "lookalikes" else "secondary",
                width="stretch",
                on_click=state_segments.start,
                args=(definition,),
            )
            st.caption(words)


def new_button() -> None:
    """Offer to make a segment."""
    st.button(
        "New segment",
        type="primary",
        icon=":material/add:",
        on_click=state_segments.start,
        args=(Definition(kind="lookalikes", seeds=Seeds(), size=USUAL),),
    )


def show_segments(
    lines: Sequence[SegmentLine],
    used: Mapping[int, Sequence[str]],
    last: Mapping[int, Step],
) -> None:
    """Show all segments, one a row, each with what there is to know before it is opened.

    Parameters
    ----------
    used
        Which rules name each.
    last
        Of each whose members changed, the newest such change.
    """
    page = 1
    if len(lines) > _A_PAGE:
        page = st.pagination(-(-len(lines) // _A_PAGE), key="segments-page")
    for line in lines[(page - 1) * _A_PAGE : page * _A_PAGE]:
        with st.container(border=True, key=f"segment-{line.id}"):
            _row(line, used.get(line.id, []), last.get(line.id))


def _row(line: SegmentLine, used: Sequence[str], step: Step | None) -> None:
    name, size, refresh, opens = st.columns([4, 2, 3, 1], vertical_alignment="center")
    with name:
        named = ", ".join(plain(shorten(one, 30)) for one in used[:3]) or "no rule"
        more = f" and {len(used) - 3:,} more" if len(used) > 3 else ""
        st.markdown(
            f"{KIND_ICONS[line.kind]} **{plain(shorten(line.name, 60))}**  \n"
            f":gray[:small[{KIND_WORDS[line.kind]} · used by {named}{more}]]"
        )
    with size, st.container(horizontal=True, gap="small"):
        st.badge(count(line.count, "shopper"), color="gray")
        if line.held_out:
            st.badge(f"{line.held_out:,} held out", color="blue")
    with refresh:
        st.caption(f"{_came_and_went(line, step)}  \nChanged {ago(line.at)} by {plain(line.actor)}")
    with opens:
        st.button(
            "Open",
            key=f"open-{line.id}",
            type="tertiary",
            on_click=state_segments.open_segment,
            args=(str(line.id),),
        )


def _came_and_went(line: SegmentLine, step: Step | None) -> str:
    if not line.refresh:
        return "Stays as it is on new releases"
    if step is None:
        return "As it was made"
    return f"{step.came or 0:,} came, {step.went or 0:,} went {ago(step.at)}"


def deleted_words(which: str) -> str:
    """Say that what the address opens is not there."""
    return f"There is no segment {plain(which)}. It may have been deleted."
