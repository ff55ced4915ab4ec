"""Settings of placements as they are worked on; nothing of them is ever overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from recsys.errors import Conflict
from recsys.rules.changes import page_change, settings_changes
from recsys.rules.revisions import AGAIN, body_of, by, earlier, locked, remember
from recsys.rules.saying import SHELF_WORDS, ago
from recsys.rules.shelf_settings import DEFAULTS, ShelfSettings
from recsys.types import SHELVES, ShelfName
from recsys.values import Value
from recsys.workspace.database import record
from recsys.workspace.tables import draft_settings

Where = ShelfName | Literal["page"]


class PageSettings(Value):
    """What all shelves of a page share."""

    no_repeats: bool = False


@dataclass(frozen=True)
class DraftSettings:
    """The settings of a placement in the draft; revision 0 was never changed."""

    settings: ShelfSettings
    revision: int = 0
    actor: str = ""
    at: float = 0.0


@dataclass(frozen=True)
class DraftPage:
    """What all shelves of a page share, in the draft; revision 0 was never changed."""

    settings: PageSettings
    revision: int = 0
    actor: str = ""
    at: float = 0.0


def read_settings(connection: Connection) -> tuple[dict[ShelfName, DraftSettings], DraftPage]:
    """Return the settings of every placement, and what they share."""
    rows = {row.placement: row for row in connection.execute(select(draft_settings))}
    each: dict[ShelfName, DraftSettings] = {
        shelf: DraftSettings(
            ShelfSettings.model_validate(rows[shelf].body),
            rows[shelf].revision,
            rows[shelf].actor,
            rows[shelf].at,
        )
        if shelf in rows
        else DraftSettings(DEFAULTS[shelf])
        for shelf in SHELVES
    }
    page = rows.get("page")
    if page is None:
        return each, DraftPage(PageSettings())
    shared = PageSettings.model_validate(page.body)
    return each, DraftPage(shared, page.revision, page.actor, page.at)


def keep_settings(
    connection: Connection,
    where: Where,
    settings: ShelfSettings | PageSettings,
    *,
    revision: int,
    actor: str,
) -> None:
    """Write settings of a placement, or of ``"page"``; saving what is there changes nothing.

    Raises
    ------
    Conflict
        Somebody else changed them since ``revision``.
    """
    here = draft_settings.c.placement == where
    row = connection.execute(locked(draft_settings, here)).one_or_none()
    body = body_of(settings)
    if body == (body_of(_start(where)) if row is None else row.body):
        return
    now = 0 if row is None else row.revision
    if row is not None and now != revision:
        raise _settings_conflict(connection, where, row, revision, settings)
    values = {"revision": now + 1, "body": body, **by(actor)}
    if row is None:
        connection.execute(insert(draft_settings).values(placement=where, **values))
    else:
        connection.execute(update(draft_settings).where(here).values(values))
    remember(connection, f"settings {where}", now + 1, body, actor)
    record(connection, actor, "change settings", where)


def _settings_conflict(
    connection: Connection,
    where: Where,
    row: Any,
    revision: int,
    yours: ShelfSettings | PageSettings,
) -> Conflict:
    base = earlier(connection, f"settings {where}", revision) or body_of(_start(where))
    called = "all shelves of a page" if where == "page" else SHELF_WORDS[where]
    return Conflict(
        f"The settings of {called} were changed by {row.actor} {ago(row.at)}:"
        f" {'; '.join(_differs_of(where)(base, row.body))}. Yours were not saved.",
        hint=AGAIN,
        theirs=type(yours).model_validate(row.body),
        yours=yours,
    )


def _start(where: Where) -> ShelfSettings | PageSettings:
    return PageSettings() if where == "page" else DEFAULTS[where]


def _differs_of(where: Where) -> Callable[[Any, Any], list[str]]:
    if where == "page":
        return lambda _before, after: [page_change(not after["no_repeats"])]
    return lambda before, after: settings_changes(
        ShelfSettings.model_validate(before), ShelfSettings.model_validate(after)
    )
