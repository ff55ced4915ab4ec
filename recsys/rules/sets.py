"""Named sets of products and shoppers, as the database holds them."""

from __future__ import annotations

import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from recsys.errors import Conflict, InputError, NotFound, StorageError
from recsys.rules.book import NamedSet, SetKind
from recsys.rules.saying import ago, counted
from recsys.workspace.database import Database, record
from recsys.workspace.tables import named_set_versions, named_sets

MOST_MEMBERS = 1_000_000
_LONGEST_NAME = 120
_NUMBERS_END = 2**31  # of the column with the ids
_KEPT_MEMBERS = 3_000_000  # of all sets held in memory together, some 200 MB


@dataclass(frozen=True)
class SetVersion:
    """One version of a set, without its members."""

    version: int
    name: str
    count: int
    actor: str
    at: float


@dataclass(frozen=True)
class SetLine:
    """A set as lists show it.

    Attributes
    ----------
    count
        Members of its newest version.
    actor, at
        Who changed it last, and when.
    """

    id: int
    kind: SetKind
    name: str
    note: str
    version: int
    count: int
    actor: str
    at: float


def set_lines(connection: Connection, kind: SetKind | None = None) -> list[SetLine]:
    """Return the sets that are not deleted, by name."""
    query = _newest().where(named_sets.c.name_key.is_not(None)).order_by(named_sets.c.name_key)
    if kind is not None:
        query = query.where(named_sets.c.kind == kind)
    return [_line(row) for row in connection.execute(query)]


def set_versions(connection: Connection, set_id: int) -> list[SetVersion]:
    """Return the versions of a set, newest first."""
    columns = [named_set_versions.c[name] for name in ("version", "name", "count", "actor", "at")]
    query = (
        select(*columns)
        .where(named_set_versions.c.set_id == set_id)
        .order_by(named_set_versions.c.version.desc())
    )
    return [SetVersion(*row) for row in connection.execute(query)]


def _line(row: Any) -> SetLine:
    return SetLine(**row._mapping)


def _newest() -> Any:
    last, one = named_set_versions, named_sets
    columns = [one.c[name] for name in ("id", "kind", "name", "note", "version")]
    join = one.join(last, (last.c.set_id == one.c.id) & (last.c.version == one.c.version))
    return select(*columns, last.c.count, last.c.actor, last.c.at).select_from(join)


def set_kinds(connection: Connection) -> dict[int, SetKind]:
    """Return the ids of the sets that are not deleted, with what they are sets of."""
    query = select(named_sets.c.id, named_sets.c.kind).where(named_sets.c.name_key.is_not(None))
    return {row.id: row.kind for row in connection.execute(query)}


def set_names(connection: Connection) -> dict[int, str]:
    """Return the names of the sets that are not deleted."""
    query = select(named_sets.c.id, named_sets.c.name).where(named_sets.c.name_key.is_not(None))
    return {row.id: row.name for row in connection.execute(query)}


def newest_versions(connection: Connection, set_ids: Iterable[int]) -> dict[int, int]:
    """Return the newest version of each of some sets; deleted ones are left out."""
    wanted = frozenset(set_ids)
    query = select(named_sets.c.id, named_sets.c.version).where(named_sets.c.name_key.is_not(None))
    return {row.id: row.version for row in connection.execute(query) if row.id in wanted}


def last_versions(connection: Connection, set_ids: Iterable[int]) -> dict[int, int]:
    """Return the last version of each of some sets, of deleted ones, too."""
    wanted = frozenset(set_ids)
    query = select(named_sets.c.id, named_sets.c.version)
    return {row.id: row.version for row in connection.execute(query) if row.id in wanted}


def load_sets(database: Database, versions: Mapping[int, int]) -> dict[int, NamedSet]:
    """Return sets as they stood in the given versions: id -> set.

    Raises
    ------
    StorageError
        A version is not there.
    """
    return {set_id: _kept(database, set_id, number) for set_id, number in versions.items()}


class _Kept:
    """Sets in memory, those used last: a version never changes, so it is read once.

    Bounded by their members, since one set may have as many as a thousand others.
    """

    def __init__(self) -> None:
        self._sets: OrderedDict[tuple[Database, int, int], NamedSet] = OrderedDict()
        self._members = 0
        self._lock = threading.Lock()

    def __call__(self, database: Database, set_id: int, version: int) -> NamedSet:
        key = (database, set_id, version)
        with self._lock:
            found = self._sets.get(key)
            if found is not None:
                self._sets.move_to_end(key)
                return found
        found = _load(database, set_id, version)
        with self._lock:
            if key not in self._sets:
                self._sets[key] = found
                self._members += len(found.members)
            while self._members > _KEPT_MEMBERS and len(self._sets) > 1:
                _, oldest = self._sets.popitem(last=False)
                self._members -= len(oldest.members)
            return self._sets[key]


_kept = _Kept()


