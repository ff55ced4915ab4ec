"""Voices, templates and choices as the database holds them: each change is a row of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from recsys.workspace.tables import copy_settings


@dataclass(frozen=True)
class Setting:
    """A state of a setting; revision 0 with no body is one that nobody set."""

    name: str
    body: Any = None
    revision: int = 0
    deleted: bool = False
    actor: str = ""
    at: float = 0.0


def newest(connection: Connection, name: str) -> Setting:
    """Return a setting as it stands."""
    found = earlier(connection, name, limit=1)
    return found[0] if found else Setting(name)


def earlier(connection: Connection, name: str, *, limit: int = 1_000) -> list[Setting]:
    """Return the states of a setting, newest first."""
    query = (
        select(copy_settings)
        .where(copy_settings.c.name == name)
        .order_by(copy_settings.c.revision.desc())
        .limit(limit)
    )
    return [_setting(row) for row in connection.execute(query)]


def all_newest(connection: Connection, prefix: str) -> list[Setting]:
    """Return the settings whose names begin so, as they stand, by name; without deleted ones."""
    one, last = copy_settings, func.max(copy_settings.c.revision)
    begins = one.c.name.startswith(prefix, autoescape=True)
    ends = select(one.c.name, last.label("last")).where(begins).group_by(one.c.name).subquery()
    join = one.join(ends, (ends.c.name == one.c.name) & (ends.c.last == one.c.revision))
    query = select(one).select_from(join).where(one.c.deleted.is_(False)).order_by(one.c.name)
    return [_setting(row) for row in connection.execute(query)]


def add(
    connection: Connection,
    name: str,
    body: Any,
    *,
    revision: int,
    deleted: bool = False,
    actor: str,
) -> Setting:
    """Write the next state of a setting; of two who do so at once the second one fails."""
    new = Setting(name, body, revision, deleted, actor, time.time())
    connection.execute(insert(copy_settings).values(**vars(new)))
    return new


def _setting(row: Row[Any]) -> Setting:
    return Setting(row.name, row.body, row.revision, row.deleted, row.actor, row.at)
