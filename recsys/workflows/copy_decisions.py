"""What is decided of copy: approved or rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from recsys.copywriting import stored
from recsys.copywriting.queued import CopyText, CopyVersion
from recsys.errors import Conflict, InputError
from recsys.rules.saying import counted
from recsys.workflows.copy_revisions import checked_again, new_findings, now_of, seen
from recsys.workspace import Workspace
from recsys.workspace.database import record

LEAST_REASON = 10  # characters with which findings are overridden
_LONGEST_NOTE = 1_000
_CHANGED = "Checked again, since what is known of it changed."


def approve(
    workspace: Workspace, copy_id: int, *, revision: int, reason: str = "", actor: str
) -> CopyText:
    """Approve a text, if it is clean by what is known now.

    Raises
    ------
    InputError
        It is not clean, and no reason of at least ten characters is given to override that.
    NotFound
        There is no text of that id.
    Conflict
        Somebody changed the text since ``revision``; or the checks now find what they did not
        find when it was looked at. It then is a draft, and what was found is kept.
    """
    reason = _note(reason)
    with workspace.database.read() as connection:
        now = now_of(connection, copy_id).now
    today = checked_again(workspace, now, note=reason, actor=actor)
    fresh = [finding.words for finding in new_findings(now.checked, today.checked)]
    with workspace.database.write() as connection:
        before = seen(connection, copy_id, revision)
        # Written anew only where it says something else than the version that was looked at.
        changed = (today.facts, today.checked) != (now.facts, now.checked)
        today = replace(today, version=before.now.version + changed)
        if fresh:
            _send_back(connection, before, today)
        else:
            _let_pass(connection, before, today, reason, changed=changed)
        told = now_of(connection, copy_id)
    if fresh:
        raise Conflict(
            "What is known of this changed since the checks looked at it, and they now find"
            f" {counted(len(fresh), 'thing')} more: {fresh[0]} It was not approved.",
            hint="Look at what was found, then mend it or decide again.",
            theirs=told,
        )
    return told


def _send_back(connection: Connection, before: CopyText, today: CopyVersion) -> None:
    """Make a text a draft with what was found in it now."""
    stored.add_version(connection, before, replace(today, note=_CHANGED), state="draft")
    record(connection, today.actor, "check copy", f"copy {before.id}", version=today.version)


def _let_pass(
    connection: Connection, before: CopyText, today: CopyVersion, reason: str, *, changed: bool
) -> None:
    """Approve a text in which nothing new was found.

    Raises
    ------
    InputError
        It is not clean, and the reason is too short.
    """
    findings = [finding.words for finding in today.checked.findings if finding.blocks]
    if findings and len(reason) < LEAST_REASON:
        raise InputError(
            f"The checks found {counted(len(findings), 'thing')} that"
            f" {'keeps' if len(findings) == 1 else 'keep'} this text from being approved:"
            f" {findings[0]}",
            hint=f"Mend it, or give a reason of at least {LEAST_REASON} characters; it is kept"
            " in the audit log.",
        )
    if changed:
        stored.add_version(connection, before, today, state="approved")
    else:
        stored.set_state(connection, before, "approved", actor=today.actor)
        stored.set_note(connection, before, reason)
    action = "override copy" if findings else "approve copy"
    told: dict[str, Any] = {"version": today.version}
    told |= {"reason": reason, "findings": findings} if findings else {}
    record(connection, today.actor, action, f"copy {before.id}", **told)


def reject(
    workspace: Workspace, copy_id: int, *, revision: int, note: str = "", actor: str
) -> CopyText:
    """Reject a text; it stays in the history.

    Raises
    ------
    NotFound, Conflict
        As for :func:`keep`.
    """
    note = _note(note)
    with workspace.database.write() as connection:
        before = seen(connection, copy_id, revision)
        stored.set_state(connection, before, "rejected", actor=actor)
        stored.set_note(connection, before, note)
        told = {"version": before.now.version, "note": note}
        record(connection, actor, "reject copy", f"copy {copy_id}", **told)
        return now_of(connection, copy_id)


def _note(text: str) -> str:
    text = text.strip()
    if len(text) > _LONGEST_NOTE:
        raise InputError(f"A reason has at most {_LONGEST_NOTE:,} characters.", hint="Shorten it.")
    return text
