"""What the members of a segment have in common, and some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.segment_charts import lift_bars, times_words
from pages.ui.words import day, percent
from recsys.lifts import Lift
from recsys.releases.live import LiveView
from recsys.workflows.segments import TOP_WORDS, Counts, Preview, TopProduct

_A_KIND, _RARER, _BARS = 3, 1, 14
_FIRST = 10


def show_shared(shared: Mapping[str, Sequence[Lift]], key: str) -> None:
    """Show what the members have more and less often than all shoppers, and a table of it."""
    rows = _telling(shared)
    if not rows:
        st.caption("Nothing sets them apart from all shoppers by more than chance.")
    else:
        st.plotly_chart(
            lift_bars([(_label(kind, lift.value), lift) for kind, lift in rows]),
            config={"displayModeBar": False},
            key=f"{key}-lifts",
        )
        st.caption("Right of 1: more often than all shoppers. Thin lines: 95 % interval.")
    every = [(kind, lift) for kind, lifts in shared.items() for lift in lifts]
    if every:
        with st.expander("All of it as a table", icon=":material/table:"):
            _table(every)


def _label(kind: str, value: str) -> str:
    """Name a bar so that it can be read alone."""
    said = {
        "orders": value,
        "recency": f"Last bought {value} ago",
        "price": f"Pays {value} a piece",
        "stage": f"{value.capitalize()} (stage)",
    }
    return said.get(kind, f"{value} ({kind.replace('_', ' ')})")


def left_out(counts: Counts) -> list[tuple[str, int]]:
    """Return why shoppers were left out, and how many; that a size is a size goes unsaid."""
    return [(why, n) for why, n in counts.removed.items() if not why.startswith("beyond")]


def _telling(shared: Mapping[str, Sequence[Lift]]) -> list[tuple[str, Lift]]:
    """Return what tells the most: of each kind some that are surely more or less frequent."""
    found: list[tuple[str, Lift]] = []
    for kind, lifts in shared.items():
        more = [one for one in lifts if one.sure and one.lift > 1][:_A_KIND]
        less = [one for one in lifts if one.sure and one.lift < 1][-_RARER:]
        found += [(kind, one) for one in (*more, *less)]
    return found[:_BARS]


def _table(every: Sequence[tuple[str, Lift]]) -> None:
    st.dataframe(
        [
            {
                "What": kind.replace("_", " ").capitalize(),
                "Value": lift.value,
                "Members": lift.count,
                "Of members": percent(lift.share),
                "Of all shoppers": percent(lift.everyone),
                "Against all": times_words(lift.lift),
                "Sure": "yes" if lift.sure else "may be chance",
            }
            for kind, lift in every
        ],
        hide_index=True,
        height="content" if len(every) <= 10 else 360,
        column_config={
            "Against all": st.column_config.TextColumn(
                help="Lift: the share of members that has it, divided by that of all shoppers."
            ),
            "Sure": st.column_config.TextColumn(
                help="Whether the 95 % interval of members against the others leaves out 1."
            ),
        },
    )


def show_top(top: Sequence[TopProduct]) -> None:
    """Show the products that members buy more than others."""
    if not top:
        st.caption("They bought nothing that can be named.")
        return
    st.dataframe(
        [
            {
                "Product": one.name,
                "Product id": one.item_id,
                "Bought by": one.lift.count,
                "Of members": percent(one.lift.share),
                "Against all": times_words(one.lift.lift),
            }
            for one in top
        ],
        hide_index=True,
        height="content",
        column_config={
            "Bought by": st.column_config.NumberColumn(format="localized", width="small"),
        },
    )
    st.caption(TOP_WORDS)


def show_first(view: LiveView, found: Preview) -> None:
    """Show the first members, the best of a ranking first."""
    ids = [view.release.user_ids.id(int(row)) for row in found.picked.rows[:_FIRST]]
    show_lines(view, ids, 1)
    if len(found.picked.rows) > _FIRST:
        st.caption(f"The first {_FIRST} of {len(found.picked.rows):,}.")


def show_lines(view: LiveView, ids: Sequence[str], start: int) -> None:
    """Show some shoppers, one a line, with what the shop knows of them.

    Parameters
    ----------
    start
        The rank of the first of them.
    """
    release = view.release
    rows = [release.user_ids.row(one) for one in ids]
    names = release.shoppers.column("name") if "name" in release.shoppers.column_names else None
    people = release.people
    lines: list[dict[str, Any]] = []
    for rank, (user_id, row) in enumerate(zip(ids, rows, strict=True), start):
        line: dict[str, Any] = {"Rank": rank, "Shopper id": user_id, "Name": ""}
        line |= {"Orders": None, "Spent": None, "Last purchase": "", "Live": "not known"}
        if row is not None:
            line["Live"] = "yes"
            line["Name"] = "" if names is None else str(names.slice(row, 1).to_pylist()[0] or "")
        if row is not None and people is not None:
            line["Orders"] = int(people.orders[row])
            line["Spent"] = None if people.spend is None else float(people.spend[row])
            if people.last is not None and people.last[row]:
                line["Last purchase"] = day(float(people.last[row]))
        lines.append(line)
    blank = {name for name in lines[0] if all(one[name] in ("", None) for one in lines)}
    if all(row is not None for row in rows):
        blank.add("Live")  # which says something only where one is not
    unit = f"Spent, {release.currency}" if release.currency else "Spent"
    st.dataframe(
        [{name: cell for name, cell in line.items() if name not in blank} for line in lines],
        hide_index=True,
        height="content" if len(lines) <= 10 else 420,
        column_config={
            "Rank": st.column_config.NumberColumn(format="localized", width="small"),
            "Spent": st.column_config.NumberColumn(unit, format="%.2f", width="small"),
            "Orders": st.column_config.NumberColumn(format="localized", width="small"),
        },
    )
