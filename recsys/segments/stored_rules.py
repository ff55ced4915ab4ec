"""The lifecycle's rules as the database holds them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection, insert, select, update

from recsys.errors import Conflict, StorageError
from recsys.rules.saying import ago
from recsys.segments.lifecycle import LifecycleRules
from recsys.workspace.database import record
from recsys.workspace.tables import segment_settings

_LIFECYCLE = "lifecycle"


@dataclass(frozen=True)
class LifecycleLine:
    """The lifecycle's rules as they are kept; revision 0 is as they come."""

    rules: LifecycleRules
    revision: int = 0
    actor: str = ""
    at: float = 0.0


def read_lifecycle(connection: Connection) -> LifecycleLine:
    """Return the lifecycle's rules; as they come where nobody changed them.

    Raises
    ------
    StorageError
        What is kept cannot be read.
    """
    query = select(segment_settings).where(segment_settings.c.name == _LIFECYCLE)
    row = connection.execute(query).one_or_none()
    if row is None:
        return LifecycleLine(LifecycleRules())
    try:
        rules = LifecycleRules.model_validate(row.body)
    except ValidationError as error:
        raise StorageError(
            f"The lifecycle's rules cannot be read ({error.errors()[0]['msg']}).",
            hint="Save them anew.",
        ) from None
    return LifecycleLine(rules, row.revision, row.actor, row.at)


def keep_lifecycle(
    connection: Connection, rules: LifecycleRules, *, revision: int, actor: str
) -> LifecycleLine:
    """Keep the lifecycle's rules.

    Raises
    ------
    Conflict
        Somebody else changed them since ``revision``; nothing was overwritten.
    """
    lock = select(segment_settings).where(segment_settings.c.name == _LIFECYCLE)
    before = connection.execute(lock.with_for_update()).one_or_none()
    if before is not None and before.revision != revision:
        raise Conflict(
            f"The lifecycle's rules were changed by {before.actor} {ago(before.at)}."
            " Yours were not saved.",
            hint="Look at them as they are now, then change them again.",
            theirs=before.body,
        )
    line = LifecycleLine(rules, revision + 1, actor, time.time())
    values = {"revision": line.revision, "body": rules.model_dump(mode="json")}
    values |= {"actor": actor, "at": line.at}
    if before is None:
        connection.execute(insert(segment_settings).values(name=_LIFECYCLE, **values))
    else:
        same = segment_settings.c.name == _LIFECYCLE
        connection.execute(update(segment_settings).where(same).values(values))
    record(connection, actor, "change lifecycle", _LIFECYCLE, revision=line.revision)
    return line
