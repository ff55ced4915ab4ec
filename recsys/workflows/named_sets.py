"""Collections of products and segments of shoppers: named, versioned sets of ids."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.errors import NotFound
from recsys.rules.book import NamedSet, RuleBook, SetKind
from recsys.rules.published import readable_book
from recsys.rules.saying import rule_title
from recsys.rules.sets import (
    MOST_MEMBERS,
    SetLine,
    SetVersion,
    drop_set,
    keep_set,
    line_of,
    load_sets,
    set_lines,
    set_versions,
)
from recsys.workflows.rule_publishing import draft_book
from recsys.workflows.set_members import (
    How,
    MemberRow,
    edited,
    member_rows,
    read_ids,
    repeated_words,
    unknown_words,
)
from recsys.workspace import Workspace

__all__ = [
    "MOST_MEMBERS",
    "How",
    "MemberRow",
    "SetLine",
    "SetVersion",
    "delete_named_set",
    "edited",
    "member_rows",
    "named_set",
    "named_sets",
    "read_ids",
    "repeated_words",
    "restore_version",
    "save_named_set",
    "unknown_words",
    "uses",
    "versions",
]


def named_sets(workspace: Workspace, kind: SetKind | None = None) -> list[SetLine]:
    """Return the collections or segments, by name; without their members."""
    with workspace.database.read() as connection:
        return set_lines(connection, kind)


def named_set(
    workspace: Workspace, kind: SetKind, set_id: int, version: int | None = None
) -> NamedSet:
    """Return a set with its members.

    Parameters
    ----------
    version
        None for the newest.

    Raises
    ------
    NotFound
        There is no such set or version.
    """
    with workspace.database.read() as connection:
        line = line_of(connection, set_id, kind=kind)
        known = [one.version for one in set_versions(connection, set_id)]
    chosen = line.version if version is None else version
    if chosen not in known:
        raise NotFound(f"{line.name!r} has no version {chosen}.", hint="Choose one of the list.")
    return load_sets(workspace.database, {set_id: chosen})[set_id]


def versions(workspace: Workspace, set_id: int) -> list[SetVersion]:
    """Return who changed a set and when, newest first."""
    with workspace.database.read() as connection:
        return set_versions(connection, set_id)


def save_named_set(
    workspace: Workspace,
    kind: SetKind,
    name: str,
    members: Sequence[str],
    *,
    set_id: int | None = None,
    revision: int = 0,
    note: str | None = None,
    actor: str,
) -> NamedSet:
    """Make a set, or give one a new name, note or members: its next version.

    Ids that the live catalogue does not know are kept, for a release that has them; a member that
    is named twice counts once.

    Parameters
    ----------
    set_id
        None makes a new one.
    revision
        The version that was seen when the change began.
    note
        None leaves it.

    Raises
    ------
    InputError
        The name is empty, too long or taken, or there are too many members.
    NotFound
        There never was one of that id.
    Conflict
        Somebody else changed or deleted it meanwhile; nothing was overwritten.
    """
    with workspace.database.write() as connection:
        line = keep_set(
            connection,
            kind,
            name,
            members,
            set_id=set_id,
            version=revision,
            note=note,
            actor=actor,
        )
    return load_sets(workspace.database, {line.id: line.version})[line.id]


def restore_version(
    workspace: Workspace, kind: SetKind, set_id: int, version: int, *, revision: int, actor: str
) -> NamedSet:
    """Give a set the members it had in an older version: its next version, nothing is lost.

    Raises
    ------
    NotFound, Conflict
        As for :func:`save_named_set`.
    """
    before = named_set(workspace, kind, set_id, version)
    now = named_set(workspace, kind, set_id)
    return save_named_set(
        workspace, kind, now.name, before.members, set_id=set_id, revision=revision, actor=actor
    )


def delete_named_set(
    workspace: Workspace, kind: SetKind, set_id: int, *, revision: int, actor: str
) -> list[str]:
    """Delete a set; say which rules named it, and what becomes of them.

    Raises
    ------
    NotFound
        There never was one of that id.
    Conflict
        Somebody else changed or deleted it meanwhile.
    """
    draft = _naming(draft_book(workspace), kind, set_id)
    live = _naming(readable_book(workspace), kind, set_id)
    with workspace.database.write() as connection:
        drop_set(connection, kind, set_id, seen=revision, actor=actor)
    left = "match nothing" if kind == "collection" else "hold for nobody"
    return [
        *(f"{title} of the draft names it and will {left}." for title in draft),
        *(
            f"Live {title[:1].lower()}{title[1:]} goes on with the members it was published with."
            for title in live
        ),
    ]


def uses(workspace: Workspace, kind: SetKind) -> dict[int, list[str]]:
    """Return which rules of the draft or live name a set: its id -> how they are called."""
    found: dict[int, list[str]] = {}
    for book in (draft_book(workspace), readable_book(workspace)):
        for rule in book.rules:
            named = rule.target.collections if kind == "collection" else rule.scope.segments
            for set_id in named:
                titles = found.setdefault(set_id, [])
                if rule.name not in titles:
                    titles.append(rule.name)
    return found


def _naming(book: RuleBook, kind: SetKind, set_id: int) -> list[str]:
    return [
        rule_title(rule)
        for rule in book.rules
        if set_id in (rule.target.collections if kind == "collection" else rule.scope.segments)
    ]
