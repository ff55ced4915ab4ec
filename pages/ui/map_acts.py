"""What can be done with a part of the map: a collection, pins, a segment."""

from __future__ import annotations

import streamlit as st

from pages.ui import state, state_map, state_segments
from pages.ui.drafts import show_draft
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.words import count, plain
from recsys.releases.live import LiveView
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.saying import SHELF_WORDS
from recsys.segments.definition import MOST_WANTED, Definition, Wanted
from recsys.types import SHELVES, ShelfName
from recsys.workflows.maps import Selection
from recsys.workflows.named_sets import MOST_MEMBERS, save_named_set
from recsys.workflows.rules import names_of, save_rule

_MOST_PINS = 10


def offer_product_acts(view: LiveView, found: Selection) -> None:
    """Offer what can be done with chosen products."""
    with st.container(horizontal=True, gap="small"):
        _collection(found.item_ids)
        _pin(view, found.item_ids)
        if st.button(
            "Shoppers who want these", icon=":material/group_add:", help=_wanted_help(found)
        ):
            wanted = Wanted(items=tuple(found.item_ids[:MOST_WANTED]))
            state_segments.begin(Definition(kind="affinity", wanted=wanted))
            st.switch_page("segments.py")


def offer_shopper_acts(found: Selection) -> None:
    """Offer what can be done with chosen shoppers."""
    if st.button(
        "Save as segment",
        icon=":material/group_add:",
        help="Opens a new segment with these shoppers, to be looked at and named.",
    ):
        state_segments.begin(Definition(kind="list", ids=tuple(found.shopper_ids)))
        st.switch_page("segments.py")


def _collection(item_ids: list[str]) -> None:
    number = state.sent("map-collection")
    too_many = len(item_ids) > MOST_MEMBERS
    with (
        st.popover(
            "Save as collection",
            icon=":material/collections_bookmark:",
            disabled=too_many,
            help=f"A collection has at most {MOST_MEMBERS:,} products." if too_many else None,
            key=f"map-collection-{number}",
        ),
        st.form("map-collection", border=False),
    ):
        name = st.text_input("Name", max_chars=120, key=f"map-collection-name-{number}")
        st.caption(f"{count(len(item_ids), 'product')}, for rules and copy.")
        if st.form_submit_button("Save", type="primary"):
            with in_place():
                made = save_named_set(workspace(), "collection", name or "", item_ids, actor=ACTOR)
                state.sent("map-collection", more=1)
                state_map.tell(
                    f"Collection {plain(made.name)} has"
                    f" {count(len(made.members), 'product')}. A rule can use it now."
                )
                st.rerun()


def _pin(view: LiveView, item_ids: list[str]) -> None:
    number = state.sent("map-pin")
    some = item_ids[:_MOST_PINS]
    with (
        st.popover("Pin to a slot", icon=":material/keep:", key=f"map-pin-{number}"),
        st.form("map-pin", border=False),
    ):
        shelf: ShelfName = st.selectbox(
            "Placement", SHELVES, format_func=lambda one: SHELF_WORDS[one]
        )
        slot = st.number_input("Slot", 1, 50, 1)
        if len(some) < len(item_ids):
            st.caption(f"The {_MOST_PINS} with the highest sales, one slot after the other.")
        if st.form_submit_button("Put into the draft", type="primary"):
            with in_place():
                rule = Rule(
                    kind="pin",
                    target=Target(items=tuple(some)),
                    scope=Scope(placements=(shelf,)),
                    slot=int(slot),
                )
                kept = save_rule(workspace(), rule, actor=ACTOR, names=names_of(workspace(), view))
                state.sent("map-pin", more=1)
                show_draft(None)
                state_map.tell(f"{plain(kept.name)} is in the draft. Review publishes it.")
                st.rerun()


def _wanted_help(found: Selection) -> str:
    words = "Opens a new segment of the shoppers who are likeliest to want any of them."
    if len(found.item_ids) > MOST_WANTED:
        words += f" It goes by the {MOST_WANTED} with the highest sales."
    return words
