"""Files on their way in: a page issues a ticket, the browser streams to it once."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import and_, delete, insert, select, update

from recsys.errors import InputError, NotFound, StorageError
from recsys.workspace import Workspace
from recsys.workspace.database import record
from recsys.workspace.tables import uploads

TICKET_SECONDS = 24 * 3600
# A file that nobody loaded; a job that failed on it can be run again so long.
KEPT_SECONDS = 7 * 24 * 3600

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 100
_LONGEST_REAL_NAME = 500


@dataclass(frozen=True)
class UploadInfo:
    """A finished upload.

    Attributes
    ----------
    file_name
        As the sender calls the file; only for people, never part of a path.
    path
        Where it lies.
    """

    upload_id: str
    file_name: str
    bytes: int
    path: Path
    sha256: str


def issue_ticket(workspace: Workspace, *, actor: str) -> str:
    """Return a new ticket for one upload within a day; only its hash is kept.

    Tickets that nobody used in time, what a killed server left of an upload, and files that nobody
    loaded within a week are swept out.
    """
    ticket = secrets.token_urlsafe(32)
    now = time.time()
    old = uploads.c.created_at < now - TICKET_SECONDS
    stuck = and_(uploads.c.status == "busy", old)
    unused = and_(uploads.c.status == "done", uploads.c.created_at < now - KEPT_SECONDS)
    with workspace.database.write() as connection:
        connection.execute(delete(uploads).where(uploads.c.status == "open", old))
        left = connection.execute(
            update(uploads).where(stuck).values(status="failed").returning(uploads.c.upload_id)
        ).scalars()
        forgotten = connection.scalars(delete(uploads).where(unused).returning(uploads.c.upload_id))
        for upload_id in [*left, *forgotten]:
            shutil.rmtree(workspace.uploads / upload_id, ignore_errors=True)
        connection.execute(
            insert(uploads).values(
                ticket_hash=_hash(ticket),
                upload_id=secrets.token_hex(16),
                status="open",
                actor=actor,
                created_at=now,
            )
        )
    return ticket


def open_upload(workspace: Workspace, ticket: str, file_name: str) -> Upload:
    """Use a ticket up and return where to write the file.

    Raises
    ------
    NotFound
        The ticket is unknown, was used before, or is older than a day.
    StorageError
        The disk is full or not writable.
    """
    now = time.time()
    fresh = uploads.c.created_at >= now - TICKET_SECONDS
    # One statement: of two senders with the same ticket one gets it.
    statement = (
        update(uploads)
        .where(uploads.c.ticket_hash == _hash(ticket), uploads.c.status == "open", fresh)
        .values(status="busy", file_name=_printable(file_name), created_at=now)
        .returning(uploads.c.upload_id, uploads.c.file_name)
    )
    with workspace.database.write() as connection:
        row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound(
            "This upload ticket is unknown, was used before, or is older than a day.",
            hint="Reload the Files page; it brings a new ticket.",
        )
    return Upload(workspace, row.upload_id, row.file_name)


def upload_info(workspace: Workspace, upload_id: str) -> UploadInfo:
    """Return a finished upload.

    Raises
    ------
    NotFound
        There is none of that id, it did not finish, or its file was removed.
    """
    done = select(uploads).where(uploads.c.upload_id == upload_id, uploads.c.status == "done")
    with workspace.database.read() as connection:
        row = connection.execute(done).one_or_none()
    path = None if row is None else _path(workspace, row.upload_id, row.file_name)
    if row is None or path is None or not path.is_file():
        raise NotFound(f"There is no upload {upload_id!r}.", hint="Upload the file again.")
    return UploadInfo(row.upload_id, row.file_name, row.bytes, path, row.sha256)


def uploaded_path(workspace: Workspace, upload_id: str) -> Path:
    """Return where a finished upload lies; see :func:`upload_info`."""
    return upload_info(workspace, upload_id).path


def upload_of(workspace: Workspace, path: Path) -> str | None:
    """Return the id of the upload that a file came with; None for a file from elsewhere."""
    folder = path.resolve().parent
    return folder.name if folder.parent == workspace.uploads.resolve() else None


def discard_upload(workspace: Workspace, upload_id: str, *, actor: str = "aisle") -> None:
    """Remove a finished upload and its file; one that is not there is no error."""
    ours = and_(uploads.c.upload_id == upload_id, uploads.c.status == "done")
    with workspace.database.write() as connection:
        name = connection.execute(
            delete(uploads).where(ours).returning(uploads.c.file_name)
        ).scalar_one_or_none()
        if name is None:
            return
        # Before the row goes for good, so that a sweep still finds what a killed process left.
        shutil.rmtree(workspace.uploads / upload_id, ignore_errors=True)
        record(connection, actor, "remove upload", upload_id, file=name)


def safe_name(file_name: str) -> str:
    """Return a name that any file system takes and that is no path, with the same ending.

    Examples
    --------
    >>> safe_name("../../Käufe 2024.csv.gz")
    'K_ufe_2024.csv.gz'
    """
    last = re.split(r"[/\\]", file_name)[-1]
    return _UNSAFE.sub("_", last)[-_LONGEST_NAME:].lstrip("._-") or "file"


class Upload:
    """A file being received: chunks go to a ``.part`` file, the end gives it its name.

    Every error of :meth:`write` and :meth:`finish` has already discarded the file. A caller who
    gives up for another reason (the sender went away) calls :meth:`discard`.
    """

    def __init__(self, workspace: Workspace, upload_id: str, file_name: str) -> None:
        self._workspace = workspace
        self._upload_id = upload_id
        self._file_name = file_name
        self._path = _path(workspace, upload_id, file_name)
        self._part = self._path.with_name(f"{self._path.name}.part")
        self._limit = workspace.settings.upload_max_bytes
        self._digest = hashlib.sha256()
        self._bytes = 0
        self._file: BinaryIO | None = None
        self._ended = False
        try:
            self._part.parent.mkdir(parents=True)
            self._file = self._part.open("wb")
        except OSError as error:
            raise self._no_room(error) from error

    def expect(self, size: int) -> None:
        """Refuse a file of an announced size that is too large, as :meth:`write` would."""
        if size > self._limit:
            self.discard()
            raise InputError(
                f"{self._file_name} is larger than the limit of {_megabytes(self._limit)} for an"
                " upload.",
                hint="Send it compressed (.csv.gz or .parquet), load it with `aisle ingest`, or"
                " raise AISLE_UPLOAD_MAX_MB.",
            )

    def write(self, chunk: bytes) -> None:
        """Add the next bytes.

        Raises
        ------
        InputError
            The file is larger than the limit.
        StorageError
            The disk is full.
        """
        self.expect(self._bytes + len(chunk))
        if self._file is None:
            raise ValueError("the upload has ended")
        try:
            self._file.write(chunk)
        except OSError as error:
            raise self._no_room(error) from error
        self._digest.update(chunk)
        self._bytes += len(chunk)

    def finish(self) -> UploadInfo:
        """Give the whole file its name and write down that it is there.

        Raises
        ------
        InputError
            Not one byte came.
        StorageError
            The disk is full, or the database refused.
        """
        if not self._bytes:
            self.discard()
            raise InputError(f"{self._file_name} is empty.", hint="Choose another file.")
        try:
            self._close()
            self._part.rename(self._path)
        except OSError as error:
            raise self._no_room(error) from error
        info = UploadInfo(
            self._upload_id, self._file_name, self._bytes, self._path, self._digest.hexdigest()
        )
        try:
            self._end("done", bytes=info.bytes, sha256=info.sha256)
        except StorageError:
            shutil.rmtree(self._path.parent, ignore_errors=True)  # no row would ever name it
            raise
        return info

    def discard(self) -> None:
        """Remove what was written and mark the upload as failed; once is enough."""
        if self._ended:
            return
        with suppress(OSError):  # closing flushes, and there may be no room for that
            self._close()
        shutil.rmtree(self._path.parent, ignore_errors=True)
        self._end("failed")

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _no_room(self, error: OSError) -> StorageError:
        self.discard()
        return StorageError(
            f"{self._file_name} could not be stored: {error.strerror or error}.",
            hint="Free some space on the disk of the workspace, then upload it again.",
        )

    def _end(self, status: str, **values: int | str) -> None:
        self._ended = True
        ours = uploads.c.upload_id == self._upload_id
        with self._workspace.database.write() as connection:
            actor = connection.execute(
                update(uploads)
                .where(ours)
                .values(status=status, **values)
                .returning(uploads.c.actor)
            ).scalar_one()
            record(
                connection, actor, "upload", self._upload_id, file=self._file_name, status=status
            )


def _path(workspace: Workspace, upload_id: str, file_name: str) -> Path:
    return workspace.uploads / upload_id / safe_name(file_name)


def _printable(file_name: str) -> str:
    """Return a name for people: no control signs, of a length that a page can show."""
    return "".join(sign for sign in file_name if sign.isprintable())[-_LONGEST_REAL_NAME:] or "file"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.6g} MB"


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
