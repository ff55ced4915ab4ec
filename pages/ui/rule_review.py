"""What the draft would change, and the steps to make it live or to go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui import state, state_rules
from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.impact import show_numbers
from pages.ui.jobs import ACTOR
from pages.ui.rules import say_rule_price
from pages.ui.words import ago, count, moment, plain
from recsys.rules.changes import Change
from recsys.rules.conflicts import Conflict
from recsys.rules.published import RuleSet
from recsys.workflows.audit import audit_lines
from recsys.workflows.jobs import active_jobs
from recsys.workflows.rule_price import DRAFT, submit_rule_price
from recsys.workflows.rule_review import SHOPPERS, review_words, submit_review
from recsys.workflows.rules import (
    RuleBoard,
    changes_of,
    discard_changes,
    publish_rules,
    roll_back_rules,
)
from recsys.workspace import Workspace

_MOST = 30
_ICONS = {
    "added": ":material/add:",
    "removed": ":material/delete:",
    "changed": ":material/edit:",
    "settings": ":material/tune:",
    "set": ":material/group:",
}
Report = Mapping[str, Any]


def show_changes(changes: Sequence[Change]) -> None:
    """Say every change of the draft in a sentence; a rule's leads to its form."""
    with st.container(border=True, gap="xsmall"):
        for number, change in enumerate(changes[:_MOST]):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"{_ICONS[change.kind]} {plain(change.words)}", width="stretch")
                opens = change.rule_id and change.kind != "removed"
                if opens and st.button("Open", key=f"open-{number}", type="tertiary"):
                    st.switch_page("rules.py", query_params={"rule": str(change.rule_id)})
        if len(changes) > _MOST:
            st.caption(f"And {len(changes) - _MOST:,} more.")


def show_conflicts(conflicts: Sequence[Conflict]) -> None:
    """Say what in the draft gets in its own way."""
    if not conflicts:
        st.caption(":material/check: No rule gets in the way of another one.")
        return
    for number, one in enumerate(conflicts[:_MOST]):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            icon = ":orange[:material/warning:]" if one.severity == "warning" else ":material/info:"
            st.markdown(f"{icon} {plain(one.words)}", width="stretch")
            for rule_id in one.rule_ids[:2]:
                if st.button(
                    f"Rule {rule_id}", key=f"conflict-{number}-{rule_id}", type="tertiary"
                ):
                    st.switch_page("rules.py", query_params={"rule": str(rule_id)})
    if len(conflicts) > _MOST:
        st.caption(f"And {len(conflicts) - _MOST:,} more.")


def under_way(workspace: Workspace, kind: str) -> bool:
    """Tell whether a job of a kind is waiting or at work."""
    return any(job.kind == kind for job in active_jobs(workspace))


def ask_for_report(workspace: Workspace, report: Report | None) -> None:
    """Offer to see what the draft does to the shelves of some shoppers."""
    if under_way(workspace, "rule_review"):
        st.info(
            f"Asking for the shelves of {SHOPPERS} shoppers; the progress is at the left.",
            icon=":material/hourglass_top:",
        )
        return
    if report is not None and report["outdated"]:
        st.warning(f"{report['outdated']} This report is about what stood before.")
    fresh = report is not None and not report["outdated"]
    if not fresh and st.button(
        f"See what changes for {SHOPPERS} shoppers",
        type="primary",
        icon=":material/difference:",
        help="Asks for the shelves of shoppers drawn at random, as they are and as they would be.",
    ):
        submit_review(workspace, actor=ACTOR)
        st.rerun()


def show_report(report: Report) -> None:
    """Show what changes: a sentence a placement, what each rule does, then the numbers."""
    parts: Mapping[str, Any] = report["placements"]
    asked = count(report["shoppers"], "shopper")
    drawn = "all of them" if report["shoppers"] == report["of"] else f"of {report['of']:,}"
    st.markdown(
        "\n".join(
            f"- **{PLACEMENT_WORDS[shelf]}**: {plain(review_words(part))}"
            for shelf, part in parts.items()
        )
        or "No placement that is served is concerned."
    )
    if report["rules"]:
        st.markdown("**By rule**")
        st.markdown("\n".join(_rule_words(line) for line in report["rules"][:_MOST]))
    st.caption(
        f"Shelves of {asked}, {drawn}, with today's stock and prices, {ago(report['created_at'])}."
        f" {plain(report['note'])}",
        help=moment(report["created_at"]),
    )
    if parts:
        with st.expander("Products, categories, brands and prices"):
            show_numbers(parts, report["currency"], key="review-placement")


def _rule_words(line: Mapping[str, Any]) -> str:
    sign = "" if line["lists"] else ":orange[:material/warning:] "
    return f"- {sign}{plain(line['name'])}: {plain(line['words'])}"


