"""The form of a rule: what it does, to which products, where, for whom and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from pages.ui.choosing_products import choose_products
from pages.ui.choosing_values import Sets, named_sets_of, number, several, whole
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.words import plain
from recsys.releases.live import LiveView
from recsys.rules.rule import RULE_KINDS, STRENGTHS, Rule, Scope, Target
from recsys.shelves.facts import Facts, facts_of
from recsys.types import SHELVES

KIND_WORDS = {
    "pin": "Pin",
    "boost": "Boost",
    "bury": "Bury",
    "hide": "Hide",
    "only": "Include only",
}
KIND_ICONS = {
    "pin": ":material/push_pin:",
    "boost": ":material/arrow_upward:",
    "bury": ":material/arrow_downward:",
    "hide": ":material/visibility_off:",
    "only": ":material/filter_alt:",
}
_KIND_HELP = (
    "**Pin**: a product stands in a slot, as long as it is in stock.  \n**Boost** and **bury**:"
    " products move up or down; what shoppers like still counts.  \n**Hide**: products are never"
    " shown.  \n**Include only**: nothing else is shown."
)
_STRENGTH_HELP = (
    "How far products move: the scores of the candidates are put on one scale (mean 0, standard"
    " deviation 1), then light adds 0.5, medium 1 and strong 2; bury takes as much away."
)
_LISTED = 2_000  # values of a column; others are typed


def edit_rule(view: LiveView, rule: Rule, sets: Sets, key: str) -> Rule:
    """Show the form of a rule and return what is filled in.

    Parameters
    ----------
    sets
        The collections and segments that can be named.
    key
        What the widgets are called: another one for another rule or revision.
    """
    with st.container(gap="small"):
        kind: Any = st.segmented_control(
            "What it does",
            RULE_KINDS,
            default=rule.kind,
            format_func=lambda one: f"{KIND_ICONS[one]} {KIND_WORDS[one]}",
            required=True,
            key=f"{key}-kind",
            help=_KIND_HELP,
        )
        how = _how(kind, rule, key)
        with st.container(border=True):
            target = _target(view, rule.target, sets, key)
        with st.container(border=True):
            scope = _scope(view, rule.scope, sets, key)
        with st.container(border=True):
            when = _when(rule, key)
        name = st.text_input(
            "Name",
            rule.name,
            max_chars=120,
            placeholder="Named by what it does",
            key=f"{key}-name",
        )
    return Rule(id=rule.id, name=name.strip(), kind=kind, target=target, scope=scope, **how, **when)


def _how(kind: str, rule: Rule, key: str) -> dict[str, Any]:
    if kind == "pin":
        slot = st.number_input(
            "Slot",
            1,
            50,
            rule.slot,
            key=f"{key}-slot",
            width=140,
            help="Its place on the shelf, from 1. A slot beyond the end of a shelf is not shown.",
        )
        return {"slot": int(slot), "strength": rule.strength}
    if kind in {"boost", "bury"}:
        strength: Any = st.segmented_control(
            "Strength",
            STRENGTHS,
            default=rule.strength,
            format_func=str.capitalize,
            required=True,
            key=f"{key}-strength",
            help=_STRENGTH_HELP,
        )
        return {"strength": strength, "slot": rule.slot}
    return {"slot": rule.slot, "strength": rule.strength}


def _target(view: LiveView, target: Target, sets: Sets, key: str) -> Target:
    st.markdown("**Which products** :gray[all that is given here has to hold]")
    items = choose_products(view, "Products", target.items, f"{key}-items")
    has = view.release.manifest["has"]
    given: dict[str, Any] = {"items": items}
    with st.grid(2, min_column_width=200, gap="small"):
        given["categories"] = several(
            "Categories", view.release.categories, target.categories, f"{key}-categories"
        )
        given["brands"] = several(
            "Brands", sorted(facts_of(view).brand.values), target.brands, f"{key}-brands"
        )
        given["collections"] = named_sets_of(
            "Collections", sets, "collection", target.collections, f"{key}-collections"
        )
    if has["price"]:
        with st.grid(2, min_column_width=120, gap="small"):
            given["price_min"] = number("Price from", target.price_min, f"{key}-low")
            given["price_max"] = number("Price up to", target.price_max, f"{key}-high")
    with st.expander("Stock, newness and other columns", expanded=_is_special(target)):
        if has["stock"]:
            with st.grid(2, min_column_width=120, gap="small"):
                given["stock_min"] = whole("Stock from", target.stock_min, f"{key}-few")
                given["stock_max"] = whole("Stock up to", target.stock_max, f"{key}-many")
        if facts_of(view).launched.any() or target.newer_than_days is not None:
            given["newer_than_days"] = whole(
                "Launched at most so many days ago", target.newer_than_days, f"{key}-new", least=1
            )
        given["attributes"] = _attributes(view, target.attributes, key)
    return Target(**given)


def _is_special(target: Target) -> bool:
    numbers = (target.stock_min, target.stock_max, target.newer_than_days)
    return bool(target.attributes) or any(one is not None for one in numbers)


def _attributes(
    view: LiveView, chosen: Mapping[str, tuple[str, ...]], key: str
) -> dict[str, tuple[str, ...]]:
    facts = facts_of(view)
    columns = sorted({*facts.columns(), *chosen})
    if not columns:
        return {}
    picked = st.multiselect(
        "Other columns", columns, default=list(chosen), key=f"{key}-columns", placeholder="None"
    )
    return {
        column: tuple(
            st.multiselect(
                plain(column),
                _values(facts, column, chosen.get(column, ())),
                default=list(chosen.get(column, ())),
                key=f"{key}-column-{column}",
                accept_new_options=True,
            )
        )
        for column in picked
    }


def _values(facts: Facts, column: str, chosen: Sequence[str]) -> list[str]:
    """Return what can be chosen of a column: its values if they are few enough to be listed."""
    found = facts.column(column)
    values = sorted(found.values) if found is not None and len(found.values) <= _LISTED else []
    return list(dict.fromkeys((*values, *chosen)))


def _scope(view: LiveView, scope: Scope, sets: Sets, key: str) -> Scope:
    st.markdown("**Where and for whom** :gray[nothing chosen: everywhere, for everybody]")
    placements: Any = st.pills(
        "Placements",
        SHELVES,
        default=list(scope.placements),
        selection_mode="multi",
        format_func=lambda one: PLACEMENT_WORDS[one],
        key=f"{key}-placements",
    )
    segments = named_sets_of("Audience", sets, "segment", scope.segments, f"{key}-segments")
    if segments:
        st.caption("A rule reaches all members of a segment, its hold-out group, too.")
    anchored = bool(scope.anchor_items or scope.anchor_categories)
    with st.expander("Only beside certain products", expanded=anchored):
        st.caption("Similar: on the page of such a product. Also bought: with one in the cart.")
        items = choose_products(view, "Beside products", scope.anchor_items, f"{key}-anchors")
        categories = several(
            "Beside categories", view.release.categories, scope.anchor_categories, f"{key}-beside"
        )
    return Scope(
        placements=tuple(placements),
        anchor_items=items,
        anchor_categories=categories,
        segments=segments,
    )


def _when(rule: Rule, key: str) -> dict[str, Any]:
    st.markdown("**When**")
    with st.grid(2, min_column_width=200, gap="small"):
        starts = st.datetime_input(
            "Starts", _moment(rule.starts), key=f"{key}-starts", help="Empty: at once."
        )
        ends = st.datetime_input(
            "Ends",
            _moment(rule.ends),
            key=f"{key}-ends",
            help="Empty: never. The first moment at which the rule holds no more.",
        )
    if starts is not None and ends is not None and ends <= starts:
        st.warning("It would end before it starts. Change one of the two.")
    with st.grid(2, min_column_width=200, gap="small"):
        priority = st.number_input(
            "Priority",
            0,
            100,
            rule.priority,
            key=f"{key}-priority",
            help="Where two rules cannot both have their way, the higher one wins; then the older.",
        )
        on = st.toggle("Switched on", rule.on, key=f"{key}-on")
    return {
        "starts": "" if starts is None else starts.isoformat(timespec="minutes"),
        "ends": "" if ends is None else ends.isoformat(timespec="minutes"),
        "priority": int(priority),
        "on": on,
    }


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
