"""Who belongs to a segment: the five ways to say so, each with its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.ui import state_segments
from pages.ui.choosing_products import choose_products
from pages.ui.choosing_values import Sets, several
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.segment_cached import map_of_shoppers
from pages.ui.segment_conditions import ask_day, edit_conditions
from pages.ui.segment_ids import ask_ids
from pages.ui.state_segments import Draft
from pages.ui.words import count, plain, shorten
from recsys.releases.live import LiveView
from recsys.segments.definition import (
    MOST_SEEDS,
    MOST_WANTED,
    Conditions,
    Definition,
    Seeds,
    Wanted,
)
from recsys.shelves.facts import facts_of
from recsys.workflows.jobs import active_jobs
from recsys.workflows.maps import submit_map
from recsys.workflows.named_sets import MOST_MEMBERS

KIND_WORDS = {
    "list": "A list",
    "rule": "By rule",
    "lookalikes": "Shoppers like these",
    "affinity": "Who wants a product",
    "taste": "A taste group",
}
KIND_ICONS = {
    "list": ":material/list:",
    "rule": ":material/filter_alt:",
    "lookalikes": ":material/group_add:",
    "affinity": ":material/favorite:",
    "taste": ":material/scatter_plot:",
}
_KIND_HELP = (
    "**A list**: ids you upload or paste.  \n**By rule**: all for whom something holds, such as"
    " a stage, spend or what they bought.  \n**Shoppers like these** (lookalikes): the most like"
    " some you name.  \n**Who wants a product**: the likeliest to want some products, a category"
    " or a brand.  \n**A taste group**: a group of the map of shoppers."
)
_SEED_WAYS = {
    "ids": "A list",
    "conditions": "By rule",
    "buyers_of": "Buyers",
    "one": "One shopper",
}
_DAY_HELP = (
    "The day before which nobody knew who they would be, such as the start of a campaign. How"
    " alike shoppers are, and the proof, then go by purchases before that day only."
)
_BOUGHT = {"not_yet": "Not bought yet", "due": "Due to buy again", "any": "Whether or not"}
_MOST_GROUPS = 40


def ask_kind(draft: Draft) -> None:
    """Show the ways to say who belongs to it."""
    key = f"{draft.form_key}-kind"
    st.segmented_control(
        "Who",
        list(KIND_WORDS),
        default=draft.now.kind,
        format_func=lambda one: KIND_WORDS[one],
        required=True,
        wrap=True,
        key=key,
        help=_KIND_HELP,
        on_change=lambda: state_segments.choose_kind(state_segments.widget(key)),
    )


def ask_who(view: LiveView, draft: Draft, sets: Sets, stages_help: str) -> Definition:
    """Show the form of the chosen kind; return the definition with what is filled in."""
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "list": lambda: _ask_list(view, draft),
        "rule": lambda: {
            "conditions": edit_conditions(
                view, draft.initial.conditions, sets, f"{draft.key}-rule", stages_help=stages_help
            )
        },
        "lookalikes": lambda: _ask_seeds(view, draft, sets, stages_help),
        "affinity": lambda: {"wanted": _ask_wanted(view, draft)},
        "taste": lambda: _ask_taste(view, draft),
    }
    return draft.now.model_copy(update=ways[draft.now.kind]())


def _ask_list(view: LiveView, draft: Draft) -> dict[str, Any]:
    sent = ask_ids(view, draft.now.ids, f"{draft.form_key}-ids", most=MOST_MEMBERS)
    if sent is not None:
        state_segments.change(draft.now.model_copy(update={"ids": sent}))
        st.rerun()
    return {}


def _ask_seeds(view: LiveView, draft: Draft, sets: Sets, stages_help: str) -> dict[str, Any]:
    was = draft.initial.seeds or Seeds()
    way = st.pills(
        "Like whom",
        list(_SEED_WAYS),
        default=_way_of(was),
        format_func=lambda one: _SEED_WAYS[one],
        required=True,
        wrap=True,
        key=f"{draft.key}-seeds",
        help="The seeds: shoppers you know to be the right ones, best some hundreds.",
    )
    now = draft.now.seeds or Seeds()
    given: dict[str, Any] = {}
    if way == "ids":
        sent = ask_ids(view, now.ids, f"{draft.form_key}-seed-ids", most=MOST_SEEDS)
        if sent is not None:
            seeds = Seeds(ids=sent, happened_on=now.happened_on)
            state_segments.change(draft.now.model_copy(update={"seeds": seeds}))
            st.rerun()
        given["ids"] = now.ids
    elif way == "conditions":
        given["conditions"] = edit_conditions(
            view, was.conditions, sets, f"{draft.key}-seed-rule", stages_help=stages_help
        )
    elif way == "buyers_of":
        given["buyers_of"] = choose_products(
            view, "Products", was.buyers_of, f"{draft.key}-buyers"
        )[:MOST_WANTED]
    else:
        given["ids"] = _ask_one(view, was, draft.key)
    if view.release.dated:
        given["happened_on"] = ask_day(
            "The day it happened", was.happened_on, f"{draft.key}-day", help=_DAY_HELP
        )
    with_seeds = st.checkbox(
        "The seeds belong to it, too", draft.initial.with_seeds, key=f"{draft.key}-with-seeds"
    )
    return {"seeds": Seeds(**given), "with_seeds": with_seeds}


def _way_of(seeds: Seeds) -> str:
    if seeds.conditions is not None:
        return "conditions"
    if seeds.buyers_of:
        return "buyers_of"
    return "one" if len(seeds.ids) == 1 else "ids"


def _ask_one(view: LiveView, was: Seeds, key: str) -> tuple[str, ...]:
    one = st.text_input(
        "Shopper id", was.ids[0] if len(was.ids) == 1 else "", key=f"{key}-one"
    ).strip()
    if one and one not in view.release.user_ids:
        st.warning(f"The shop knows no shopper {plain(shorten(one, 40))}.")
    return (one,) if one else ()


def _ask_wanted(view: LiveView, draft: Draft) -> Wanted:
    was = draft.initial.wanted or Wanted()
    key = draft.key
    items = choose_products(view, "Products", was.items, f"{key}-wanted")
    if len(items) > MOST_WANTED:
        st.warning(f"The first {MOST_WANTED} of the products count; that is the most.")
    with st.grid(2, min_column_width=160, gap="small"):
        categories = several(
            "Categories", view.release.categories, was.categories, f"{key}-wanted-categories"
        )
        brands = several(
            "Brands", sorted(facts_of(view).brand.values), was.brands, f"{key}-wanted-brands"
        )
    bought: Any = st.segmented_control(
        "Who has bought of it",
        list(_BOUGHT),
        default=was.bought,
        format_func=lambda one: _BOUGHT[one],
        required=True,
        wrap=True,
        key=f"{key}-bought",
        help="Due: by a shopper's own rhythm of buying the same product again.",
    )
    return Wanted(items=items[:MOST_WANTED], categories=categories, brands=brands, bought=bought)


def _ask_taste(view: LiveView, draft: Draft) -> dict[str, Any]:
    picture = map_of_shoppers(view)
    if picture is None or not picture.id:
        _offer_map()
        return {}
    groups: Sequence[int] = range(min(len(picture.groups), _MOST_GROUPS))
    if not groups:
        st.info("The map of shoppers has no groups: there are too few shoppers.")
        return {}
    was = draft.initial.taste
    known = was is not None and was[0] == picture.id and was[1] in groups
    if was is not None and was[0] != picture.id:
        st.caption("The group was one of an earlier map. Choose one of the map as it is now.")
    chosen = st.radio(
        "Group",
        groups,
        index=was[1] if known and was is not None else None,
        format_func=lambda one: (
            f"{plain(shorten(picture.groups[one].name, 60))}"
            f" :gray[{count(picture.groups[one].size, 'shopper')}]"
        ),
        key=f"{draft.key}-group-{picture.id}",
        help="Groups of the shoppers' vectors (k-means), named by what they buy more than others.",
    )
    return {"taste": None if chosen is None else (picture.id, chosen)}


def _offer_map() -> None:
    if any(job.kind == "map" for job in active_jobs(workspace())):
        st.info("The map of shoppers is being drawn; its progress is at the left.")
        return
    st.info("Taste groups are groups of the map of shoppers, and there is none of what is live.")
    if st.button("Draw the map of shoppers", icon=":material/scatter_plot:"):
        with in_place():
            submit_map(workspace(), of="shoppers", actor=ACTOR)
            st.rerun()


def asked(definition: Definition) -> Definition:
    """Return a definition without what was filled in for other kinds than its own."""
    of_kind = {
        "list": "ids",
        "rule": "conditions",
        "lookalikes": "seeds",
        "affinity": "wanted",
        "taste": "taste",
    }
    mine = of_kind[definition.kind]
    others: dict[str, Any] = {
        name: () if name == "ids" else None for name in of_kind.values() if name != mine
    }
    if definition.kind != "lookalikes":
        others |= {"with_seeds": False, "scorer": ""}
    return definition.model_copy(update=others)


def missing(definition: Definition) -> str:
    """Say what has to be chosen before there is anything to show; empty where nothing has."""
    if definition.kind == "list":
        return "" if definition.ids else "Upload or paste a list of shoppers."
    if definition.kind == "rule":
        given = definition.conditions not in (None, Conditions())
        return "" if given else "Choose what has to hold for the shoppers of the segment."
    if definition.kind == "lookalikes":
        return _missing_seeds(definition.seeds or Seeds())
    if definition.kind == "affinity":
        wanted = definition.wanted or Wanted()
        given = wanted.items or wanted.categories or wanted.brands
        return "" if given else "Choose products, categories or brands."
    return "" if definition.taste is not None else "Choose a group."


def _missing_seeds(seeds: Seeds) -> str:
    if seeds.ids or seeds.buyers_of or seeds.conditions not in (None, Conditions()):
        return ""
    return "Say whom they should be like: a list, a rule, a product's buyers or one shopper."
