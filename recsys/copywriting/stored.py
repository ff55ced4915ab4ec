"""Texts of the queue and their versions, as the database holds them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, case, exists, func, insert, or_, select, update

from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.queued import CopyText, CopyVersion
from recsys.copywriting.text import Brief, Copy, Facts, Kind, State
from recsys.errors import StorageError
from recsys.workspace.tables import copy_texts, copy_versions

# Those that wait for somebody come first.
_ORDER: dict[State, int] = {"draft": 0, "checked": 0, "approved": 1, "rejected": 1}
_AT_A_TIME, _VARIABLES = 1_000, 500


@dataclass(frozen=True)
class Wanted:
    """Which texts are asked for; what is empty or None does not matter."""

    states: Sequence[State] = ()
    kind: Kind | None = None
    about_id: str | None = None
    run_id: int | None = None
    search: str = ""


def add_text(
    connection: Connection,
    version: CopyVersion,
    *,
    state: State,
    run_id: int | None,
) -> int:
    """Write a new text with its first version; return its id."""
    values = text_values(version, state, run_id)
    made = insert(copy_texts).values(values).returning(copy_texts.c.id)
    copy_id = int(connection.execute(made).scalar_one())
    _add_version(connection, copy_id, version)
    return copy_id


def text_values(version: CopyVersion, state: State, run_id: int | None) -> dict[str, Any]:
    """Return the columns of a new text."""
    facts = version.facts
    return {
        "kind": version.brief.kind,
        "about": facts.about,
        "about_id": facts.id,
        "name": facts.name,
        "language": version.brief.language,
        "state": state,
        "revision": 1,
        "version": version.version,
        "original": facts.original,
        "run_id": run_id,
        "actor": version.actor,
        "at": version.at,
    }


def add_version(
    connection: Connection, before: CopyText, version: CopyVersion, *, state: State
) -> None:
    """Make a version the newest of a text."""
    _add_version(connection, before.id, version)
    change = {"version": version.version, "language": version.brief.language}
    set_state(connection, before, state, actor=version.actor, **change)


def set_state(
    connection: Connection, before: CopyText, state: State, *, actor: str, **change: Any
) -> None:
    """Write another state of a text."""
    values = {"state": state, "revision": before.revision + 1, "actor": actor, "at": time.time()}
    one = update(copy_texts).where(copy_texts.c.id == before.id)
    connection.execute(one.values(**values, **change))


def set_note(connection: Connection, text: CopyText, note: str) -> None:
    """Write beside the newest version why it was approved or rejected."""
    one = copy_versions.c
    same = (one.copy_id == text.id) & (one.version == text.now.version)
    connection.execute(update(copy_versions).where(same).values(note=note))


def _add_version(connection: Connection, copy_id: int, version: CopyVersion) -> None:
    connection.execute(insert(copy_versions).values(version_values(copy_id, version)))


def version_values(copy_id: int, version: CopyVersion) -> dict[str, Any]:
    """Return the columns of a version of a text."""
    values = {
        name: getattr(version, name)
        for name in ("version", "made_by", "model", "prompt_version", "cost", "note", "actor", "at")
    }
    return values | {
        "copy_id": copy_id,
        "body": version.copy.model_dump(mode="json"),
        "facts": version.facts.model_dump(mode="json"),
        "brief": version.brief.model_dump(mode="json"),
        "checked": version.checked.model_dump(mode="json"),
        "usage": asdict(version.usage),
    }


def text_of(connection: Connection, copy_id: int, *, locked: bool = False) -> CopyText | None:
    """Return a text; ``locked`` where it is about to be changed."""
    query = _texts().where(copy_texts.c.id == copy_id)
    # In PostgreSQL two writers meet here; SQLite has one at a time.
    query = query.with_for_update(of=copy_texts) if locked else query
    row = connection.execute(query).one_or_none()
    return None if row is None else _text(row)


def versions_of(connection: Connection, copy_id: int) -> list[CopyVersion]:
    """Return the versions of a text, newest first."""
    query = (
        select(*_version_columns())
        .where(copy_versions.c.copy_id == copy_id)
        .order_by(copy_versions.c.version.desc())
    )
    return [_version(row) for row in connection.execute(query)]


def texts(connection: Connection, wanted: Wanted, *, limit: int, offset: int) -> list[CopyText]:
    """Return texts, those that wait for somebody first, then the newest."""
    waits = case(_ORDER, value=copy_texts.c.state, else_=1)
    # Sorted without their bodies, which may be long and are many.
    shown = select(copy_texts.c.id).where(*_conditions(wanted))
    shown = shown.order_by(waits, copy_texts.c.id.desc()).limit(limit).offset(offset)
    ids = list(connection.execute(shown).scalars())
    found = {
        row.id: _text(row) for row in connection.execute(_texts().where(copy_texts.c.id.in_(ids)))
    }
    return [found[copy_id] for copy_id in ids if copy_id in found]


def some_texts(connection: Connection, wanted: Wanted) -> Iterator[CopyText]:
    """Give texts one after the other, oldest first, without holding all in memory."""
    last = 0
    while True:
        query = _texts().where(copy_texts.c.id > last, *_conditions(wanted))
        rows = connection.execute(query.order_by(copy_texts.c.id).limit(_AT_A_TIME)).all()
        yield from map(_text, rows)
        if len(rows) < _AT_A_TIME:
            return
        last = rows[-1].id


def counts(connection: Connection) -> dict[State, int]:
    """Return how many texts are in each state that some are in."""
    query = select(copy_texts.c.state, func.count()).group_by(copy_texts.c.state)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def replaced(connection: Connection) -> set[int]:
    """Return approved descriptions and category texts after which one of the same was approved."""
    one = copy_texts.c
    same = (one.kind, one.about_id, one.language)
    place = func.row_number().over(partition_by=same, order_by=(one.at.desc(), one.id.desc()))
    approved = (
        select(one.id, place.label("place"))
        .where(one.state == "approved", one.kind != "subject")
        .subquery()
    )
    query = select(approved.c.id).where(approved.c.place > 1)
    return set(connection.execute(query).scalars())


def changed_since(
    connection: Connection, kind: Kind, language: str, at: float
) -> list[tuple[int, int, str]]:
    """Return id, revision and what it is about, of texts that changed after a moment."""
    one = copy_texts.c
    query = select(one.id, one.revision, one.about_id).where(
        one.kind == kind, one.language == language, one.at > at
    )
    return [(row.id, row.revision, row.about_id) for row in connection.execute(query)]


def standing(
    connection: Connection, kind: Kind, language: str, about_ids: Sequence[str]
) -> dict[str, str]:
    """Return the newest texts about some things that were not rejected."""
    one, last = copy_texts, copy_versions
    join = one.join(last, (last.c.copy_id == one.c.id) & (last.c.version == one.c.version))
    query = (
        select(one.c.about_id, last.c.body)
        .select_from(join)
        .where(one.c.kind == kind, one.c.language == language, one.c.state != "rejected")
        .order_by(one.c.id)
    )
    found: dict[str, str] = {}
    for start in range(0, len(about_ids), _VARIABLES):
        some = one.c.about_id.in_(about_ids[start : start + _VARIABLES])
        for row in connection.execute(query.where(some)):
            found[row.about_id] = str(row.body["text"])
    return found


def _conditions(wanted: Wanted) -> list[Any]:
    one = copy_texts.c
    found: list[Any] = [one.state.in_(wanted.states)] if wanted.states else []
    if wanted.kind is not None:
        found.append(one.kind == wanted.kind)
    if wanted.about_id is not None:
        found.append(one.about_id == wanted.about_id)
    if wanted.run_id is not None:
        found.append(one.run_id == wanted.run_id)
    if wanted.search.strip():
        search = wanted.search.strip()
        last = copy_versions.c
        newest = (last.copy_id == one.id) & (last.version == one.version)
        words = last.body["text"].as_string().icontains(search, autoescape=True)
        found.append(
            or_(
                one.name.icontains(search, autoescape=True),
                one.about_id.icontains(search, autoescape=True),
                exists().where(newest, words).correlate(copy_texts),
            )
        )
    return found


def _version_columns() -> list[Any]:
    own = ("actor", "at")
    return [
        column.label(f"made_{column.name}") if column.name in own else column
        for column in copy_versions.c
        if column.name not in {"id", "copy_id"}
    ]


def _texts() -> Any:
    one, last = copy_texts, copy_versions
    join = one.join(last, (last.c.copy_id == one.c.id) & (last.c.version == one.c.version))
    columns = [column for column in one.c if column.name != "version"]
    return select(*columns, *_version_columns()).select_from(join)


def _text(row: Any) -> CopyText:
    return CopyText(
        id=row.id,
        kind=row.kind,
        about=row.about,
        about_id=row.about_id,
        name=row.name,
        language=row.language,
        state=row.state,
        revision=row.revision,
        original=row.original,
        run_id=row.run_id,
        now=_version(row),
        actor=row.actor,
        at=row.at,
    )


def _version(row: Any) -> CopyVersion:
    try:
        return CopyVersion(
            version=row.version,
            copy=Copy.model_validate(row.body),
            checked=Checked.model_validate(row.checked),
            brief=Brief.model_validate(row.brief),
            facts=Facts.model_validate(row.facts),
            made_by=row.made_by,
            model=row.model,
            prompt_version=row.prompt_version,
            usage=Usage(**row.usage),
            cost=row.cost,
            note=row.note,
            actor=row.made_actor,
            at=row.made_at,
        )
    except (ValidationError, TypeError) as error:
        raise StorageError(
            "A text of the queue cannot be read: it was written by another version of Aisle.",
            hint="Open this workspace with the version that wrote it.",
        ) from error
