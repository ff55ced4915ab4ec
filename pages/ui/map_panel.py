"""The panel beside the map: what is chosen, what it has in common, and what can be done with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui import state_map
from pages.ui.jobs import ACTOR
from pages.ui.map_acts import offer_product_acts, offer_shopper_acts
from pages.ui.map_drawing import Asked
from pages.ui.resources import workspace
from pages.ui.state_map import Chosen
from pages.ui.words import count, percent, plain, shorten
from recsys.lifts import Lift
from recsys.maps.picture import Picture
from recsys.workflows.maps import Selection, cards, neighbours, note_selection
from recsys.workflows.shelves import inert

_MOST_VALUES = 3
_LEAST_LIFT = 1.2  # less is true of large selections, and says nothing
_TABLE_HEIGHT = 300
_HEADS = {
    "name": "Name",
    "category": "Category",
    "price": "Price",
    "sales": "Sales",
    "orders": "Orders",
    "spend": "Spent",
    "last": "Last order",
    "id": "Id",
}


def show_panel(asked: Asked, picture: Picture, chosen: Chosen, found: Selection) -> None:
    """Show what is chosen, what it shares, and what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_how_many(found))
        st.space("stretch")
        st.button(
            "Clear",
            key="map-clear",
            icon=":material/close:",
            type="tertiary",
            on_click=state_map.choose,
            args=(None,),
        )
    if chosen.kind == "group":
        st.markdown(f"**{plain(picture.groups[chosen.number].name)}**")
    if not found.lines:
        st.info("Nothing lies in there. Draw around points, or click one.")
        return
    if told := state_map.told():
        st.success(told, icon=":material/check:")
    if chosen.kind != "point":
        _show_shared(found)
    if found.item_ids:
        offer_product_acts(asked.view, found)
    if found.shopper_ids:
        offer_shopper_acts(found)
    _show_lines(found)


def near_of(asked: Asked, picture: Picture, chosen: Chosen) -> list[tuple[int, float]]:
    """Return a chosen point and those nearest to it, with their cosine; of an area, none."""
    if chosen.kind != "point":
        return []
    return [(chosen.number, 1.0), *neighbours(asked.view, picture, chosen.number)]


def show_near(
    asked: Asked, picture: Picture, near: Sequence[tuple[int, float]], stamp: str
) -> None:
    """List what lies nearest to the first of some points; a click goes there."""
    if len(near) < 2:
        return
    names = cards(asked.view, picture).names
    st.markdown(
        "**Nearest to it**",
        help="By the cosine in the model's space, not by the distance on the picture: a flat map"
        " cannot keep all distances.",
    )
    with st.container(gap="xxsmall"):
        for row, cosine in near[1:]:
            st.button(
                f"{plain(shorten(names[row], 44))} · {cosine:.2f}",
                key=f"map-near-{row}",
                type="tertiary",
                on_click=state_map.fly,
                args=(stamp, row),
            )


def lift_words(lift: Lift) -> str:
    """Return ``**Tea** 4.1 times as often`` for Markdown; what all of them have says so."""
    value = f"**{plain(shorten(lift.value, 40))}**"
    return f"all {value}" if lift.share == 1 else f"{value} {lift.lift:.1f} times as often"


def selection_csv(found: Selection) -> bytes:
    """Return the lines of a selection as CSV that spreadsheets may open."""
    text = io.StringIO()
    columns = [name for name in ("what", *_HEADS) if any(name in line for line in found.lines)]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for line in found.lines:
        writer.writerow({name: inert(line.get(name)) for name in columns})
    return text.getvalue().encode("utf-8-sig")


def _how_many(found: Selection) -> str:
    parts = [
        count(len(ids), word)
        for ids, word in ((found.item_ids, "product"), (found.shopper_ids, "shopper"))
        if ids
    ]
    return f"{' and '.join(parts) or 'Nothing'} chosen"


def _show_shared(found: Selection) -> None:
    lines = []
    for attribute, lifts in found.lifts.items():
        more = [one for one in lifts if one.sure and one.lift >= _LEAST_LIFT][:_MOST_VALUES]
        if more:
            told = ", ".join(map(lift_words, more))
            lines.append(f"- {plain(attribute)}: {told}")
    if not lines:
        st.caption("They have nothing in common that all others have less often.")
        return
    shares = [
        f"{one.value}: {percent(one.share)} of these, {percent(one.everyone)} of all"
        for lifts in found.lifts.values()
        for one in lifts[:1]
        if one.sure and one.lift >= _LEAST_LIFT
    ]
    st.markdown(
        "**More often than all on the map**\n" + "\n".join(lines),
        help="Lift: the share among the chosen by the share among all; only differences that"
        f" chance does not make (95 %). {plain('; '.join(shares))}.",
    )


def _show_lines(found: Selection) -> None:
    table = [_row(line) for line in found.lines]
    blank = {head for head in table[0] if not any(row.get(head) for row in table)}
    st.dataframe(
        [{head: cell for head, cell in row.items() if head not in blank} for row in table],
        hide_index=True,
        height="content" if len(table) <= 7 else _TABLE_HEIGHT,
        column_config={
            "Name": st.column_config.TextColumn(width=210),
            "Price": st.column_config.NumberColumn(format="%.2f", width="small"),
            "Sales": st.column_config.NumberColumn(format="localized", width="small"),
            "Spent": st.column_config.NumberColumn(format="%.2f", width="small"),
        },
    )

    def content() -> bytes:
        note_selection(workspace(), found, actor=ACTOR)
        return selection_csv(found)

    total = len(found.item_ids) + len(found.shopper_ids)
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(found.lines) < total:
            st.caption(f"The {len(found.lines):,} with the highest sales.", width="content")
        st.download_button(
            "CSV",
            data=content,
            file_name="map-selection.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    row = {head: line.get(name) for name, head in _HEADS.items()}
    return row if row["Sales"] is None else {**row, "Sales": round(row["Sales"])}
