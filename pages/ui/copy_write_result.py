"""What was written: its receipts, what was found, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.ui import state, state_copy
from pages.ui.copy_receipts import show_findings, show_receipts
from pages.ui.copy_write_counts import show_counts
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.state_copy import Chosen, Draft, Variant
from pages.ui.words import count, plain
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.queued import is_read
from recsys.copywriting.text import PREHEADER_MOST, Brief, Copy, Facts, Kind
from recsys.workflows.copy_queue import CopyText, approve, keep
from recsys.workflows.copywriting import Written, check_by_hand
from recsys.workspace import Workspace

_REASON = 10


def show_result(workspace: Workspace, about: Chosen, facts: Facts, brief: Brief) -> bool:
    """Show what came of the last writing; tell whether there is any text."""
    draft = state_copy.draft(about)
    if draft.failed:
        _show_failure(about, draft)
    if not draft.variants:
        return False
    place = _choose_variant(draft)
    variant = draft.variants[place]
    drawn = st.container()
    copy = _edit(variant, brief.kind, f"copy-{draft.number}-{place}")
    if not copy.text.strip():
        return False
    checked = check_by_hand(workspace, copy, facts, brief).checked
    with drawn:
        show_receipts(copy, checked, key=f"copy-drawn-{draft.number}-{place}")
        show_counts(copy, brief)
        if checked.clean and is_read(brief.language):
            st.badge("Nothing found that has to be mended", icon=":material/check:", color="green")
        elif checked.clean:
            st.badge("Partly checked: nothing found in what was read", color="violet")
        show_findings(checked)
    _decide(workspace, about, facts, brief, place=place, copy=copy, checked=checked)
    _show_making(variant.written)
    return True


def _show_failure(about: Chosen, draft: Draft) -> None:
    st.error(f"**Not written.** {plain(draft.failed)}", icon=":material/error:")
    if not draft.partial:
        return
    with st.container(border=True):
        st.caption("It broke off here. This is not the whole text, and it was not checked.")
        st.text(draft.partial)
        st.button(
            "Go on from this by hand",
            icon=":material/edit:",
            on_click=by_hand,
            args=(about, draft.partial),
        )


def by_hand(about: Chosen, text: str) -> None:
    """Begin a text that no model wrote, or did not end (a button callback)."""
    state_copy.add_variant(about, Written(Copy(text=text), Checked()))


def _choose_variant(draft: Draft) -> int:
    if len(draft.variants) == 1:
        return 0
    shown = st.segmented_control(
        "Variant",
        range(len(draft.variants)),
        required=True,
        format_func=lambda one: f"Variant {one + 1}",
        key=state_copy.variant_key(draft),
        label_visibility="collapsed",
    )
    return shown or 0


def _edit(variant: Variant, kind: Kind, key: str) -> Copy:
    """Let change the text; the claims whose words went out of it are no longer made."""
    written = variant.written.copy
    text = st.text_area(
        "Edit",
        written.text,
        key=f"{key}-text",
        height=80 if kind == "subject" else 220,
        help="Ctrl and Enter, or a click elsewhere, checks it anew.",
        persist_state="session",
    )
    preheader = ""
    if kind == "subject":
        preheader = st.text_input(
            "Preheader",
            written.preheader,
            max_chars=2 * PREHEADER_MOST,
            key=f"{key}-preheader",
            persist_state="session",
        )
    claims = [one for one in written.claims if one.words in text or one.words in preheader]
    return Copy(text=text, preheader=preheader, claims=tuple(claims))


def _decide(
    workspace: Workspace,
    about: Chosen,
    facts: Facts,
    brief: Brief,
    *,
    place: int,
    copy: Copy,
    checked: Checked,
) -> None:
    draft = state_copy.draft(about)
    variant = draft.variants[place]
    as_kept = bool(variant.copy_id) and variant.kept == (copy, facts)
    if as_kept:
        _show_kept(variant)
    reason = ""
    if not checked.clean:
        reason = st.text_input(
            "Reason to approve it as it is",
            key=f"copy-reason-{draft.number}-{place}",
            max_chars=500,
            placeholder="Only if a finding is wrong: say why. It goes into the audit log.",
        )
    with st.container(horizontal=True):
        kept = st.button(
            "Keep in the queue",
            icon=":material/inbox:",
            disabled=as_kept,
            help="It waits there for somebody to approve it.",
        )
        approved = st.button(
            "Approve",
            type="primary",
            icon=":material/check:",
            disabled=(not checked.clean and len(reason.strip()) < _REASON)
            or (as_kept and variant.state == "approved"),
            help=None if checked.clean else "Mend what was found, or give a reason first.",
        )
    if not kept and not approved:
        return
    with in_place():
        line = _keep(workspace, variant, copy, facts, brief)
        if approved:
            line = approve(
                workspace, line.id, revision=line.revision, reason=reason.strip(), actor=ACTOR
            )
        now = replace(
            variant,
            copy_id=line.id,
            revision=line.revision,
            state=line.state,
            kept=(copy, facts),
        )
        state_copy.keep_variant(about, place, now)
        state.tell("Approved." if approved else "It is in the queue.", icon=":material/check:")
        st.rerun()


def _keep(
    workspace: Workspace, variant: Variant, copy: Copy, facts: Facts, brief: Brief
) -> CopyText:
    """Keep what the model wrote, and what a person made of it as a version of its own."""
    copy_id, revision = variant.copy_id, variant.revision
    written = variant.written
    if not copy_id and written.model:
        fresh = check_by_hand(workspace, written.copy, facts, brief)
        line = keep(workspace, facts, brief, replace(written, checked=fresh.checked), actor=ACTOR)
        if written.copy == copy:
            return line
        copy_id, revision = line.id, line.revision
    return keep(
        workspace,
        facts,
        brief,
        check_by_hand(workspace, copy, facts, brief),
        copy_id=copy_id or None,
        revision=revision,
        actor=ACTOR,
    )


def _show_kept(variant: Variant) -> None:
    words = {
        "draft": "It is in the queue as a draft: something has to be mended first.",
        "checked": "It is in the queue and waits for somebody to approve it.",
        "approved": "It is approved, and goes into the next file of approved texts.",
        "rejected": "It is rejected.",
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":green[:material/check:] {words[variant.state]}", width="stretch")
        st.button(
            "See the queue",
            icon=":material/inbox:",
            on_click=state_copy.open_view,
            args=("queue",),
        )


def _show_making(written: Written) -> None:
    if not written.model:
        st.caption("Written by hand.")
        return
    usage = written.usage
    read = usage.input + usage.cache_read + usage.cache_write
    parts = [
        plain(written.model),
        plain(written.prompt_version),
        f"{count(read, 'token')} read, {usage.output:,} written",
        "price not known" if written.cost is None else f"${written.cost:.4f}".replace("$", "\\$"),
    ]
    if written.tries > 1:
        parts.append("written twice: the first did not pass the checks")
    st.caption(" · ".join(filter(None, parts)))
