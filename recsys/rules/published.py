"""Published rules: a pointer and a history of their own, beside those of releases."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import Field, ValidationError
from sqlalchemy import Connection, insert, select

from recsys.errors import InputError, NotFound, StorageError
from recsys.rules.book import EMPTY, RuleBook
from recsys.rules.rule import Rule
from recsys.rules.sets import load_sets
from recsys.rules.shelf_settings import ShelfSettings
from recsys.types import ShelfName
from recsys.values import Value
from recsys.workspace import Workspace
from recsys.workspace.database import record
from recsys.workspace.tables import rule_sets


class Snapshot(Value):
    """What a published rule set holds; the members of its sets lie in their versions."""

    rules: tuple[Rule, ...] = ()
    settings: dict[ShelfName, ShelfSettings] = Field(default_factory=dict[ShelfName, ShelfSettings])
    no_repeats: bool = False
    sets: dict[int, int] = Field(default_factory=dict[int, int])


@dataclass(frozen=True)
class RuleSet:
    """One line of what went live: the last one is live now.

    ``beneath`` is the one that a roll back returns to; 0: no rules, None: there is no way back.
    """

    id: int
    action: str
    beneath: int | None
    note: str
    actor: str
    at: float
    n_rules: int


def newest_set(connection: Connection) -> RuleSet | None:
    """Return the rule set that is live, or None before the first."""
    row = connection.execute(_query().limit(1)).one_or_none()
    return None if row is None else _rule_set(row)


def rule_set_lines(connection: Connection, limit: int) -> list[RuleSet]:
    """Return what went live, newest first."""
    return [_rule_set(row) for row in connection.execute(_query().limit(limit))]


def live_book(workspace: Workspace) -> RuleBook:
    """Return the book that is live; an empty one before the first.

    Raises
    ------
    StorageError
        It cannot be read.
    """
    with workspace.database.read() as connection:
        row = connection.execute(_query().limit(1)).one_or_none()
    return EMPTY if row is None else _book(workspace, row)


def readable_book(workspace: Workspace) -> RuleBook:
    """Return the newest published book that can be read; an empty one where none can."""
    with workspace.database.read() as connection:
        rows = connection.execute(_query()).all()
    for row in rows:
        try:
            return _book(workspace, row)
        except StorageError:
            continue
    return EMPTY


def book_of(workspace: Workspace, rule_set_id: int) -> RuleBook:
    """Return the book of a published rule set; 0 is the empty one.

    Raises
    ------
    NotFound
        There is none of that id.
    StorageError
        It cannot be read.
    """
    if rule_set_id == 0:
        return EMPTY
    with workspace.database.read() as connection:
        found = _query().where(rule_sets.c.id == rule_set_id)
        row = connection.execute(found).one_or_none()
    if row is None:
        raise NotFound(f"There is no rule set {rule_set_id}.", hint="Choose one of the history.")
    return _book(workspace, row)


def add_rule_set(connection: Connection, snapshot: Snapshot, *, note: str, actor: str) -> RuleSet:
    """Make a snapshot live: one row, so that readers see the old one or the new one."""
    now = newest_set(connection)
    return _add(
        connection,
        snapshot.model_dump(mode="json"),
        beneath=now.id if now else 0,
        action="publish",
        note=note,
        actor=actor,
    )


def roll_back(workspace: Workspace, *, actor: str) -> RuleSet:
    """Make the rules live that were live before these; before the first there were none.

    Releases are not touched, nor is the draft.

    Raises
    ------
    InputError
        There is nothing to roll back.
    StorageError
        The ones before cannot be read; what was live stays live.
    """
    with workspace.database.write() as connection:
        now = newest_set(connection)
        if now is None or now.beneath is None:
            raise InputError(
                "There are no earlier rules to roll back to.",
                hint="Publish rules first." if now is None else "These are the first.",
            )
        body, beneath = Snapshot().model_dump(mode="json"), None
        if now.beneath:
            query = _query().where(rule_sets.c.id == now.beneath)
            before = connection.execute(query).one()
            body, beneath = _read(before).model_dump(mode="json"), before.beneath
        return _add(
            connection,
            body,
            beneath=beneath,
            action="rollback",
            note=f"Back to rule set {now.beneath}" if now.beneath else "Back to no rules",
            actor=actor,
        )


def _add(
    connection: Connection,
    body: Mapping[str, Any],
    *,
    beneath: int | None,
    action: str,
    note: str,
    actor: str,
) -> RuleSet:
    values = {"body": body, "beneath": beneath, "action": action, "note": note, "actor": actor}
    made = insert(rule_sets).values(**values, at=time.time()).returning(rule_sets)
    found = _rule_set(connection.execute(made).one())
    record(connection, actor, f"{action} rules", f"rule set {found.id}", note=note)
    return found


def _query() -> Any:
    return select(rule_sets).order_by(rule_sets.c.id.desc())


def _rule_set(row: Any) -> RuleSet:
    # Read without checking: the history shows what cannot be read, too.
    body = cast("dict[str, list[Any]]", row.body if isinstance(row.body, dict) else {})
    return RuleSet(
        row.id,
        row.action,
        row.beneath,
        row.note,
        row.actor,
        row.at,
        n_rules=len(body.get("rules", ())),
    )


def _book(workspace: Workspace, row: Any) -> RuleBook:
    snapshot = _read(row)
    return RuleBook(
        rule_set_id=row.id,
        rules=snapshot.rules,
        settings=snapshot.settings,
        no_repeats=snapshot.no_repeats,
        sets=load_sets(workspace.database, snapshot.sets),
        time_zone=workspace.settings.time_zone,
    )


def _read(row: Any) -> Snapshot:
    try:
        return Snapshot.model_validate(row.body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "all of it"
        raise StorageError(
            f"Rule set {row.id} cannot be read ({where}: {first['msg']}).",
            hint="Publish the draft again, or roll the rules back.",
        ) from None
