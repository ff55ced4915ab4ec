"""The draft as a book, made once for every state it is in."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, func, select

from recsys.rules import drafts
from recsys.rules.book import RuleBook
from recsys.rules.draft_settings import read_settings
from recsys.rules.published import Snapshot
from recsys.rules.sets import load_sets, newest_versions
from recsys.rules.shelf_settings import DEFAULTS
from recsys.workspace.database import Database
from recsys.workspace.tables import draft_revisions, named_set_versions, named_sets


def stamp_of(connection: Connection) -> str:
    """Return a text that changes with every change of the draft or of a named set: one query."""
    query = select(
        select(func.max(draft_revisions.c.id)).scalar_subquery(),
        select(func.max(named_set_versions.c.id)).scalar_subquery(),
        select(func.count()).where(named_sets.c.name_key.is_not(None)).scalar_subquery(),
    )
    return "-".join(str(part or 0) for part in connection.execute(query).one())


@lru_cache(maxsize=8)
def read_draft(database: Database, _stamp: str, time_zone: str) -> RuleBook:
    """Return the draft; the very same object as long as the stamp is the same."""
    with database.read() as connection:
        snapshot = snapshot_of(connection)
    return RuleBook(
        rule_set_id=-1,
        rules=snapshot.rules,
        settings=snapshot.settings,
        no_repeats=snapshot.no_repeats,
        sets=load_sets(database, snapshot.sets),
        time_zone=time_zone,
    )


def snapshot_of(connection: Connection) -> Snapshot:
    """Return the draft as it would be published."""
    rules = tuple(one.rule for one in drafts.read_rules(connection) if not one.deleted)
    settings, page = read_settings(connection)
    named = {
        set_id for rule in rules for set_id in (*rule.target.collections, *rule.scope.segments)
    }
    return Snapshot(
        rules=rules,
        settings={
            shelf: one.settings
            for shelf, one in settings.items()
            if one.settings != DEFAULTS[shelf]
        },
        no_repeats=page.settings.no_repeats,
        sets=newest_versions(connection, named),
    )
