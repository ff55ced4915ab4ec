"""Rules as they are worked on; nothing of them is ever overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from recsys.errors import Conflict, NotFound
from recsys.rules.changes import rule_changes
from recsys.rules.revisions import AGAIN, body_of, by, earlier, locked, remember
from recsys.rules.rule import Rule
from recsys.rules.saying import Names, ago, rule_title, rule_words
from recsys.workspace.database import record
from recsys.workspace.tables import draft_rules

_LONGEST_NAME = 120


@dataclass(frozen=True)
class DraftRule:
    """A rule of the draft.

    Attributes
    ----------
    revision
        What to give back when it is saved or deleted.
    named
        Whether a person named it; otherwise its name follows what it says.
    actor, at
        Who changed it last, and when.
    """

    rule: Rule
    revision: int
    named: bool
    deleted: bool
    actor: str
    at: float


def read_rules(connection: Connection) -> list[DraftRule]:
    """Return all rules of the draft, deleted ones, too, by id."""
    query = select(draft_rules).order_by(draft_rules.c.id)
    return [_draft_rule(row) for row in connection.execute(query)]


def keep_rule(
    connection: Connection, rule: Rule, *, revision: int, actor: str, names: Names
) -> Rule:
    """Write a new rule (id 0), or the next revision of one; saving what is there changes nothing.

    Raises
    ------
    NotFound
        There never was a rule of that id.
    Conflict
        Somebody else changed or deleted it since ``revision``.
    """
    if rule.id == 0:
        named = bool(rule.name.strip())
        row = {**by(actor), "revision": 1, "named": named, "deleted": False}
        made = insert(draft_rules).values(**row, body=body_of(rule)).returning(draft_rules.c.id)
        rule = _name(rule, named, names).model_copy(
            update={"id": connection.execute(made).scalar_one()}
        )
        here = draft_rules.c.id == rule.id
        connection.execute(update(draft_rules).where(here).values(body=body_of(rule)))
        remember(connection, _subject(rule.id), 1, body_of(rule), actor)
        record(connection, actor, "add rule", _subject(rule.id), name=rule.name)
        return rule
    before = rule_of(connection, rule.id)
    named = bool(rule.name.strip()) and (before.named or rule.name != before.rule.name)
    rule = _name(rule, named, names)
    if not before.deleted and rule == before.rule:
        return rule
    _check_rule(connection, before, revision, names, yours=rule)
    _write_rule(connection, rule, before.revision + 1, actor, named=named, deleted=False)
    record(connection, actor, "change rule", _subject(rule.id), name=rule.name)
    return rule


def drop_rule(
    connection: Connection, rule_id: int, *, revision: int, actor: str, names: Names
) -> None:
    """Mark a rule deleted.

    Raises
    ------
    NotFound, Conflict
        As for :func:`keep_rule`.
    """
    before = rule_of(connection, rule_id)
    _check_rule(connection, before, revision, names, yours=None)
    _write_rule(
        connection, before.rule, before.revision + 1, actor, named=before.named, deleted=True
    )
    record(connection, actor, "delete rule", _subject(rule_id), name=before.rule.name)


def put_back(connection: Connection, rule: Rule, *, named: bool, actor: str) -> None:
    """Make a rule of the draft say this, deleted or not: a restore, or changes thrown away."""
    before = rule_of(connection, rule.id)
    _write_rule(connection, rule, before.revision + 1, actor, named=named, deleted=False)
    record(connection, actor, "restore rule", _subject(rule.id), name=rule.name)


def rule_of(connection: Connection, rule_id: int) -> DraftRule:
    """Return a rule of the draft, deleted or not.

    Raises
    ------
    NotFound
        There never was one of that id.
    """
    row = connection.execute(locked(draft_rules, draft_rules.c.id == rule_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no rule {rule_id}.", hint="Choose a rule from the list.")
    return _draft_rule(row)


def _check_rule(
    connection: Connection, now: DraftRule, revision: int, names: Names, *, yours: Rule | None
) -> None:
    if now.deleted:
        raise Conflict(
            f"{rule_title(now.rule)} was deleted by {now.actor} {ago(now.at)}."
            + (" Yours was not saved." if yours else ""),
            hint="Restore it, or save yours as a new rule." if yours else "There is nothing to do.",
            yours=yours,
        )
    if now.revision != revision:
        base = earlier(connection, _subject(now.rule.id), revision)
        seen = now.rule if base is None else Rule.model_validate(base)
        differs = rule_changes(seen, now.rule, names)
        words = f"{rule_title(seen)} was changed by {now.actor} {ago(now.at)}"
        raise Conflict(
            f"{'; '.join((words, *differs)).replace('; ', ': ', 1)}. "
            + ("Yours was not saved." if yours else "It was not deleted."),
            hint=AGAIN,
            theirs=now.rule,
            yours=yours,
        )


def _name(rule: Rule, named: bool, names: Names) -> Rule:
    if named:
        return rule.model_copy(update={"name": " ".join(rule.name.split())})
    words = rule_words(rule.model_copy(update={"on": True}), names)
    short = words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1]}…"
    return rule.model_copy(update={"name": short})


def _write_rule(
    connection: Connection, rule: Rule, revision: int, actor: str, *, named: bool, deleted: bool
) -> None:
    body = body_of(rule)
    values = {"revision": revision, "body": body, "named": named, "deleted": deleted}
    here = draft_rules.c.id == rule.id
    connection.execute(update(draft_rules).where(here).values(**values, **by(actor)))
    remember(connection, _subject(rule.id), revision, body, actor, deleted=deleted)


def _draft_rule(row: Any) -> DraftRule:
    rule = Rule.model_validate(row.body).model_copy(update={"id": row.id})
    return DraftRule(rule, row.revision, row.named, row.deleted, row.actor, row.at)


def _subject(rule_id: int) -> str:
    return f"rule {rule_id}"
