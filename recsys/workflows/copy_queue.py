"""The queue of copy: what was written, what state it is in, and who decided what."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from recsys.copywriting import stored
from recsys.copywriting.queued import CopyText, CopyVersion
from recsys.copywriting.text import STATES, Brief, Copy, Facts, Kind, State
from recsys.errors import InputError, NotFound
from recsys.workflows.copy_decisions import LEAST_REASON, approve, reject
from recsys.workflows.copy_export import EXPORTED, Exported, export_approved, held_back
from recsys.workflows.copy_facts import facts_now
from recsys.workflows.copy_revisions import checked_again, now_of, seen
from recsys.workflows.copywriting import Written, check_by_hand
from recsys.workspace import Workspace
from recsys.workspace.database import record

__all__ = [
    "EXPORTED",
    "LEAST_REASON",
    "CopyText",
    "CopyVersion",
    "Exported",
    "approve",
    "copy_text",
    "count_texts",
    "edit",
    "export_approved",
    "held_back",
    "history",
    "keep",
    "queue",
    "reject",
    "restore",
]

_LONGEST_TEXT = 20_000


def keep(
    workspace: Workspace,
    facts: Facts,
    brief: Brief,
    written: Written,
    *,
    copy_id: int | None = None,
    revision: int = 0,
    run_id: int | None = None,
    actor: str,
) -> CopyText:
    """Put a text into the queue, "checked" if it is clean and "draft" if not.

    With ``copy_id`` it becomes a new version of that text, which then waits for approval again;
    without, a text of its own: what is approved already stays as it is.

    Raises
    ------
    InputError
        The text is empty or too long, or about something else than the one it would replace.
    NotFound
        There is no text of that id.
    Conflict
        Somebody changed the text meanwhile.
    """
    new = new_version(facts, brief, written, actor=actor)
    state = first_state(new)
    with workspace.database.write() as connection:
        if copy_id is None:
            copy_id = stored.add_text(connection, new, state=state, run_id=run_id)
            number = 1
        else:
            before = seen(connection, copy_id, revision, yours=written.copy)
            same = (before.kind, before.about, before.about_id)
            if same != (brief.kind, facts.about, facts.id):
                raise InputError(
                    f"Text {copy_id} is about something else, so this cannot be a version of it.",
                    hint="Keep it as a text of its own.",
                )
            number = _add(connection, before, new, state)
        record(connection, actor, "keep copy", f"copy {copy_id}", version=number, state=state)
        return now_of(connection, copy_id)


def count_texts(workspace: Workspace) -> dict[State, int]:
    """Return how many texts are in each state."""
    with workspace.database.read() as connection:
        found = stored.counts(connection)
    return {state: found.get(state, 0) for state in STATES}


def queue(
    workspace: Workspace,
    *,
    states: Sequence[State] = (),
    kind: Kind | None = None,
    about_id: str | None = None,
    run_id: int | None = None,
    search: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[CopyText]:
    """Return texts, those that wait for somebody first, then the newest.

    Parameters
    ----------
    search
        A part of the name or the id of what they are about, or of the text; capitals do not
        matter.
    """
    wanted = stored.Wanted(states, kind, about_id, run_id, search)
    with workspace.database.read() as connection:
        return stored.texts(connection, wanted, limit=limit, offset=offset)


def copy_text(workspace: Workspace, copy_id: int) -> CopyText:
    """Return one text.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    with workspace.database.read() as connection:
        return now_of(connection, copy_id)


def history(workspace: Workspace, copy_id: int) -> list[CopyVersion]:
    """Return the versions of a text, newest first.

    Raises
    ------
    NotFound
        There is no text of that id.
    """
    with workspace.database.read() as connection:
        now_of(connection, copy_id)
        return stored.versions_of(connection, copy_id)


def edit(workspace: Workspace, copy_id: int, copy: Copy, *, revision: int, actor: str) -> CopyText:
    """Change a text by hand; it is checked against what is known now, and an approval of it ends.

    Raises
    ------
    InputError
        The text is empty or too long.
    NotFound, Conflict
        As for :func:`keep`.
    """
    now = copy_text(workspace, copy_id).now
    facts = facts_now(workspace, now.facts)
    # What a model said of its own text says nothing of one by hand.
    copy = copy.model_copy(update={"claims": _claims_left(now.copy, copy)})
    written = check_by_hand(workspace, copy, facts, now.brief)
    new = new_version(facts, now.brief, written, actor=actor)
    return _change(workspace, copy_id, new, "edit copy", revision=revision)


def restore(
    workspace: Workspace, copy_id: int, version: int, *, revision: int, actor: str
) -> CopyText:
    """Make an older version the newest one, checked anew against what is known now.

    Raises
    ------
    NotFound, Conflict
        As for :func:`keep`, or there is no such version.
    """
    old = next((one for one in history(workspace, copy_id) if one.version == version), None)
    if old is None:
        raise NotFound(f"Text {copy_id} has no version {version}.", hint="Look at its history.")
    note = f"Version {version} again."
    new = checked_again(workspace, old, note=note, actor=actor)
    return _change(workspace, copy_id, new, "restore copy", revision=revision)


def _change(
    workspace: Workspace, copy_id: int, new: CopyVersion, action: str, *, revision: int
) -> CopyText:
    with workspace.database.write() as connection:
        before = seen(connection, copy_id, revision, yours=new.copy)
        state = first_state(new)
        number = _add(connection, before, new, state)
        subject = f"copy {copy_id}"
        record(connection, new.actor, action, subject, version=number, state=state)
        return now_of(connection, copy_id)


def _add(connection: Connection, before: CopyText, new: CopyVersion, state: State) -> int:
    new = replace(new, version=before.now.version + 1)
    stored.add_version(connection, before, new, state=state)
    return new.version


def new_version(facts: Facts, brief: Brief, written: Written, *, actor: str) -> CopyVersion:
    """Return a text as the first version that the queue keeps.

    Raises
    ------
    InputError
        The text is empty or too long.
    """
    copy = written.copy
    length = len(copy.text) + len(copy.preheader)
    if not copy.text.strip():
        raise InputError("The text is empty.", hint="Write one, or reject this one.")
    if length > _LONGEST_TEXT:
        raise InputError(f"The text has {length:,} characters; {_LONGEST_TEXT:,} is the most.")
    return CopyVersion(
        version=1,
        copy=copy,
        checked=written.checked,
        brief=brief,
        facts=facts,
        made_by="model" if written.model else "person",
        model=written.model,
        prompt_version=written.prompt_version,
        usage=written.usage,
        cost=written.cost,
        note="",
        actor=actor,
        at=time.time(),
    )


def first_state(version: CopyVersion) -> State:
    """Return the state in which a version comes into the queue."""
    return "checked" if version.checked.clean else "draft"


def _claims_left(before: Copy, after: Copy) -> tuple[Any, ...]:
    """Return the claims whose words still stand in a text that was changed."""
    whole = f"{after.text}\n{after.preheader}"
    return tuple(claim for claim in before.claims if claim.words in whole)
