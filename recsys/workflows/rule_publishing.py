"""From the draft to what is live, and back."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from recsys.errors import Conflict, InputError
from recsys.releases.live import LiveView
from recsys.rules import drafts
from recsys.rules.book import RuleBook
from recsys.rules.changes import Change, book_changes
from recsys.rules.draft_book import read_draft, snapshot_of, stamp_of
from recsys.rules.draft_settings import PageSettings, keep_settings, read_settings
from recsys.rules.published import (
    RuleSet,
    Snapshot,
    add_rule_set,
    book_of,
    newest_set,
    readable_book,
    roll_back,
    rule_set_lines,
)
from recsys.rules.saying import Names, ago
from recsys.rules.sets import set_names
from recsys.workspace import Workspace, tables


def draft_stamp(workspace: Workspace) -> str:
    """Return a text that changes with every change of the draft or of a named set: one query."""
    with workspace.database.read() as connection:
        return stamp_of(connection)


def draft_book(workspace: Workspace) -> RuleBook:
    """Return the draft as a book, to look at shelves with: ``replace(view, book=...)``.

    As long as nothing is changed, it is the very same object, for one short query.
    """
    stamp = draft_stamp(workspace)
    return read_draft(workspace.database, stamp, workspace.settings.time_zone)


def names_of(workspace: Workspace, view: LiveView | None = None) -> Names:
    """Return what products (of the live release) and named sets are called."""
    with workspace.database.read() as connection:
        sets = set_names(connection)
    if view is None:
        return Names(sets=sets)
    release = view.release

    def item(item_id: str) -> str:
        row = release.item_ids.row(item_id)
        return item_id if row is None else release.names[row]

    return Names(item, sets)


def changes(workspace: Workspace, names: Names | None = None) -> list[Change]:
    """Say in words what publishing the draft would change."""
    names = names or names_of(workspace)
    return book_changes(readable_book(workspace), draft_book(workspace), names)


def changes_of(workspace: Workspace, rule_set: RuleSet, names: Names | None = None) -> list[Change]:
    """Say in words what a published rule set changed against the one that was live before it."""
    with workspace.database.read() as connection:
        query = select(func.max(tables.rule_sets.c.id)).where(tables.rule_sets.c.id < rule_set.id)
        before = connection.execute(query).scalar() or 0
    names = names or names_of(workspace)
    return book_changes(book_of(workspace, before), book_of(workspace, rule_set.id), names)


def publish_rules(
    workspace: Workspace, *, actor: str, note: str = "", stamp: str | None = None
) -> RuleSet:
    """Make the draft live, on every list within a second; releases are not touched.

    Parameters
    ----------
    stamp
        The draft that was looked at (:attr:`RuleBoard.stamp`); None publishes it as it is.

    Raises
    ------
    InputError
        It is what is live already.
    Conflict
        Somebody changed the draft since ``stamp``.
    """
    live = readable_book(workspace)
    with workspace.database.write() as connection:
        if stamp is not None and stamp != stamp_of(connection):
            raise _changed_meanwhile(connection, "published")
        snapshot = snapshot_of(connection)
        now = newest_set(connection)
        same = Snapshot(
            rules=live.rules,
            settings=dict(live.settings),
            no_repeats=live.no_repeats,
            sets={one.id: one.version for one in live.sets.values()},
        )
        if snapshot == same and live.rule_set_id == (now.id if now else 0):
            raise InputError(
                "The draft is what is live already.", hint="Change a rule or a setting first."
            )
        return add_rule_set(connection, snapshot, note=note.strip(), actor=actor)


def _changed_meanwhile(connection: Connection, wanted: str) -> Conflict:
    last = select(tables.draft_revisions).order_by(tables.draft_revisions.c.id.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    by = "" if row is None else f", last {row.subject} by {row.actor} {ago(row.at)}"
    return Conflict(
        f"The draft was changed since you looked at it{by}. Nothing was {wanted}.",
        hint="Look at the changes again, then decide.",
    )


def roll_back_rules(workspace: Workspace, *, actor: str) -> RuleSet:
    """Make the rules live that were live before these; the draft and releases stay.

    Raises
    ------
    InputError
        There is nothing before.
    StorageError
        The ones before cannot be read; what was live stays live.
    """
    return roll_back(workspace, actor=actor)


def discard_changes(workspace: Workspace, *, actor: str, stamp: str | None = None) -> int:
    """Make the draft what is live; each rule keeps its number, and what goes can be restored.

    Parameters
    ----------
    stamp
        The draft that was looked at (:attr:`RuleBoard.stamp`); None discards it as it is.

    Returns
    -------
    int
        How many rules and settings were changed by it.

    Raises
    ------
    Conflict
        Somebody changed the draft since ``stamp``.
    """
    live = readable_book(workspace)
    there = {rule.id: rule for rule in live.rules}
    done = 0
    with workspace.database.write() as connection:
        if stamp is not None and stamp != stamp_of(connection):
            raise _changed_meanwhile(connection, "discarded")
        for one in drafts.read_rules(connection):
            wanted = there.get(one.rule.id)
            if wanted is None and not one.deleted:
                drafts.drop_rule(
                    connection, one.rule.id, revision=one.revision, actor=actor, names=Names()
                )
            elif wanted is not None and (one.deleted or one.rule != wanted):
                drafts.put_back(connection, wanted, named=one.named, actor=actor)
            else:
                continue
            done += 1
        settings, page = read_settings(connection)
        for shelf, line in settings.items():
            if line.settings != live.of(shelf):
                keep_settings(
                    connection, shelf, live.of(shelf), revision=line.revision, actor=actor
                )
                done += 1
        if page.settings.no_repeats != live.no_repeats:
            shared = PageSettings(no_repeats=live.no_repeats)
            keep_settings(connection, "page", shared, revision=page.revision, actor=actor)
            done += 1
    return done


def rule_sets(workspace: Workspace, limit: int = 20) -> list[RuleSet]:
    """Return what rules went live, newest first."""
    with workspace.database.read() as connection:
        return rule_set_lines(connection, limit)
