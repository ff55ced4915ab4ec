"""Segments as the database holds them: a named set, what it is worked out by, and what changed."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, delete, insert, select, update

from recsys.errors import Conflict, NotFound, StorageError
from recsys.rules.sets import SetLine, keep_set, line_of, set_lines
from recsys.segments.definition import Definition
from recsys.workspace.database import record
from recsys.workspace.tables import (
    named_set_versions,
    named_sets,
    segment_versions,
    segments,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Counts:
    """What became of the shoppers when a segment was worked out.

    Attributes
    ----------
    members, held_out
        Held out ones are members, too.
    removed
        Reason -> shoppers that were left out for it.
    unknown
        Ids that the release did not know; members none the less.
    """

    members: int = 0
    held_out: int = 0
    removed: dict[str, int] = field(default_factory=dict[str, int])
    unknown: int = 0


@dataclass(frozen=True)
class Kept:
    """What a segment is worked out by.

    Attributes
    ----------
    version
        Of the set, as it was worked out; a newer one was changed by hand.
    proof_id
        Empty where there is none.
    release_id, at
        On which release and when it was worked out last.
    """

    set_id: int
    version: int
    definition: Definition
    refresh: bool
    proof_id: str
    release_id: str
    counts: Counts
    at: float


@dataclass(frozen=True)
class Step:
    """One version of a segment and how it came about.

    Attributes
    ----------
    came, went, kept
        Members against the version before; None where nobody counted: a change by hand.
    why
        In a sentence, for people; empty for a change by hand.
    """

    version: int
    name: str
    count: int
    actor: str
    at: float
    came: int | None = None
    went: int | None = None
    kept: int | None = None
    why: str = ""
    release_id: str = ""


@dataclass(frozen=True)
class Change:
    """How many members came, went and stayed."""

    came: int
    went: int
    kept: int

    @classmethod
    def between(cls, before: Sequence[str], after: Sequence[str]) -> Change:
        """Compare two lists of members."""
        old, new = set(before), set(after)
        kept = len(old & new)
        return cls(len(new) - kept, len(old) - kept, kept)

    def words(self) -> str:
        """Say it: ``12 came, 3 went, 240 stayed``."""
        return f"{self.came:,} came, {self.went:,} went, {self.kept:,} stayed"


def kept_segments(connection: Connection) -> dict[int, Kept]:
    """Return what the segments that are not deleted are worked out by: set id -> kept.

    One that cannot be read is left out, as if it were made by hand: it must not hide the others.
    """
    alive = select(named_sets.c.id).where(named_sets.c.name_key.is_not(None))
    query = select(segments).where(segments.c.set_id.in_(alive)).order_by(segments.c.set_id)
    found: dict[int, Kept] = {}
    for row in connection.execute(query):
        try:
            found[row.set_id] = _kept(row)
        except StorageError as error:
            _log.warning("%s", error)
    return found


def kept_segment(connection: Connection, set_id: int) -> Kept | None:
    """Return what a segment is worked out by, also of a deleted one; None for a list by hand."""
    row = connection.execute(select(segments).where(segments.c.set_id == set_id)).one_or_none()
    return None if row is None else _kept(row)


def refreshing(connection: Connection) -> bool:
    """Tell whether any segment is to be worked out anew on each release."""
    alive = select(named_sets.c.id).where(named_sets.c.name_key.is_not(None))
    query = select(segments.c.set_id).where(segments.c.refresh, segments.c.set_id.in_(alive))
    return connection.execute(query.limit(1)).first() is not None


def segment_sets(connection: Connection) -> list[SetLine]:
    """Return the named sets of shoppers that are not deleted, by name."""
    return set_lines(connection, "segment")


def segment_set(connection: Connection, set_id: int) -> SetLine:
    """Return a segment's set, to be read.

    Raises
    ------
    NotFound
        There never was one of that id, or it is deleted.
    """
    try:
        return line_of(connection, set_id, kind="segment")
    except Conflict:
        raise NotFound(
            f"Segment {set_id} was deleted.", hint="Choose a segment from the list."
        ) from None


def steps(connection: Connection, set_id: int) -> list[Step]:
    """Return the versions of a segment, newest first; a deleted one keeps its history."""
    sets, told = named_set_versions, segment_versions
    by_hand = ("version", "name", "count", "actor", "at")
    join = sets.outerjoin(
        told, (told.c.set_id == sets.c.set_id) & (told.c.version == sets.c.version)
    )
    query = (
        select(
            *(sets.c[name] for name in by_hand),
            *(told.c[name] for name in ("came", "went", "kept", "why", "release_id")),
        )
        .select_from(join)
        .where(sets.c.set_id == set_id)
        .order_by(sets.c.version.desc())
    )
    return [
        Step(**row) if row["why"] is not None else Step(**{name: row[name] for name in by_hand})
        for row in connection.execute(query).mappings()
    ]


def keep_segment(
    connection: Connection,
    name: str,
    members: Sequence[str],
    kept: Kept,
    change: Change,
    *,
    set_id: int | None,
    seen: int,
    note: str | None,
    why: str,
    actor: str,
) -> SetLine:
    """Write a new version of a segment and what it is worked out by, in the caller's transaction.

    Parameters
    ----------
    kept
        Its set and version are those that are written now, whatever it says.
    seen
        The version that was seen when the change began.

    Raises
    ------
    InputError, NotFound, Conflict
        As for :func:`recsys.rules.sets.keep_set`.
    """
    line = keep_set(
        connection, "segment", name, members, set_id=set_id, version=seen, note=note, actor=actor
    )
    _write(connection, kept, line)
    told = {"came": change.came, "went": change.went, "kept": change.kept, "why": why}
    connection.execute(
        insert(segment_versions).values(
            set_id=line.id, version=line.version, release_id=kept.release_id, **told
        )
    )
    return line


def touch_segment(connection: Connection, kept: Kept, *, seen: int) -> SetLine:
    """Write that a segment was worked out again and is as it was: no new version.

    Raises
    ------
    NotFound, Conflict
        It is gone or was changed meanwhile.
    """
    line = line_of(connection, kept.set_id, kind="segment", seen=seen)
    _write(connection, kept, line)
    return line


def switch_refresh(
    connection: Connection, set_id: int, on: bool, *, seen: int, actor: str
) -> SetLine:
    """Say whether a segment is worked out anew on each release.

    Raises
    ------
    NotFound, Conflict
        It is gone or was changed meanwhile.
    """
    line = line_of(connection, set_id, kind="segment", seen=seen)
    connection.execute(update(segments).where(segments.c.set_id == set_id).values(refresh=on))
    record(connection, actor, "refresh segment", line.name, id=set_id, on=on)
    return line


def _write(connection: Connection, kept: Kept, line: SetLine) -> None:
    connection.execute(delete(segments).where(segments.c.set_id == line.id))
    connection.execute(
        insert(segments).values(
            set_id=line.id,
            version=line.version,
            definition=kept.definition.model_dump(mode="json", exclude_defaults=True)
            | {"kind": kept.definition.kind},
            refresh=kept.refresh,
            proof_id=kept.proof_id,
            release_id=kept.release_id,
            counts=vars(kept.counts),
            at=time.time(),
        )
    )


def _kept(row: Any) -> Kept:
    try:
        definition = Definition.model_validate(row.definition)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "all of it"
        raise StorageError(
            f"The definition of segment {row.set_id} cannot be read ({where}: {first['msg']}).",
            hint="Define the segment anew; its members are still there.",
        ) from None
    return Kept(
        set_id=row.set_id,
        version=row.version,
        definition=definition,
        refresh=row.refresh,
        proof_id=row.proof_id,
        release_id=row.release_id,
        counts=Counts(**row.counts),
        at=row.at,
    )
