"""Who changed what on rules, collections, segments and copy, and when: the log, to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from recsys.rules.saying import SHELF_WORDS, counted
from recsys.workspace import Workspace
from recsys.workspace.tables import audit

# What is done -> what is said of it. Other lines of the log are about data, jobs and releases.
_DONE = {
    "add rule": "Added",
    "change rule": "Changed",
    "delete rule": "Deleted",
    "restore rule": "Brought back",
    "change settings": "Changed the settings of",
    "save collection": "Saved collection",
    "save segment": "Saved segment",
    "delete collection": "Deleted collection",
    "delete segment": "Deleted segment",
    "refresh segment": "Changed whether releases refresh segment",
    "export segment": "Exported segment",
    "download segment": "Downloaded segment",
    "download manifest": "Downloaded the manifest of segment",
    "download selection": "Downloaded what was chosen on",
    "change lifecycle": "Changed when a shopper is new, loyal or lost: the",
    "publish rules": "Published",
    "rollback rules": "Rolled back: now live is",
    "live change": "Changed at once, live:",
    "keep copy": "Put into the queue:",
    "edit copy": "Changed",
    "restore copy": "Brought back an older version of",
    "check copy": "Sent back for review, since what is known of it changed:",
    "approve copy": "Approved",
    "override copy": "Approved over what the checks found:",
    "reject copy": "Rejected",
    "export copy": "Exported approved copy:",
    "change copy setting": "Changed for copy: the",
    "delete copy setting": "Deleted for copy: the",
    "start copy run": "Started",
    "pause copy run": "Paused",
    "resume copy run": "Went on with",
    "cancel copy run": "Ended",
    "retry copy run": "Tried again what had failed of",
}


@dataclass(frozen=True)
class AuditLine:
    """One change, as it was written down in the moment it was made.

    Attributes
    ----------
    action, subject
        As the log has them: ``change rule``, ``rule 3``.
    words
        The same in a sentence; names in it are the shop's text.
    """

    at: float
    actor: str
    action: str
    subject: str
    words: str


def audit_lines(workspace: Workspace, limit: int = 50) -> list[AuditLine]:
    """Return what was changed on rules, their sets, live products and copy, newest first."""
    query = (
        select(audit)
        .where(audit.c.action.in_(list(_DONE)))
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    with workspace.database.read() as connection:
        rows = connection.execute(query).all()
    return [
        AuditLine(row.at, row.actor, row.action, row.subject, _words(row.action, row.subject, row))
        for row in rows
    ]


def _words(action: str, subject: str, row: Any) -> str:
    details: Mapping[str, Any] = row.details
    places: Mapping[str, str] = {**SHELF_WORDS, "page": "all shelves of a page"}
    what = places.get(subject, subject) if action == "change settings" else subject
    told = (details.get(name) for name in ("name", "note", "reason", "label"))
    more = str(next((one for one in told if one), ""))
    if "texts" in details:
        more = counted(int(details["texts"]), "text")
    if "members" in details:
        more = counted(int(details["members"]), "member")
    if "layout" in details:
        more = f"{counted(int(details['rows']), 'member')}, layout {details['layout']}"
    return f"{_DONE[action]} {what}{f': {more}' if more else ''}."
