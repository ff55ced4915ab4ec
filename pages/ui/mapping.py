"""A card for files with the same columns: what they hold, and what their columns mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, get_args

import streamlit as st

from pages.ui import state, state_files
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.words import count, plain, shorten, size
from recsys.data.reading.columns import ROLES, Kind
from recsys.data.recipe import DateOrder
from recsys.workflows.arrivals import Arrival, Card, Refused
from recsys.workflows.mapping_choices import (
    Choices,
    Confidence,
    Played,
    Taken,
    columns_in_order,
    date_choice,
    first_values,
    missing_roles,
    played,
    take,
    taken_for,
    with_date_order,
    with_kind,
)
from recsys.workflows.uploads import discard_upload

KIND_WORDS: dict[Played, str] = {
    "interactions": "Purchases",
    "items": "Catalogue",
    "shoppers": "Shoppers",
    "out": "Leave out",
}
_KIND_HELP = (
    "**Purchases**: one row for each product somebody bought, viewed or rated.  \n"
    "**Catalogue**: one row for each product.  \n"
    "**Shoppers**: one row for each shopper."
)
_CONFIDENCE: dict[Confidence, tuple[str, Literal["green", "gray", "orange", "blue"]]] = {
    "sure": ("Sure", "green"),
    "likely": ("Likely", "gray"),
    "unsure": ("Please check", "orange"),
    "yours": ("Your choice", "blue"),
    "last time": ("As last time", "green"),
}
_ATTRIBUTE = ""
_COLUMNS_A_PAGE = 25
_FEW_COLUMNS = 12
_NAMED_FILES = 2
_LISTED_FILES = 50
_WIDTHS = (4, 5, 5, 3)


def map_card(card: Card) -> None:
    """Show files with the same columns; what is corrected is kept in the session."""
    with st.container(border=True):
        choices = state_files.choices(card.key)
        _head(card, choices)
        kind = played(card, choices)
        if kind == "out":
            st.caption("Nothing of this is loaded.")
            return
        if missing := missing_roles(card, choices):
            names = " and ".join(role.label.lower() for role in missing)
            st.warning(
                f"Which column is the {names}? Choose it below.", icon=":material/help_center:"
            )
        _choose_date_order(card, choices)
        _choose_columns(card, choices, kind)
        with st.expander("First rows", key=f"rows-{card.key}", on_change="rerun") as rows:
            if rows.open:
                st.dataframe(card.preview.sample[:20], hide_index=True, height=220)


def refused_card(refused: Refused) -> None:
    """Show a file that cannot be read, and what to do about it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(shorten(refused.file.name, 60))}**", width="content")
            with st.container(horizontal=True, horizontal_alignment="right"):
                _remove_button([refused.file])
        st.error(f"{plain(refused.message)} {plain(refused.hint)}", icon=":material/error:")


