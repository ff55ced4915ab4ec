"""A rule in its form with the preview beside it, and what happens when two people change one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import state, state_rules
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.rule_form import edit_rule
from pages.ui.rule_preview import show_preview
from pages.ui.words import ago, count, plain
from recsys.errors import Conflict
from recsys.releases.live import LiveView
from recsys.rules.changes import rule_changes
from recsys.rules.rule import Rule, Target
from recsys.rules.saying import Names, rule_words, title_of
from recsys.rules.sets import SetLine
from recsys.workflows.rule_preview import where_to_look, with_rule, without_rule
from recsys.workflows.rules import BoardLine, RuleBoard, products_of, save_rule
from recsys.workspace import Workspace

_NEW = Rule(kind="boost", target=Target())


def edit_and_preview(
    workspace: Workspace,
    view: LiveView,
    board: RuleBoard,
    line: BoardLine | None,
    begin: Rule | None,
    *,
    sets: Sequence[SetLine],
    names: Names,
) -> None:
    """Show the form of a rule and beside it what it does to a shelf.

    Parameters
    ----------
    line
        The rule as the draft has it now; None for a new one.
    begin
        What a form that is opened anew is filled with.
    """
    revision = 0 if line is None else line.revision
    key, seen = state_rules.rule_form(state_rules.opened_rule(), revision)
    heading = st.container(horizontal=True, vertical_alignment="center")
    notice = st.container()
    form, beside = st.columns([1.15, 1], gap="large")
    with form:
        rule = edit_rule(view, begin or _NEW, sets, key)
    called = rule if rule.name or line is None else _by_what_it_says(rule, names)
    if line is not None and seen != line.revision:
        with notice:
            _told(line, called, names)
    with heading:
        st.subheader("New rule" if line is None else plain(title_of(line.rule)))
        st.space("stretch")
        st.button("Back without saving", type="tertiary", on_click=_close)
        save = st.button("Save to draft", type="primary", icon=":material/save:", key="save-rule")
    if save:
        with notice, in_place():
            _save(workspace, rule, seen, names)
    with beside:
        _matches(view, board, workspace, called)
        if rule.target != Target():
            if rule.starts or rule.ends or not rule.on:
                st.caption("The preview shows the rule as if it held now.")
            held = called.model_copy(update={"starts": "", "ends": "", "on": True})
            show_preview(
                view,
                without_rule(board.book, rule.id),
                with_rule(workspace, board.book, held),
                shelf=where_to_look(view, rule),
                anchors=rule.scope.anchor_items,
                key="rule-preview",
            )


def _by_what_it_says(rule: Rule, names: Names) -> Rule:
    """Name a rule as saving it will; the form itself stays without a name."""
    words = rule_words(rule.model_copy(update={"on": True}), names)
    return rule.model_copy(update={"name": words})


def _matches(view: LiveView, board: RuleBoard, workspace: Workspace, rule: Rule) -> None:
    """Say how many products a rule is about now."""
    st.markdown("**What it does** :gray[on one shelf, with the whole draft]")
    if rule.target == Target():
        st.info("Choose products first: what the rule does to a shelf will stand here.")
        return
    book = with_rule(workspace, board.book, rule)
    found = products_of(book, view, rule.target)
    if not len(found):
        st.warning("It matches no product of the live catalogue, so it would do nothing.")
        return
    some = ", ".join(view.release.names[int(row)] for row in found[:3])
    more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
    st.caption(f"Matches {count(len(found), 'product')} now: {plain(some)}{more}")


def _save(workspace: Workspace, rule: Rule, seen: int, names: Names) -> None:
    try:
        kept = save_rule(workspace, rule, revision=seen, actor=ACTOR, names=names)
    except Conflict:
        st.rerun()  # the notice says who changed it and what
    else:
        state_rules.open_rule("")
        state_rules.forget_form()
        state.tell(f"{plain(title_of(kept))} is in the draft.", icon=":material/check_circle:")
        st.rerun()


def _close() -> None:
    state_rules.open_rule("")
    state_rules.forget_form()


def _told(line: BoardLine, mine: Rule, names: Names) -> None:
    """Say who changed the rule meanwhile, and what; nothing of either is lost."""
    differs = rule_changes(line.rule, mine, names)
    st.warning(
        f"**{plain(line.actor)} changed this rule {ago(line.at)}, while you had it open.** Nothing"
        " was overwritten.",
        icon=":material/group:",
    )
    with st.grid(2, min_column_width=260):
        with st.container(border=True):
            st.markdown("**As it stands in the draft**")
            st.markdown(plain(rule_words(line.rule, names)))
            st.button(
                "Take theirs",
                help="Fills the form with the rule as it stands in the draft.",
                on_click=state_rules.go_on_from,
                args=(line.revision,),
                kwargs={"anew": True},
            )
        with st.container(border=True):
            st.markdown("**As you have it**")
            st.markdown(plain(rule_words(mine, names)))
            st.button(
                "Keep mine",
                help="Your form stays as it is; Save to draft then replaces theirs.",
                on_click=state_rules.go_on_from,
                args=(line.revision,),
                kwargs={"anew": False},
            )
    if differs:
        st.caption(f"From theirs to yours: {plain('; '.join(differs))}.")
    else:
        st.caption("Both say the same.")
