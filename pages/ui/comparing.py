"""Two models beside each other: one shopper, the shoppers where they differ, and a blind vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui import state
from pages.ui.cached import blind_anchors, differ_most, side_by_side
from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_WORDS, SCORE_WORDS
from pages.ui.jobs import ACTOR
from pages.ui.words import count, money, percent, plain, shorten
from recsys.errors import InputError
from recsys.evaluation.diff import Move
from recsys.types import PLACEMENTS, Placement
from recsys.workflows.comparing import Differing, Line, Side
from recsys.workflows.votes import Choice, Product, blind_pair, tally, vote, voted
from recsys.workspace import Workspace

_N = 10
_NAME, _REASON = 32, 46
Model = Mapping[str, Any]


def choose_two(models: Sequence[Model], names: Mapping[str, str]) -> tuple[Model, Model] | None:
    """Show the two pickers; return the models, or None while they are the same."""
    by_id = {model["id"]: model for model in sorted(models, key=_is_baseline)}
    ids = list(by_id)
    left, right = st.columns(2)
    with left:
        first = st.selectbox("First model", ids, format_func=lambda m: names[m], key="first-model")
    with right:
        second = st.selectbox(
            "Second model", ids, index=1, format_func=lambda m: names[m], key="second-model"
        )
    if first == second:
        st.info("These are the same model. Choose another one on one side.")
        return None
    return by_id[first], by_id[second]


def _is_baseline(model: Model) -> bool:
    return model["kind"] in {"popularity", "recent_popularity"}


def show_side_by_side(first: Model, second: Model, names: Mapping[str, str], currency: str) -> None:
    """Show the shoppers where two models differ most, and both lists of the chosen one."""
    where, lists = st.columns([1.1, 3], gap="medium")
    with where:
        chosen = _where_they_differ(first, second)
    with lists, in_place():
        user_id = state.shopper() or (chosen[0].user_id if chosen else "")
        typed = st.text_input(
            "Shopper", user_id, placeholder="Any shopper id", width=260, key=f"compare-{user_id}"
        )
        if not typed.strip():
            st.info("Type the id of a shopper to see both lists.")
            return
        found = side_by_side(first["id"], second["id"], typed.strip(), _N)
        st.markdown(f"**From the first list to the second: {found.diff.words()}**")
        moves = {move.item: move for move in found.diff.moves}
        for column, side, is_first in zip(
            st.columns(2), (found.first, found.second), (True, False), strict=True
        ):
            with column:
                _show_list(side, names[side.model_id], moves, currency, is_first=is_first)
        st.caption(
            "By the models alone, over the whole catalogue and without what the shopper has"
            " bought; stock and rules are left out."
        )


def _where_they_differ(first: Model, second: Model) -> list[Differing]:
    shared: list[Placement] = [
        one for one in PLACEMENTS if one in first["placements"] and one in second["placements"]
    ]
    st.markdown("**Where they differ most**")
    if not shared:
        st.caption("These two feed no shelf in common.")
        return []
    placement = st.selectbox(
        "Shelf", shared, format_func=lambda one: PLACEMENT_WORDS[one], key="differ-on"
    )
    try:
        found = differ_most(first["id"], second["id"], placement)
    except InputError as error:
        st.caption(f"{plain(error.message)} {plain(error.hint)}")
        return []
    if not found:
        st.caption("Nowhere: both give every tested shopper the same products.")
    with st.container(gap=None, height=560 if len(found) > 12 else "content"):
        for one in found:
            st.button(
                f"{plain(shorten(one.user_id, 20))} :gray[{percent(one.replaced)} differ]",
                key=f"differ-{one.user_id}",
                type="tertiary",
                wrap=False,
                help=f"{SCORE_WORDS[placement]} on what this shopper then bought: first model"
                f" {one.first:.3f}, second {one.second:.3f}. {percent(one.changed)} of the places"
                " hold another product. Click to see both lists.",
                on_click=state.choose_shopper,
                args=(one.user_id,),
            )
    return found


def _show_list(
    side: Side, name: str, moves: Mapping[str, Move[str]], currency: str, *, is_first: bool
) -> None:
    st.markdown(f"**{plain(name)}**")
    if side.note:
        st.info(plain(side.note))
    with st.container(border=True, gap="small"):
        for rank, line in enumerate(side.lines, 1):
            move = moves[line.item_id]
            st.markdown(
                f":gray[{rank}] **{plain(shorten(line.name, _NAME))}** {_badge(move, is_first)}"
                f"  \n:small[:gray[{_about(line, currency)}]]",
                help=f"{plain(line.name)}, product id {plain(line.item_id)}.  \n"
                f"{plain(line.reason)}.  \n{plain(move.why)}",
            )


def _badge(move: Move[str], is_first: bool) -> str:
    """Say in a badge what became of a product: on the second list, seen from the first."""
    if move.before is None or move.after is None:
        return ":violet-badge[only here]"
    steps = move.before - move.after if not is_first else move.after - move.before
    if steps == 0:
        return ":gray-badge[same place]"
    return f":gray-badge[{abs(steps)} {'higher' if steps > 0 else 'lower'}]"


def _about(line: Line, currency: str) -> str:
    price = plain(money(line.price, currency)) if line.price is not None else ""
    reason = plain(shorten(line.reason, _REASON))
    return " · ".join(part for part in (price, reason) if part)


def show_blind_vote(
    workspace: Workspace, first: Model, second: Model, names: Mapping[str, str], currency: str
) -> None:
    """Show two unnamed lists a product and take votes; at the end the count with the names."""
    with in_place():
        anchors = blind_anchors(first["id"], second["id"])
        mine = voted(workspace, first["id"], second["id"], actor=ACTOR)
        left = [one for one in anchors if one.product.item_id not in mine]
        if not anchors:
            st.info("These two models find the same products alike: there is nothing to vote on.")
            return
        if not left or state.stopped_voting(first["id"], second["id"]):
            _count(workspace, first, second, names)
            if left and st.button("Go on voting", icon=":material/how_to_vote:"):
                state.stop_voting(first["id"], second["id"], stop=False)
                st.rerun()
            return
        anchor = left[0]
        st.progress(len(mine) / len(anchors), text=f"Product {len(mine) + 1} of {len(anchors)}")
        st.markdown(
            f"A shopper looks at **{plain(anchor.product.name)}**"
            f"{_price(anchor.product, currency)}. Which list would you show beside it?"
        )
        a: Choice = "first" if anchor.first_is_left else "second"
        b: Choice = "second" if anchor.first_is_left else "first"
        lists = {"first": anchor.first, "second": anchor.second}
        for column, letter, side in zip(st.columns(2), "AB", (a, b), strict=True):
            with column, st.container(border=True):
                st.markdown(f"**List {letter}**")
                for place, product in enumerate(lists[side], 1):
                    st.markdown(
                        f":gray[{place}] {plain(shorten(product.name, _NAME))}"
                        f"{_price(product, currency)}"
                    )
        with st.container(horizontal=True):
            for label, choice in (
                ("A is better", a),
                ("No difference", "same"),
                ("B is better", b),
            ):
                st.button(
                    label,
                    key=f"vote-{label[0]}",
                    on_click=_vote,
                    args=(workspace, first["id"], second["id"], anchor.product.item_id, choice),
                )
            st.space("stretch")
            st.button(
                "Stop here",
                type="tertiary",
                on_click=state.stop_voting,
                args=(first["id"], second["id"]),
                help="Shows the count so far, with the names.",
            )


def _vote(
    workspace: Workspace, first_id: str, second_id: str, item_id: str, choice: Choice
) -> None:
    vote(workspace, first_id, second_id, item_id, choice, actor=ACTOR)


def _price(product: Product, currency: str) -> str:
    return "" if product.price is None else f" :gray[{plain(money(product.price, currency))}]"


def _count(workspace: Workspace, first: Model, second: Model, names: Mapping[str, str]) -> None:
    found = tally(workspace, first["id"], second["id"])
    called = [names[one] for one in blind_pair(first["id"], second["id"])]
    st.markdown(
        f"**{plain(found.verdict(*called))}**",
        help="Sign test: how often a fair coin would be at least as one-sided,"
        f" p = {found.chance:.3f}; products without a difference are left out.",
    )
    st.caption(f"{count(found.votes, 'vote')} of everybody on these two models.")
    if st.button("Go to Publish", type="primary", icon=":material/publish:"):
        st.switch_page("publish.py")
