"""A text of the queue that is about to be changed: as it was looked at, and checked today."""

from __future__ import annotations

import time
from dataclasses import replace

from sqlalchemy import Connection

from recsys.copywriting import stored
from recsys.copywriting.checks.finding import Checked, Finding
from recsys.copywriting.providers.base import NO_USAGE
from recsys.copywriting.queued import CopyText, CopyVersion
from recsys.copywriting.text import Copy
from recsys.errors import Conflict, NotFound
from recsys.rules.saying import ago
from recsys.workflows.copy_facts import facts_now
from recsys.workflows.copywriting import check_by_hand
from recsys.workspace import Workspace

_NUMBERS_END = 2**31  # of the column with the ids


def now_of(connection: Connection, copy_id: int, *, locked: bool = False) -> CopyText:
    """Return a text as it stands.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    text = None
    if 0 < copy_id < _NUMBERS_END:
        text = stored.text_of(connection, copy_id, locked=locked)
    if text is None:
        raise NotFound(f"There is no text {copy_id}.", hint="Choose one of the queue.")
    return text


def seen(
    connection: Connection, copy_id: int, revision: int, *, yours: Copy | None = None
) -> CopyText:
    """Return a text that is about to be changed, if it is as it was when it was looked at.

    Raises
    ------
    NotFound
        There is none of that id.
    Conflict
        It is in another revision; it says who changed it and when.
    """
    text = now_of(connection, copy_id, locked=True)
    if text.revision != revision:
        done = text.state if text.state in {"approved", "rejected"} else "changed"
        raise Conflict(
            f"This text was {done} by {text.actor} {ago(text.at)}. Yours was not saved.",
            hint="Look at it as it is now, then decide again.",
            theirs=text,
            yours=yours,
        )
    return text


def checked_again(
    workspace: Workspace, version: CopyVersion, *, note: str, actor: str
) -> CopyVersion:
    """Return a version as a new one, checked against what is known now.

    What its text took was paid with the version that it comes from.
    """
    facts = facts_now(workspace, version.facts)
    return replace(
        version,
        checked=check_by_hand(workspace, version.copy, facts, version.brief).checked,
        facts=facts,
        usage=NO_USAGE,
        cost=0.0,
        note=note,
        actor=actor,
        at=time.time(),
    )


def new_findings(before: Checked, after: Checked) -> list[Finding]:
    """Return what keeps a text from being approved and was not found in it before."""
    known = {_place(finding) for finding in before.findings if finding.blocks}
    return [one for one in after.findings if one.blocks and _place(one) not in known]


def _place(finding: Finding) -> tuple[str, str, int, int]:
    # Not by its words, in which may stand what is known now.
    return (finding.check, finding.where, finding.start, finding.end)
