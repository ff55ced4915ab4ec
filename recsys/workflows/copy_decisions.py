"""What is decided of copy: approved, rejected, and written into a file for the shop."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from recsys.copywriting import stored
from recsys.copywriting.queued import CopyText
from recsys.copywriting.text import Kind
from recsys.errors import InputError
from recsys.rules.saying import counted
from recsys.workflows.copy_revisions import now_of, seen
from recsys.workflows.exports import check_path, writing
from recsys.workspace import Workspace
from recsys.workspace.database import record

LEAST_REASON = 10  # characters with which findings are overridden
_LONGEST_NOTE = 1_000
EXPORTED = (
    "kind",
    "about",
    "id",
    "name",
    "language",
    "text",
    "preheader",
    "approved_by",
    "approved_at",
    "overridden",
    "reason",
)
_ROWS_AT_A_TIME = 1_000


def approve(
    workspace: Workspace, copy_id: int, *, revision: int, reason: str = "", actor: str
) -> CopyText:
    """Approve a text.

    Raises
    ------
    InputError
        It is not clean, and no reason of at least ten characters is given to override that.
    NotFound, Conflict
        As for :func:`keep`.
    """
    reason = _note(reason)
    with workspace.database.write() as connection:
        before = seen(connection, copy_id, revision)
        findings = [finding.words for finding in before.now.checked.findings if finding.blocks]
        if findings and len(reason) < LEAST_REASON:
            raise InputError(
                f"The checks found {counted(len(findings), 'thing')} that"
                f" {'keeps' if len(findings) == 1 else 'keep'} this text from being approved:"
                f" {findings[0]}",
                hint=f"Mend it, or give a reason of at least {LEAST_REASON} characters; it is kept"
                " in the audit log.",
            )
        stored.set_state(connection, before, "approved", actor=actor)
        stored.set_note(connection, before, reason)
        action = "override copy" if findings else "approve copy"
        told: dict[str, Any] = {"version": before.now.version}
        told |= {"reason": reason, "findings": findings} if findings else {}
        record(connection, actor, action, f"copy {copy_id}", **told)
        return now_of(connection, copy_id)


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


def export_approved(
    workspace: Workspace,
    path: Path,
    *,
    kind: Kind | None = None,
    raw: bool = False,
    actor: str,
) -> int:
    """Write approved texts as CSV, inert unless ``raw``; return how many. Audited.

    Of a description or a category text the one approved last is written, since a page shows one.

    Raises
    ------
    InputError
        The file cannot be written there.
    """
    check_path(path, (".csv",))
    wanted = stored.Wanted(states=("approved",), kind=kind)
    rows = 0
    with writing(path, EXPORTED, raw=raw) as write, workspace.database.read() as connection:
        replaced = stored.replaced(connection)
        pending: list[tuple[Any, ...]] = []
        for text in stored.some_texts(connection, wanted):
            if text.id in replaced:
                continue
            pending.append(_row(text))
            rows += 1
            if len(pending) == _ROWS_AT_A_TIME:
                write(pending)
                pending = []
        write(pending)
    with workspace.database.write() as connection:
        record(connection, actor, "export copy", kind or "all kinds", texts=rows)
    return rows


def _row(text: CopyText) -> tuple[Any, ...]:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(text.at))
    overridden = not text.now.checked.clean
    copy = text.now.copy
    about = (text.kind, text.about, text.about_id, text.name, text.language)
    approval = (text.actor, at, "yes" if overridden else "no", text.now.note)
    return (*about, copy.text, copy.preheader, *approval)


def _note(text: str) -> str:
    text = text.strip()
    if len(text) > _LONGEST_NOTE:
        raise InputError(f"A reason has at most {_LONGEST_NOTE:,} characters.", hint="Shorten it.")
    return text
