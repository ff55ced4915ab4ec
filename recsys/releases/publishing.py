from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from recsys.errors import InputError
from recsys.releases.release import Release
from recsys.workspace import Workspace
from recsys.workspace.database import record
from recsys.workspace.tables import publications


@dataclass(frozen=True)
class Publication:
    """One line of what went live: the last one is live now.

    ``beneath`` is the publication that a roll back returns to.
    """

    id: int
    release_id: str
    beneath: int | None
    action: str
    actor: str
    at: float


def live(workspace: Workspace) -> Publication | None:
    """Return what is live, or None before the first publication."""
    with workspace.database.read() as connection:
        return _last(connection)


def published(workspace: Workspace, limit: int = 20) -> list[Publication]:
    """Return what went live, newest first."""
    newest = select(publications).order_by(publications.c.id.desc()).limit(limit)
    with workspace.database.read() as connection:
        return [_publication(row) for row in connection.execute(newest)]


def was_published(workspace: Workspace, release_id: str) -> bool:
    """Tell whether a release was live at any time."""
    some = select(publications.c.id).where(publications.c.release_id == release_id).limit(1)
    with workspace.database.read() as connection:
        return connection.execute(some).first() is not None


def publish(workspace: Workspace, release_id: str, *, actor: str) -> Publication:
    """Make a release live: one row, so readers see the old one or the new one.

    Publishing what is live already changes nothing about what a roll back returns to.

    Raises
    ------
    NotFound
        There is no release of that id.
    StorageError
        It cannot be opened; what was live stays live.
    """
    Release(workspace, release_id).check()
    with workspace.database.write() as connection:
        now = _last(connection)
        beneath = now.id if now else None
        if now and now.release_id == release_id:
            beneath = now.beneath
        return _add(
            connection,
            release_id,
            beneath=beneath,
            action="publish",
            actor=actor,
        )


def roll_back(workspace: Workspace, *, actor: str) -> Publication:
    """Make the release live that was live before this one; a second call goes one further.

    Raises
    ------
    InputError
        There is nothing before.
    NotFound, StorageError
        The release before is gone or cannot be opened; what was live stays live.
    """
    with workspace.database.read() as connection:
        before = _beneath(connection)
    # Outside of the transaction below: opening may take a while, and others want to write.
    Release(workspace, before.release_id).check()
    with workspace.database.write() as connection:
        before = _beneath(connection)
        return _add(
            connection,
            before.release_id,
            beneath=before.beneath,
            action="rollback",
            actor=actor,
        )


def _add(
    connection: Connection, release_id: str, *, beneath: int | None, action: str, actor: str
) -> Publication:
    row = connection.execute(
        insert(publications)
        .values(release_id=release_id, beneath=beneath, action=action, actor=actor, at=time.time())
        .returning(publications)
    ).one()
    record(connection, actor, action, release_id)
    return _publication(row)


def _beneath(connection: Connection) -> Publication:
    """Return the publication that a roll back returns to."""
    now = _last(connection)
    if now is None or now.beneath is None:
        raise InputError(
            "There is no earlier release to roll back to.",
            hint="Publish a release first." if now is None else "The first one is live.",
        )
    return _publication(
        connection.execute(select(publications).where(publications.c.id == now.beneath)).one()
    )


def _last(connection: Connection) -> Publication | None:
    row = connection.execute(
        select(publications).order_by(publications.c.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _publication(row)


def _publication(row: Any) -> Publication:
    return Publication(**row._mapping)