def _head(card: Card, choices: Choices) -> None:
    """Show the files, what they hold, and what can be done with them as files."""
    names = [plain(shorten(file.name, 60)) for file in card.files]
    more = len(names) - _NAMED_FILES
    listed = ", ".join(names[:_NAMED_FILES]) + (f" and {more:,} more" if more > 0 else "")
    many = len(names) > 1
    st.markdown(
        f"**{len(names):,} files with the same columns**: {listed}" if many else f"**{listed}**"
    )
    facts = [size(card.bytes), plain(getattr(card.preview, "understood", ""))]
    facts += [count(len(card.preview.columns), "column")]
    facts += ["mapped as last time"] if card.remembered else []
    st.caption(" · ".join(filter(None, facts)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose_kind(card, choices)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if many:
                _list_files(card)
            elif card.columns_key in state_files.apart():
                _join_or_split(card, "Map as one again", ":material/join:", each=False)
            _remove_button(card.files)


def _list_files(card: Card) -> None:
    """Show the files of a card, each with a button that removes it."""
    with st.popover("Files", icon=":material/folder_open:", type="tertiary"):
        _join_or_split(card, "Map each file on its own", ":material/call_split:", each=True)
        for file in card.files[:_LISTED_FILES]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{plain(shorten(file.name, 60))} · {size(file.bytes)}")
                _remove_button([file])
        if len(card.files) > _LISTED_FILES:
            st.caption(f"And {len(card.files) - _LISTED_FILES:,} more.")


def _join_or_split(card: Card, words: str, icon: str, *, each: bool) -> None:
    st.button(
        words,
        key=f"apart-{card.key}",
        type="tertiary",
        icon=icon,
        help="For files with the same columns that hold different things.",
        on_click=state_files.map_apart,
        args=(card.columns_key,),
        kwargs={"each": each},
    )


def _remove_button(files: Sequence[Arrival]) -> None:
    st.button(
        "Remove" if len(files) == 1 else "Remove all",
        key=f"drop-{len(files)}-{files[0].key}",
        type="tertiary",
        icon=":material/close:",
        on_click=remove,
        args=(files,),
    )


def remove(files: Sequence[Arrival]) -> None:
    """Remove uploads, and forget files on the server, which stay there (a button callback)."""
    for file in files:
        if file.uploaded:
            discard_upload(workspace(), file.key, actor=ACTOR)
    state_files.remove_files(file.key for file in files)


def _choose_kind(card: Card, choices: Choices) -> None:
    key = f"kind-{card.key}"
    state.put(key, played(card, choices))
    st.segmented_control(
        "This file holds" if len(card.files) == 1 else "These files hold",
        list(KIND_WORDS),
        format_func=lambda one: KIND_WORDS[one],
        help=_KIND_HELP,
        key=key,
        required=True,
        on_change=lambda: state_files.choose(card.key, with_kind(choices, state.picked(key))),
    )


def _choose_date_order(card: Card, choices: Choices) -> None:
    """Ask which comes first, day or month, where the first rows do not show it."""
    found = date_choice(card, choices)
    if found is None:
        return
    words: dict[DateOrder, str] = {
        "auto": "Find out from the whole file",
        "day first": f"Day first: {found.day_first:%-d %b %Y}",
        "month first": f"Month first: {found.month_first:%-d %b %Y}",
    }
    key = f"order-{card.key}"
    state.put(key, choices.date_order or card.date_order)
    st.segmented_control(
        f"{plain(found.cell)} can be read in two ways",
        list(get_args(DateOrder)),
        format_func=lambda one: words[one],
        help="A day above the 12th anywhere in the file settles it, and so does the order of the"
        " rows. If nothing does, the findings say so.",
        key=key,
        required=True,
        on_change=lambda: state_files.choose(card.key, with_date_order(choices, state.picked(key))),
    )


def _choose_columns(card: Card, choices: Choices, kind: Kind) -> None:
    """Show the columns as a table of choices: those with a role first, the others by the page."""
    first, others = columns_in_order(card, kind)
    if len(card.preview.columns) <= _FEW_COLUMNS:
        first, others = [*first, *others], []
    taken = taken_for(card, choices)
    if first:
        _table(card, choices, kind, first, taken)
    if not others:
        return
    yours = sum(column in taken for column in others)
    label = f"{count(len(others), 'more column')}, kept as attributes" + (
        f" but for {yours:,}" if yours else ""
    )
    with st.expander(
        label,
        key=f"more-{card.key}-{kind}",
        expanded=bool(missing_roles(card, choices)),
        on_change="rerun",
    ) as more:
        if more.open:
            pages = math.ceil(len(others) / _COLUMNS_A_PAGE)
            page = 1
            if pages > 1:
                page = st.pagination(pages, key=f"page-{card.key}-{kind}")
            start = (page - 1) * _COLUMNS_A_PAGE
            _table(card, choices, kind, others[start : start + _COLUMNS_A_PAGE], taken)


def _table(
    card: Card, choices: Choices, kind: Kind, columns: Sequence[str], taken: dict[str, Taken]
) -> None:
    heads = st.columns(_WIDTHS)
    for head, word in zip(heads, ("Column", "First values", "Taken for", ""), strict=True):
        head.caption(word)
    for column in columns:
        _row(card, choices, kind, column, taken.get(column))


def _row(card: Card, choices: Choices, kind: Kind, column: str, taken: Taken | None) -> None:
    wanted = {role.name for role in missing_roles(card, choices)}
    words = {
        role.name: f"{role.label} (needed)" if role.name in wanted else role.label
        for role in ROLES[kind]
    }
    name, values, choice, sure = st.columns(_WIDTHS, vertical_alignment="center")
    name.markdown(f"**{plain(shorten(column, 60))}**")
    values.caption(
        plain(" · ".join(shorten(one, 28) for one in first_values(card, column))) or "*empty*"
    )
    key = f"take-{card.key}-{kind}-{card.preview.columns.index(column)}"
    state.put(key, taken.role.name if taken else _ATTRIBUTE)
    choice.selectbox(
        f"{plain(column)} is taken for",
        [_ATTRIBUTE, *words],
        format_func=lambda one: words.get(one, "Keep as attribute"),
        key=key,
        label_visibility="collapsed",
        on_change=lambda: state_files.choose(
            card.key, take(card, choices, column, state.picked(key) or None)
        ),
    )
    if taken:
        word, color = _CONFIDENCE[taken.confidence]
        sure.badge(word, color=color, help=f"{_sentence(taken.why)} {plain(taken.role.help)}")


def _sentence(words: str) -> str:
    return plain(words[:1].upper() + words[1:].rstrip(".") + ".")