def _load(database: Database, set_id: int, version: int) -> NamedSet:
    join = named_set_versions.join(named_sets, named_sets.c.id == named_set_versions.c.set_id)
    query = (
        select(named_sets.c.kind, named_set_versions.c.name, named_set_versions.c.members)
        .select_from(join)
        .where(named_set_versions.c.set_id == set_id, named_set_versions.c.version == version)
    )
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise StorageError(
            f"Version {version} of the named set {set_id} is not in the database.",
            hint="Roll the rules back, or publish them again.",
        )
    return NamedSet(set_id, row.kind, row.name, version, tuple(row.members))


def keep_set(
    connection: Connection,
    kind: SetKind,
    name: str,
    members: Sequence[str],
    *,
    set_id: int | None,
    version: int,
    note: str | None,
    actor: str,
) -> SetLine:
    """Write a new set, or a new version of one that still is in the version that was seen.

    Raises
    ------
    InputError
        The name is empty, too long or taken, or there are too many members.
    Conflict
        Somebody else changed or deleted it meanwhile.
    """
    name, unique = _checked_name(name), list(dict.fromkeys(members))
    if len(unique) > MOST_MEMBERS:
        raise InputError(
            f"{name!r} would have {len(unique):,} members, and {MOST_MEMBERS:,} is the most.",
            hint="Make several sets of it; a rule may name them all.",
        )
    _check_free(connection, kind, name, set_id)
    row: dict[str, Any] = {"kind": kind, "name": name, "name_key": _key(name)}
    if set_id is None:
        row |= {"version": 1, "note": note or ""}
        made = insert(named_sets).values(row).returning(named_sets.c.id)
        set_id = int(connection.execute(made).scalar_one())
    else:
        before = line_of(connection, set_id, seen=version, kind=kind)
        row |= {"version": before.version + 1, "note": before.note if note is None else note}
        connection.execute(update(named_sets).where(named_sets.c.id == set_id).values(row))
    values = {"version": row["version"], "name": name, "members": unique, "count": len(unique)}
    made = insert(named_set_versions).values(set_id=set_id, actor=actor, at=time.time(), **values)
    connection.execute(made)
    record(connection, actor, f"save {kind}", name, id=set_id, members=len(unique))
    return line_of(connection, set_id, kind=kind)


def drop_set(connection: Connection, kind: SetKind, set_id: int, *, seen: int, actor: str) -> None:
    """Mark a set deleted; its versions stay, since published rules may hold them.

    Raises
    ------
    Conflict
        Somebody else changed or deleted it meanwhile.
    """
    line = line_of(connection, set_id, seen=seen, kind=kind)
    gone = update(named_sets).where(named_sets.c.id == set_id).values(name_key=None)
    connection.execute(gone)
    record(connection, actor, f"delete {kind}", line.name, id=set_id)


def line_of(connection: Connection, set_id: int, *, kind: SetKind, seen: int = 0) -> SetLine:
    """Return a set.

    Parameters
    ----------
    seen
        The version it has to be in; 0 for any.

    Raises
    ------
    NotFound
        There never was one of that id.
    Conflict
        It is in another version, or deleted.
    """
    if set_id >= _NUMBERS_END:
        raise NotFound(f"There is no {kind} {set_id}.", hint=f"Choose a {kind} from the list.")
    # In PostgreSQL two writers meet here; SQLite has one at a time.
    lock = select(named_sets.c.name_key).where(named_sets.c.id == set_id).with_for_update()
    key = connection.execute(lock).one_or_none()
    row = connection.execute(_newest().where(named_sets.c.id == set_id)).one_or_none()
    if key is None or row is None or row.kind != kind:
        raise NotFound(f"There is no {kind} {set_id}.", hint=f"Choose a {kind} from the list.")
    line = _line(row)
    called = f"{kind.capitalize()} {line.name!r}"
    if key.name_key is None:
        raise Conflict(
            f"{called} was deleted meanwhile. Yours was not saved.",
            hint="Save yours as a new one.",
        )
    if seen and seen != line.version:
        raise Conflict(
            f"{called} was changed by {line.actor} {ago(line.at)}: it now has"
            f" {counted(line.count, 'member')}. Yours was not saved.",
            hint="Look at it again, then change it again.",
            theirs=line,
        )
    return line


def _checked_name(name: str) -> str:
    name = " ".join(_shown(name).split())
    if not name:
        raise InputError("It needs a name.", hint="Give it one that says what belongs to it.")
    if len(name) > _LONGEST_NAME:
        raise InputError(f"The name is longer than {_LONGEST_NAME} characters.", hint="Shorten it.")
    return name


def _shown(name: str) -> str:
    """Return a name without signs nobody sees, such as those that turn text around (U+202E)."""
    unseen = ("Cc", "Cf")
    return "".join(c for c in name if c.isspace() or unicodedata.category(c) not in unseen)


def _check_free(connection: Connection, kind: SetKind, name: str, set_id: int | None) -> None:
    same = select(func.max(named_sets.c.id)).where(
        named_sets.c.kind == kind, named_sets.c.name_key == _key(name)
    )
    other = connection.execute(same).scalar()
    if other is not None and other != set_id:
        raise InputError(
            f"There is a {kind} {name!r} already.", hint="Choose another name, or change that one."
        )


def _key(name: str) -> str:
    return name.casefold()
