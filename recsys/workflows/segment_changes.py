"""What a list of segments tells of their changes, and changes that leave the members alone."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from recsys.rules.sets import line_of, load_sets
from recsys.segments import stored
from recsys.segments.stored import Change, Step
from recsys.workflows.named_sets import save_named_set
from recsys.workspace import Workspace
from recsys.workspace.tables import named_set_versions, segment_versions

_STEP = ("version", "name", "count", "actor", "at", "came", "went", "kept", "why")


def last_changes(workspace: Workspace) -> dict[int, Step]:
    """Return of each segment the newest version in which members came or went: set id -> it.

    The first version, in which all of them came, is no change.
    """
    sets, told = named_set_versions, segment_versions
    join = sets.join(told, (told.c.set_id == sets.c.set_id) & (told.c.version == sets.c.version))
    query = (
        select(
            sets.c.set_id,
            *(sets.c[name] for name in _STEP[:5]),
            *(told.c[name] for name in _STEP[5:]),
        )
        .select_from(join)
        .where((told.c.version > 1) & (told.c.came + told.c.went > 0))
        .order_by(sets.c.set_id, sets.c.version)
    )
    with workspace.database.read() as connection:
        rows = connection.execute(query).mappings()
        return {row["set_id"]: Step(**{name: row[name] for name in _STEP}) for row in rows}


def rename_segment(
    workspace: Workspace,
    set_id: int,
    name: str,
    *,
    note: str,
    refresh: bool,
    revision: int,
    actor: str,
) -> None:
    """Give a segment another name and note, and say whether it follows releases.

    Its members and what it is worked out by stay.

    Parameters
    ----------
    revision
        The version that was seen when the change began.

    Raises
    ------
    InputError
        The name is empty, too long or taken.
    NotFound, Conflict
        It never was, or somebody else changed or deleted it meanwhile.
    """
    with workspace.database.read() as connection:
        line = line_of(connection, set_id, kind="segment", seen=revision)
        kept = stored.kept_segment(connection, set_id)
    members = load_sets(workspace.database, {set_id: line.version})[set_id].members
    if kept is None or kept.version != line.version:  # by hand, and so it stays
        save_named_set(
            workspace, "segment", name, members,
            set_id=set_id, revision=revision, note=note, actor=actor,
        )  # fmt: skip
        return
    with workspace.database.write() as connection:
        stored.keep_segment(
            connection,
            name,
            members,
            replace(kept, refresh=refresh),
            Change(0, 0, len(members)),
            set_id=set_id,
            seen=revision,
            note=note,
            why="Named anew.",
            actor=actor,
        )
