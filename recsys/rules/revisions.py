"""Every state that the draft was in, so that whoever comes second is told what has changed."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from recsys.values import Value
from recsys.workspace.tables import draft_revisions

AGAIN = "Look at it as it is now, then change it again."


def remember(
    connection: Connection,
    subject: str,
    revision: int,
    body: dict[str, Any],
    actor: str,
    *,
    deleted: bool = False,
) -> None:
    """Keep a state of the draft, in the caller's transaction."""
    row = {"subject": subject, "revision": revision, "body": body, "deleted": deleted}
    connection.execute(insert(draft_revisions).values(**row, **by(actor)))


def earlier(connection: Connection, subject: str, revision: int) -> dict[str, Any] | None:
    """Return how a part of the draft stood in a revision; None where it never was in that one."""
    query = select(draft_revisions.c.body).where(
        draft_revisions.c.subject == subject, draft_revisions.c.revision == revision
    )
    return connection.execute(query).scalar()


def locked(table: Table, condition: Any) -> Any:
    """Select a row that is about to be changed."""
    # In PostgreSQL two writers meet here; SQLite has one at a time, from the start.
    return select(table).where(condition).with_for_update()


def body_of(value: Value) -> dict[str, Any]:
    """Return a value as JSON holds it."""
    return value.model_dump(mode="json")


def by(actor: str) -> dict[str, Any]:
    """Return who changes a row, and when: now."""
    return {"actor": actor, "at": time.time()}
