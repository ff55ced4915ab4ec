"""The form of a segment by rule: all that is given has to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from pages.ui.choosing_products import choose_products
from pages.ui.choosing_values import Sets, named_sets_of, number, several, whole
from pages.ui.words import plain
from recsys.releases.live import LiveView
from recsys.segments.about_shoppers import shopper_columns, traits
from recsys.segments.definition import STAGES, Conditions
from recsys.shelves.facts import facts_of

_LISTED = 2_000  # values of a column; others are typed
_RFM_HELP = (
    "RFM: shoppers in five equal parts by how lately, how often and for how much they bought;"
    " 5 is the best part."
)


def edit_conditions(
    view: LiveView, now: Conditions | None, sets: Sets, key: str, *, stages_help: str
) -> Conditions:
    """Show the form and return what is filled in.

    Parameters
    ----------
    sets
        The segments that can be named.
    key
        What the widgets are called: another one for another segment or revision.
    stages_help
        What the stages mean, in words.
    """
    was = now or Conditions()
    has = view.release.manifest["has"]
    given: dict[str, Any] = {}
    if view.release.dated:
        stages: Any = st.pills(
            "Stage",
            STAGES,
            default=list(was.stages),
            selection_mode="multi",
            wrap=True,
            format_func=str.capitalize,
            key=f"{key}-stages",
            help=stages_help,
        )
        given["stages"] = tuple(stages)
    given |= _how_much(view, was, key, priced=bool(has["price"]))
    given |= _what(view, was, key)
    with st.expander("Scores, attributes and other segments", expanded=_is_special(was)):
        given |= _scores(was, key) if view.release.dated else {}
        given["attributes"] = _attributes(view, was.attributes, key)
        given["segments"] = named_sets_of(
            "Members of", sets, "segment", was.segments, f"{key}-segments"
        )
    return Conditions(**given)


def _is_special(was: Conditions) -> bool:
    scores = (was.recency_min, was.frequency_min, was.monetary_min)
    return bool(was.attributes or was.segments) or any(one is not None for one in scores)


def _how_much(view: LiveView, was: Conditions, key: str, *, priced: bool) -> dict[str, Any]:
    given: dict[str, Any] = {}
    with st.grid(2, min_column_width=120, gap="small"):
        given["orders_min"] = whole("Orders from", was.orders_min, f"{key}-orders-low")
        given["orders_max"] = whole("Orders up to", was.orders_max, f"{key}-orders-high")
        if view.release.dated:
            about = "Days since the last purchase, counted from the newest one of the shop."
            given["days_since_min"] = whole(
                "Silent for days, from", was.days_since_min, f"{key}-silent-low", help=about
            )
            given["days_since_max"] = whole(
                "Silent for days, up to", was.days_since_max, f"{key}-silent-high", help=about
            )
        if priced:
            given["spend_min"] = number("Spent from", was.spend_min, f"{key}-spent-low")
            given["spend_max"] = number("Spent up to", was.spend_max, f"{key}-spent-high")
    if priced:
        share = st.number_input(
            "Of all, the top spenders in %",
            0.1,
            100.0,
            value=None if was.top_spenders is None else round(100 * was.top_spenders, 3),
            format="%g",
            key=f"{key}-top",
            placeholder="Any",
            help="5: the twentieth of the shoppers who spent most.",
        )
        given["top_spenders"] = None if share is None else share / 100
    return given


def _what(view: LiveView, was: Conditions, key: str) -> dict[str, Any]:
    st.markdown("**Bought** :gray[one of these]")
    given: dict[str, Any] = {"items": choose_products(view, "Products", was.items, f"{key}-items")}
    with st.grid(2, min_column_width=160, gap="small"):
        given["categories"] = several(
            "Categories", view.release.categories, was.categories, f"{key}-categories"
        )
        given["brands"] = several(
            "Brands", sorted(facts_of(view).brand.values), was.brands, f"{key}-brands"
        )
        if view.release.dated:
            given["bought_from"] = ask_day("On or after", was.bought_from, f"{key}-from")
            given["bought_until"] = ask_day("On or before", was.bought_until, f"{key}-until")
    return given


def ask_day(label: str, was: str, key: str, *, help: str | None = None) -> str:
    """Ask for a day; empty for any."""
    try:
        before = date.fromisoformat(was) if was else None
    except ValueError:
        before = None
    # Streamlit offers ten years around the present day; purchases may be older.
    found = st.date_input(
        label, before, min_value=date(1990, 1, 1), max_value=date(2100, 1, 1), key=key, help=help
    )
    return found.isoformat() if isinstance(found, date) else ""


def _scores(was: Conditions, key: str) -> dict[str, Any]:
    names = {"recency_min": "Lately", "frequency_min": "Often", "monetary_min": "For much"}
    given: dict[str, Any] = {}
    with st.grid(3, min_column_width=100, gap="small"):
        for name, label in names.items():
            given[name] = st.selectbox(
                f"{label}, from",
                range(1, 6),
                index=None if getattr(was, name) is None else getattr(was, name) - 1,
                placeholder="Any",
                key=f"{key}-{name}",
                help=_RFM_HELP,
            )
    return given


def _attributes(
    view: LiveView, chosen: Mapping[str, tuple[str, ...]], key: str
) -> dict[str, tuple[str, ...]]:
    known = shopper_columns(view.release)
    columns = sorted({*traits(view.release), *chosen})
    if not columns:
        return {}
    picked: Sequence[str] = st.multiselect(
        "Attributes of shoppers",
        columns,
        default=list(chosen),
        key=f"{key}-columns",
        placeholder="None",
    )
    found: dict[str, tuple[str, ...]] = {}
    for name in picked:
        column = known.column(name)
        values = sorted(column.values) if column and len(column.values) <= _LISTED else []
        now = chosen.get(name, ())
        found[name] = tuple(
            st.multiselect(
                plain(name),
                list(dict.fromkeys((*values, *now))),
                default=list(now),
                key=f"{key}-column-{name}",
                accept_new_options=True,
                placeholder="Choose values",
            )
        )
    return {column: some for column, some in found.items() if some}
