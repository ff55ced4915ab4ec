"""The findings of a version: what is wrong, what would be done about it, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.datasets import KIND_WORDS
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR, at_work_on_data
from pages.ui.price_tags import ASK, being_priced, price_tags, say_price
from pages.ui.words import code, count, plain
from recsys.workflows.data_jobs import submit_fixes, submit_undo
from recsys.workflows.findings import Standing, is_open
from recsys.workflows.jobs import Job
from recsys.workflows.price_tags import submit_price_tag
from recsys.workspace import Workspace

_BADGES = {
    "act": ":red-badge[Must act]",
    "look": ":gray-badge[Worth a look]",
    "note": ":gray-badge[Good to know]",
}
_MANY = 8


def show_findings(workspace: Workspace, version: Mapping[str, Any], where: Standing) -> None:
    """Show the findings of a version, with a button for each fix and its undo."""
    blocked = at_work_on_data()
    if blocked:
        st.caption(f":material/hourglass_top: {blocked}")
    _proposal(workspace, version, where, blocked)
    shown = _of_kind(where.findings)
    tags = price_tags(workspace, version["id"])
    pricing = being_priced(workspace, version["id"])
    with st.form("findings", border=False, enter_to_submit=False):
        ticked = [
            finding["code"]
            for finding in shown
            if _row(
                workspace,
                version,
                finding,
                blocked,
                tag=tags.get(finding["code"]),
                priced=finding["code"] in pricing,
            )
        ]
        if sum(map(_can_fix, shown)) > 1:
            words = "Tick findings above to apply their fixes together, in one new version."
            apply = st.form_submit_button(
                "Apply the ticked fixes",
                icon=":material/checklist:",
                disabled=bool(blocked),
                help=blocked or words,
            )
            if apply and not ticked:
                st.info("No finding is ticked. Tick those whose fixes should be applied together.")
            elif apply:
                _queue(lambda: submit_fixes(workspace, version["id"], ticked, actor=ACTOR))


def _proposal(
    workspace: Workspace, version: Mapping[str, Any], where: Standing, blocked: str
) -> None:
    """Say what Aisle would do, or that there is nothing to do."""
    if not where.findings:
        st.success("Nothing is wrong with this data: every row can be used.", icon=_FINE)
        return
    if not where.proposed:
        if not where.need_a_look:
            st.success(
                "Nothing needs to be done. What is listed is fixed, or good to know.", icon=_FINE
            )
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        fixes = count(len(where.proposed), "fix", "fixes")
        they = "it leaves" if len(where.proposed) == 1 else "they leave"
        rows = f"about {count(where.leaves_out, 'row')}" if where.leaves_out else "no row"
        st.markdown(
            f"**Aisle proposes {fixes}**; {they} out {rows}.",
            help="A row with two faults is counted twice here and left out once. Nothing is lost:"
            " a fix makes a new version, the rows stay among those left out, and every fix can be"
            " undone.",
            width="stretch",
        )
        if st.button(
            "Apply all proposed",
            type="primary",
            icon=":material/auto_fix_high:",
            disabled=bool(blocked),
            help=blocked or None,
        ):
            codes = list(where.proposed)
            _queue(lambda: submit_fixes(workspace, version["id"], codes, actor=ACTOR))


_FINE = ":material/check_circle:"


def _of_kind(findings: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return the findings about what was chosen; the choice is only offered where it helps."""
    kinds = [kind for kind in KIND_WORDS if any(one["about"] == kind for one in findings)]
    if len(findings) <= _MANY or len(kinds) < 2:
        return findings
    chosen = st.pills(
        "Show findings about",
        kinds,
        format_func=lambda kind: KIND_WORDS[kind],
        label_visibility="collapsed",
        key="about",
    )
    return [one for one in findings if chosen in (None, one["about"])]


def _row(
    workspace: Workspace,
    version: Mapping[str, Any],
    finding: Mapping[str, Any],
    blocked: str,
    *,
    tag: Mapping[str, Any] | None,
    priced: bool,
) -> bool:
    """Show one finding, with what its fix does to quality; tell whether it is ticked."""
    ticked = False
    with st.container(border=True):
        tick, words, action = st.columns([0.3, 6.7, 2.4], vertical_alignment="center")
        with tick:
            if _can_fix(finding):
                ticked = st.checkbox(
                    f"Tick: {plain(finding['message'])}",
                    key=f"tick-{version['id']}-{finding['code']}",
                    label_visibility="collapsed",
                    disabled=bool(blocked),
                )
        with words, st.container(gap="xsmall"):
            _say(finding)
            if tag is not None:
                say_price(tag)
            elif finding["fix"] and not finding["must"]:
                _ask_price(workspace, version, finding, priced=priced)
        with action, st.container(gap="xsmall"):
            _act(workspace, version, finding, blocked)
    return ticked


def _say(finding: Mapping[str, Any]) -> None:
    st.markdown(f"{_badge(finding)} **{plain(finding['message'])}**")
    if finding["advice"]:
        st.caption(plain(finding["advice"]))
    if finding["examples"]:
        st.caption("For example " + " ".join(code(one) for one in finding["examples"]))


def _badge(finding: Mapping[str, Any]) -> str:
    if finding["fixed"] and not finding["must"]:
        return ":green-badge[:material/check: Fixed]"
    return _BADGES[finding["severity"]]


def _act(
    workspace: Workspace, version: Mapping[str, Any], finding: Mapping[str, Any], blocked: str
) -> None:
    """Show what a fix leaves out, and the button that applies or undoes it."""
    name, rows = finding["code"], count(finding["removes"], "row")
    if finding["must"]:
        st.caption(f"{rows} left out in any case")
        return
    if not finding["fix"]:
        return
    cost = f"{'Left' if finding['fixed'] else 'Leaves'} out {rows}" if finding["removes"] else ""
    if finding["proposed"] and not finding["fixed"]:
        cost = f"Proposed · {cost[0].lower()}{cost[1:]}" if cost else "Proposed"
    if cost:
        st.caption(cost)
    if finding["fixed"]:
        if st.form_submit_button(
            "Undo",
            key=f"undo-{name}",
            icon=":material/undo:",
            disabled=bool(blocked),
            help=blocked or "Makes a version without this fix; its rows are back.",
            width="stretch",
        ):
            _queue(lambda: submit_undo(workspace, version["id"], [name], actor=ACTOR))
    elif st.form_submit_button(
        plain(finding["fix"]),
        key=f"fix-{name}",
        disabled=bool(blocked),
        help=blocked or None,
        width="stretch",
    ):
        _queue(lambda: submit_fixes(workspace, version["id"], [name], actor=ACTOR))


def _ask_price(
    workspace: Workspace, version: Mapping[str, Any], finding: Mapping[str, Any], *, priced: bool
) -> None:
    """Offer to find out what a fix does to quality."""
    if st.form_submit_button(
        "Being worked out" if priced else ASK,
        key=f"price-{finding['code']}",
        icon=":material/hourglass_top:" if priced else ":material/sell:",
        type="tertiary",
        disabled=priced,
        help="Trains quick models with and without it, and asks both for later purchases."
        " Nothing is changed by this.",
    ):
        _queue(lambda: submit_price_tag(workspace, version["id"], [finding["code"]], actor=ACTOR))


def _can_fix(finding: Mapping[str, Any]) -> bool:
    return bool(finding["fix"]) and is_open(finding)


def _queue(submit: Callable[[], Job]) -> None:
    with in_place():
        submit()
        st.rerun()
