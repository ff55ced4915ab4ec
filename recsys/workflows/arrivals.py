"""Files that wait to be loaded: what each seems to hold, those with the same columns as one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from recsys.data.files.readers import FilePreview
from recsys.data.reading.columns import ROLES, Kind
from recsys.data.recipe import DateOrder
from recsys.errors import BadFile, NotFound
from recsys.jobs.queue import Queue
from recsys.workflows.loading import FileGuess, Guess, guess_files, guess_roles, preview_file
from recsys.workflows.mappings import remembered_mapping
from recsys.workflows.uploads import upload_info
from recsys.workspace import Workspace
from recsys.workspace.tables import uploads

KINDS: tuple[Kind, ...] = ("interactions", "items", "shoppers")
AS_LAST_TIME = "Files with the same columns were mapped so last time."
# A preview holds up to 1,000 rows; of files with the same columns one is kept.
_PREVIEWS_KEPT = 40
_COLUMNS_KEPT = 4_096


@dataclass(frozen=True)
class Arrival:
    """A file that waits.

    Attributes
    ----------
    key
        The id of its upload, or its path on the server.
    changed
        When it was written last, in nanoseconds: with the path it names what was read.
    """

    key: str
    name: str
    path: Path
    bytes: int
    changed: int
    uploaded: bool = True


@dataclass(frozen=True)
class Refused:
    """A file that cannot be read, and why."""

    file: Arrival
    message: str
    hint: str


@dataclass(frozen=True)
class Card:
    """Files with the same columns, and what they are taken for before anybody corrects it.

    Attributes
    ----------
    key
        Stays the same while files come and go.
    columns_key
        What all files with these columns share.
    preview
        Of the first file.
    guesses
        Kind -> role -> guess.
    remembered
        They are mapped as last time.
    """

    key: str
    columns_key: str
    files: tuple[Arrival, ...]
    preview: FilePreview
    kind: Kind
    guesses: dict[Kind, dict[str, Guess]]
    date_order: DateOrder = "auto"
    remembered: bool = False

    @property
    def bytes(self) -> int:
        """Their size together."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True)
class Arrived:
    """All files that wait: those that can be read, and those that cannot."""

    cards: list[Card]
    refused: list[Refused]


def find_arrivals(
    workspace: Workspace, upload_ids: Iterable[str], server_paths: Iterable[str] = ()
) -> list[Arrival]:
    """Return the files of some uploads and paths; those that are gone meanwhile are left out."""
    found: list[Arrival] = []
    for upload_id in upload_ids:
        try:
            info = upload_info(workspace, upload_id)
            changed = info.path.stat().st_mtime_ns
        except (NotFound, OSError):
            continue
        found.append(Arrival(upload_id, info.file_name, info.path, info.bytes, changed))
    for path in map(Path, server_paths):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append(
            Arrival(str(path), path.name, path, stat.st_size, stat.st_mtime_ns, uploaded=False)
        )
    return found


def forgotten_uploads(
    workspace: Workspace, known: Collection[str], *, actor: str
) -> list[tuple[str, str]]:
    """Return (id, name) of uploads that nobody loads: not ``known`` here, and in no job at work.

    They are of a page that was reloaded, or of a job that failed.
    """
    query = (
        select(uploads.c.upload_id, uploads.c.file_name)
        .where(uploads.c.status == "done", uploads.c.actor == actor)
        .order_by(uploads.c.created_at)
    )
    with workspace.database.read() as connection:
        rows = connection.execute(query).all()
    at_work = {
        Path(one["path"]).parent.name
        for job in Queue(workspace.database).active()
        for one in job.params.get("given", ())
    }
    return [
        (row.upload_id, row.file_name)
        for row in rows
        if row.upload_id not in known and row.upload_id not in at_work
    ]


def look_at(
    workspace: Workspace, files: Sequence[Arrival], *, apart: Collection[str] = ()
) -> Arrived:
    """Look at the beginning of each file and say what they seem to hold.

    Parameters
    ----------
    apart
        Keys of columns whose files get a card each, since they hold different things.
    """
    groups: dict[str, list[Arrival]] = {}
    refused: list[Refused] = []
    for file in files:
        seen = _columns(file)
        if isinstance(seen, BadFile):
            refused.append(Refused(file, seen.message, seen.hint))
            continue
        key = _hash(seen)
        groups.setdefault(f"{key}-{_hash([file.key])}" if key in apart else key, []).append(file)
    heads = tuple(group[0] for group in groups.values())
    guesses = _guesses(heads)
    cards = [
        _card(workspace, key, tuple(group), found, heads)
        for (key, group), found in zip(groups.items(), guesses, strict=True)
    ]
    return Arrived(cards, refused)


def _card(
    workspace: Workspace,
    key: str,
    files: tuple[Arrival, ...],
    guessed: FileGuess,
    heads: tuple[Arrival, ...],
) -> Card:
    seen = _preview(files[0])
    kinds = _guesses(heads)
    others = tuple(
        (found.kind, head) for head, found in zip(heads, kinds, strict=True) if head != files[0]
    )
    guesses: dict[Kind, dict[str, Guess]] = {
        kind: guessed.roles if kind == guessed.kind else _roles(kind, files[0], others)
        for kind in KINDS
    }
    columns_key = key.partition("-")[0]
    last = remembered_mapping(workspace, seen.columns)
    if last is None or last.kind not in ROLES:
        return Card(key, columns_key, files, seen, guessed.kind, guesses)
    known = {role.name for role in ROLES[last.kind]}
    guesses[last.kind] = {
        role: Guess(column, "sure", AS_LAST_TIME)
        for role, column in last.mapping.items()
        if role in known and column in seen.columns
    }
    return Card(key, columns_key, files, seen, last.kind, guesses, last.date_order, remembered=True)


@lru_cache(_COLUMNS_KEPT)
def _columns(file: Arrival) -> tuple[str, ...] | BadFile:
    """Return the columns of a file, or why it has none."""
    try:
        return preview_file(file.path, name=file.name).columns
    except BadFile as error:
        return error


@lru_cache(_PREVIEWS_KEPT)
def _preview(file: Arrival) -> FilePreview:
    return preview_file(file.path, name=file.name)


@lru_cache(_PREVIEWS_KEPT)
def _guesses(heads: tuple[Arrival, ...]) -> list[FileGuess]:
    return guess_files([_preview(head) for head in heads])


@lru_cache(4 * _PREVIEWS_KEPT)
def _roles(kind: Kind, file: Arrival, others: tuple[tuple[Kind, Arrival], ...]) -> dict[str, Guess]:
    seen: list[tuple[Kind, FilePreview]] = [
        (other_kind, _preview(other)) for other_kind, other in others
    ]
    return guess_roles(kind, _preview(file), others=seen)


def _hash(parts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()[:12]
