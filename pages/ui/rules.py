"""The rules of the draft as a list, and what can be done with each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from pages.ui import state, state_rules
from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.jobs import ACTOR
from pages.ui.rule_form import KIND_ICONS, KIND_WORDS
from pages.ui.words import ago, count, moment, plain
from recsys.releases.live import LiveView
from recsys.rules.rule import RULE_KINDS, Rule, Scope, Target
from recsys.rules.saying import Names, rule_words, title_of
from recsys.rules.schedule import standing
from recsys.types import SHELVES
from recsys.workflows.rule_price import submit_rule_price
from recsys.workflows.rules import (
    BoardLine,
    RuleBoard,
    delete_rule,
    match_counts,
    restore_rule,
    save_rule,
)
from recsys.workspace import Workspace

ADVICE = (
    "Start with none: the models go by what shoppers do. A rule pays where you know what purchases"
    " do not tell yet: a launch, a season, a contract, a product that must not be seen."
)
_A_PAGE = 20
_STATES: dict[str, tuple[str, Literal["green", "orange", "blue", "gray"], str]] = {
    "live": ("Live", "green", "It is live as it stands here."),
    "changed": ("Changed", "orange", "It is live as it was; this change waits for Publish."),
    "new": ("New", "blue", "It is not live yet; it waits for Publish."),
    "off": ("Off", "gray", "It is switched off."),
    "waits": ("Waits", "gray", "Its start is still to come."),
    "ended": ("Ended", "gray", "Its end has passed; it holds no more."),
}


def changes_line(board: RuleBoard) -> None:
    """Say whether the draft differs from what is live, and offer the review."""
    if not board.differs:
        return
    st.markdown(
        ":orange[:material/edit_note:] The draft differs from what is live.", width="content"
    )
    if st.button("Review changes", icon=":material/rate_review:", key="to-review"):
        st.switch_page("review.py")


def show_none() -> None:
    """Say what rules are for where there are none, and offer the first one."""
    st.info(f"There are no rules. {ADVICE}", icon=":material/rule:")
    st.button(
        "New rule",
        type="primary",
        icon=":material/add:",
        on_click=state_rules.open_rule,
        args=("new",),
    )


def offer_undo(workspace: Workspace) -> None:
    """Offer to bring back the rule that was deleted last."""
    gone = state_rules.deleted_rule()
    if gone is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[Deleted in the draft:] {plain(gone[1])}")
        st.button("Undo", icon=":material/undo:", on_click=_undo, args=(workspace, gone[0]))


def _undo(workspace: Workspace, rule_id: int) -> None:
    restore_rule(workspace, rule_id, actor=ACTOR)
    state_rules.remember_deleted(None)


def show_rules(
    workspace: Workspace,
    view: LiveView,
    board: RuleBoard,
    names: Names,
    prices: Mapping[int, Mapping[str, Any]],
) -> None:
    """Show the filters and the rules that pass them, a page at a time.

    Parameters
    ----------
    prices
        Rule id -> its newest price tag.
    """
    lines = _filtered(board, names)
    pages = max(1, -(-len(lines) // _A_PAGE))
    total = count(len(board.lines), "rule")
    shown = total if len(lines) == len(board.lines) else f"{len(lines):,} of {total}"
    st.caption(shown if lines else f"None of {total} passes these filters.")
    number = st.pagination(pages, key=f"rules-page-{pages}") if pages > 1 else 1
    lines = lines[(number - 1) * _A_PAGE : number * _A_PAGE]
    matched = match_counts(board.book, view, [line.rule for line in lines])
    for line in lines:
        with st.container(border=True, gap="xsmall", key=f"rule-row-{line.rule.id}"):
            _row(workspace, board, line, names, matched[line.rule.id])
            if (price := prices.get(line.rule.id)) is not None:
                say_rule_price(price)


def _filtered(board: RuleBoard, names: Names) -> list[BoardLine]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Find a rule", key="rules-find", placeholder="Name or product", width=220
        )
        kind = st.selectbox(
            "Kind",
            RULE_KINDS,
            index=None,
            format_func=lambda one: KIND_WORDS[one],
            placeholder="All",
            key="rules-kind",
            width=150,
        )
        shelf = st.selectbox(
            "Placement",
            SHELVES,
            index=None,
            format_func=lambda one: PLACEMENT_WORDS[one],
            placeholder="All",
            key="rules-shelf",
            width=150,
        )
        standing_is = st.selectbox(
            "State",
            list(_STATES),
            index=None,
            format_func=lambda one: _STATES[one][0],
            placeholder="All",
            key="rules-state",
            width=130,
        )
        st.space("stretch")
        st.button(
            "New rule",
            icon=":material/add:",
            type="primary",
            on_click=state_rules.open_rule,
            args=("new",),
        )
    wanted = text.strip().casefold()
    return [
        line
        for line in board.lines
        if (not kind or line.rule.kind == kind)
        and (not shelf or not line.rule.scope.placements or shelf in line.rule.scope.placements)
        and (not standing_is or standing_is in state_of(board, line))
        and (not wanted or wanted in f"{line.rule.name} {rule_words(line.rule, names)}".casefold())
    ]


def state_of(board: RuleBoard, line: BoardLine) -> list[str]:
    """Return how a rule stands: against what is live, and whether it holds now."""
    now = standing(line.rule, now=time.time(), time_zone=board.book.time_zone)
    return [line.state] if now == "on" else [line.state, now]


def _row(
    workspace: Workspace, board: RuleBoard, line: BoardLine, names: Names, matched: int
) -> None:
    rule, words = line.rule, rule_words(line.rule, names)
    about, facts, act = st.columns([5, 2.2, 1.8], vertical_alignment="center")
    with about, st.container(gap=None):
        title = plain(title_of(rule))
        st.markdown(f"{KIND_ICONS[rule.kind]} **{title}**")
        if words != rule.name:
            st.caption(plain(words))
    with facts, st.container(horizontal=True, gap="xsmall"):
        if matched:
            st.badge(count(matched, "product"), color="gray", help="What it matches now.")
        else:
            st.badge(
                "Matches nothing",
                color="red",
                help="No product of the live catalogue fits it, so it does nothing.",
            )
        for one in state_of(board, line):
            label, colour, help = _STATES[one]
            st.badge(label, color=colour, help=help)
        if rule.priority != 50:
            st.badge(f"Priority {rule.priority}", color="gray")
    with act, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        st.button(
            "Edit",
            key=f"edit-{rule.id}",
            type="tertiary",
            on_click=state_rules.open_rule,
            args=(str(rule.id),),
            help=f"Changed {ago(line.at)} by {plain(line.actor)}, {moment(line.at)}",
        )
        chosen = st.menu_button(
            "More",
            ["Copy", "Switch off" if rule.on else "Switch on", "Delete", "What does it cost?"],
            key=f"more-{rule.id}",
            type="tertiary",
        )
    seen = state.seen(f"rule-{rule.id}", line.revision)
    if chosen:
        with in_place():
            _act(workspace, line, chosen, seen, names)
            st.rerun()


def _act(workspace: Workspace, line: BoardLine, chosen: str, seen: int, names: Names) -> None:
    rule = line.rule
    if chosen == "Copy":
        state_rules.open_rule(f"copy-{rule.id}")
    elif chosen == "Delete":
        # The one that was on the screen: another one meanwhile is an error that says so.
        delete_rule(workspace, rule.id, revision=seen, actor=ACTOR)
        state_rules.remember_deleted((rule.id, title_of(rule)))
    elif chosen == "What does it cost?":
        submit_rule_price(workspace, rule.id, actor=ACTOR)
    else:
        turned = rule.model_copy(update={"on": chosen == "Switch on"})
        save_rule(workspace, turned, revision=line.revision, actor=ACTOR, names=names)


def say_rule_price(price: Mapping[str, Any], *, quiet: bool = True) -> None:
    """Say what a rule costs, a line a placement, with the caveat in the tooltip."""
    lines = [plain(words) for words in price["words"]]
    if price["outdated"]:
        lines.append(f":orange[{plain(price['outdated'])}]")
    if quiet:
        st.caption(":material/sell: " + "  \n".join(lines), help=plain(price["note"]))
    else:
        st.markdown("\n".join(f"- {line}" for line in lines))
        st.caption(plain(price["note"]))


def rule_named(board: RuleBoard, which: str) -> tuple[BoardLine | None, Rule | None]:
    """Return what an address opens: the line of the draft, and the rule the form begins with.

    Both are None for a rule that is not in the draft. "for-" and a segment's number begins a rule
    for that segment.
    """
    if which == "new":
        return None, None
    audience = which.removeprefix("for-")
    if audience != which and audience.isdecimal():
        return None, Rule(kind="boost", target=Target(), scope=Scope(segments=(int(audience),)))
    by_id = {str(line.rule.id): line for line in board.lines}
    line = by_id.get(which.removeprefix("copy-"))
    if line is None or not which.startswith("copy-"):
        return line, None if line is None else line.given
    return None, line.rule.model_copy(update={"id": 0, "name": ""})


def removed_lines(workspace: Workspace, board: RuleBoard) -> None:
    """Show the rules that are deleted in the draft, and offer to bring them back."""
    _bring_back(workspace, "Deleted in the draft, still live", board.removed)
    _bring_back(workspace, "Deleted and not live", board.gone)


def _bring_back(workspace: Workspace, heading: str, rules: Sequence[Rule]) -> None:
    if not rules:
        return
    with st.expander(f"{heading}: {count(len(rules), 'rule')}"):
        for rule in rules[:_A_PAGE]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(title_of(rule)))
                st.button(
                    "Bring back",
                    key=f"restore-{rule.id}",
                    type="tertiary",
                    on_click=_undo,
                    args=(workspace, rule.id),
                )