def show_price(workspace: Workspace, price: Report | None) -> None:
    """Show the price tag of all changes together, and offer to work it out."""
    if price is not None:
        say_rule_price(price, quiet=False)
    if under_way(workspace, "rule_price"):
        st.caption("A price tag is being worked out; the progress is at the left.")
        return
    if price is not None and not price["outdated"]:
        return
    if st.button(
        "What do all changes cost together?",
        icon=":material/sell:",
        help="How well the lists agree with what shoppers went on to buy, with the changes and"
        " without: up to 2,000 shoppers or baskets of the past.",
    ):
        with in_place():
            submit_rule_price(workspace, DRAFT, actor=ACTOR)
            st.rerun()


def publish_form(workspace: Workspace, board: RuleBoard, *, reviewed: bool) -> None:
    """Offer to publish the draft; without a fresh report it asks once more, and never refuses."""
    asked = state_rules.asked_to_publish()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(
            "Note", key="publish-note", placeholder="Why, for the history", width=360
        )
        sure = state_rules.is_sure(board.stamp)
        if reviewed or sure:
            st.button(
                "Publish" if reviewed else "Publish anyway",
                type="primary",
                icon=":material/publish:",
                key="publish-rules",
                on_click=state_rules.ask_to_publish,
                args=(board.stamp,),
            )
        else:
            st.button(
                "Publish",
                icon=":material/publish:",
                key="publish-unseen",
                on_click=state_rules.be_sure,
                args=(board.stamp,),
            )
        with st.popover("Discard changes", icon=":material/delete:", type="tertiary"):
            st.markdown("The draft becomes what is live. Rules that go can be brought back.")
            st.button(
                "Discard all changes",
                key="discard",
                on_click=state_rules.ask_to_discard,
                args=(board.stamp,),
            )
    # The draft that was on the screen: another one meanwhile is an error that says so.
    if unwanted := state_rules.asked_to_discard():
        with in_place():
            discard_changes(workspace, actor=ACTOR, stamp=unwanted)
            st.rerun()
    if asked:
        with in_place():
            done = publish_rules(workspace, actor=ACTOR, note=note, stamp=asked)
            state.tell(
                f"Rule set {done.id} is live, on every list within a second.",
                icon=":material/check_circle:",
            )
            st.rerun()
    if sure and not reviewed:
        st.warning("Nobody has looked at what this draft changes. Publish it all the same?")


def show_history(workspace: Workspace, sets: Sequence[RuleSet]) -> None:
    """Show what rules went live, newest first, and offer to roll back."""
    st.subheader("What went live")
    if not sets:
        st.caption("No rules were published yet: shelves go by the models alone.")
        return
    now = sets[0]
    rules = count(now.n_rules, "rule")
    st.markdown(f"Live: rule set {now.id} with {rules}, {ago(now.at)} by {plain(now.actor)}.")
    back = f"rule set {now.beneath}" if now.beneath else "no rules"
    if now.beneath is not None and st.button(
        f"Roll back to {back}",
        icon=":material/undo:",
        help="The rules before become live at once. The release and the draft stay as they are.",
    ):
        with in_place():
            roll_back_rules(workspace, actor=ACTOR)
            st.rerun()
    st.dataframe(
        [
            {
                "Rule set": one.id,
                "When": ago(one.at),
                "Who": one.actor,
                "What": "Rolled back" if one.action == "rollback" else "Published",
                "Rules": one.n_rules,
                "Note": one.note,
            }
            for one in sets
        ],
        hide_index=True,
    )
    with st.expander("What one of them changed", on_change="rerun", key="history-open") as opened:
        if opened.open:
            _one_of(workspace, sets)


def show_audit(workspace: Workspace) -> None:
    """Show who changed what and when, newest first; it is asked for when it is opened."""
    with st.expander(
        "Everything that was changed", on_change="rerun", key="audit-open", icon=":material/list:"
    ) as opened:
        if not opened.open:
            return
        lines = audit_lines(workspace)
        if not lines:
            st.caption("Nothing was changed yet.")
            return
        st.dataframe(
            [{"When": moment(one.at), "Who": one.actor, "What": one.words} for one in lines],
            hide_index=True,
            column_config={"What": st.column_config.TextColumn(width="large")},
        )


def _one_of(workspace: Workspace, sets: Sequence[RuleSet]) -> None:
    by_id = {one.id: one for one in sets}
    chosen = st.selectbox("Rule set", list(by_id), key="history-of", width=160)
    if chosen is None:
        return
    for change in changes_of(workspace, by_id[chosen])[:_MOST]:
        st.markdown(f"{_ICONS[change.kind]} {plain(change.words)}")
