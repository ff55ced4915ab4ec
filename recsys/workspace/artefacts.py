from __future__ import annotations

import errno
import json
import logging
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from recsys.errors import NotFound, StorageError
from recsys.workspace.processes import started

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
_WRITER = re.compile(r"\.(?P<pid>\d+)-(?P<started>\d*)@(?P<host>.+)\.part$")
_STALE_SECONDS = 24 * 3600

_log = logging.getLogger(__name__)
# What no artefact may take: on a disk without it the database cannot even say that it is full.
_RESERVE_BYTES = 8_000_000


class ArtefactFolder:
    """A folder of immutable artefacts: each is a folder with a ``manifest.json``.

    An artefact is written under a temporary name and renamed when it is whole, so a reader sees
    all of it or nothing, whatever is killed in between.

    Parameters
    ----------
    root
        Where the artefacts lie, for example ``workspace/datasets``.
    word
        What one is called in messages: dataset, model, release.
    job_id
        The job that writes here, see :attr:`recsys.jobs.queue.Job.key`; empty outside of jobs.
    """

    def __init__(self, root: Path, word: str, *, job_id: str = "") -> None:
        self.root = root
        self.word = word
        self.job_id = job_id

    def new_id(self) -> str:
        """Return an id that sorts by time, within a second too, and that nobody else has."""
        now = time.time()
        part = f"{int(now % 1 * 0x1000):03x}"
        return time.strftime("%Y%m%d-%H%M%S-", time.gmtime(now)) + part + secrets.token_hex(3)

    def path(self, artefact_id: str) -> Path:
        """Return the folder of one artefact.

        Raises
        ------
        NotFound
            There is none of that id; an id that is no plain name is not looked for.
        """
        folder = self.root / artefact_id
        if not _ID.fullmatch(artefact_id) or not (folder / "manifest.json").is_file():
            known = ", ".join(self.ids()[:5]) or "none yet"
            raise NotFound(
                f"There is no {self.word} {artefact_id!r}.", hint=f"The newest are: {known}."
            )
        return folder

    def ids(self) -> list[str]:
        """Return all ids, newest first."""
        if not self.root.is_dir():
            return []
        found = [path.parent.name for path in self.root.glob("*/manifest.json")]
        # Somebody's backup beside them, ``<id>.bak``, is not ours.
        return sorted(filter(_ID.fullmatch, found), reverse=True)

    def manifest(self, artefact_id: str) -> dict[str, Any]:
        """Return the manifest of one artefact, with its ``id``.

        Raises
        ------
        NotFound
            There is none of that id.
        StorageError
            The manifest cannot be read.
        """
        path = self.path(artefact_id) / "manifest.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise self._damaged(path, error.strerror or "it cannot be read") from error
        except ValueError as error:
            raise self._damaged(path, "it is no JSON, or cut off") from error
        if not isinstance(found, dict):
            raise self._damaged(path, "it holds no named fields")
        return {"id": artefact_id, **cast("dict[str, Any]", found)}

    def manifests(self) -> list[dict[str, Any]]:
        """Return the manifests of all artefacts, newest first; those it cannot read are left out.

        One damaged artefact must not hide the others.
        """
        found: list[dict[str, Any]] = []
        for artefact_id in self.ids():
            try:
                found.append(self.manifest(artefact_id))
            except (NotFound, StorageError) as error:  # not found: removed just now
                _log.warning("Left out a %s: %s", self.word, error)
        return found

    def of_job(self) -> list[dict[str, Any]]:
        """Return the manifests of what an earlier try of this very job wrote, newest first."""
        if not self.job_id:
            return []
        return [found for found in self.manifests() if found.get("job_id") == self.job_id]

    def remove(self, artefact_id: str) -> None:
        """Remove an artefact: gone at once for every reader, its files right after.

        Raises
        ------
        NotFound
            There is none of that id.
        """
        path = self.path(artefact_id)
        part = part_path(self.root, artefact_id)
        path.rename(part)
        shutil.rmtree(part, ignore_errors=True)  # what a kill leaves, a sweep finds

    def _damaged(self, path: Path, found: str) -> StorageError:
        return StorageError(
            f"The manifest {path} of a {self.word} is damaged: {found}.",
            hint=f"Restore the file from a backup, or make the {self.word} again.",
        )

    @contextmanager
    def writing(self, artefact_id: str, manifest: dict[str, Any]) -> Generator[Path]:
        """Give a temporary folder; rename it into place when the block ends without an error.

        ``manifest`` may still be filled inside the block; it is written last. Any error removes
        the temporary folder and passes on, a full disk as :class:`StorageError`; one that would be
        full afterwards counts as full.
        """
        sweep_parts(self.root)
        folder = part_path(self.root, artefact_id)
        try:
            folder.mkdir(parents=True)
            yield folder
            if self.job_id:
                manifest["job_id"] = self.job_id
            text = json.dumps(manifest, indent=2, default=str)
            (folder / "manifest.json").write_text(text, encoding="utf-8")
            _sync(folder)
            _leave_room(self.root)
            folder.rename(self.root / artefact_id)
            _sync_folder(self.root)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise StorageError(
                    f"Writing the {self.word} to {self.root} failed: {_reason(error)}.",
                    hint="Free some space or choose another folder with AISLE_HOME, then run it"
                    " again. Nothing that was there before has changed.",
                ) from error
            raise


def part_path(root: Path, name: str) -> Path:
    """Return where this process writes something that is not whole yet."""
    pid = os.getpid()
    return root / f".{name}.{pid}-{started(pid)}@{socket.gethostname()}.part"


def sweep_parts(root: Path) -> None:
    """Remove what killed processes left behind.

    That is a part whose writer, a process of this machine, is gone. Of another machine nobody here
    can tell: its parts go when they are a day old.
    """
    for part in root.glob(".*.part"):
        with suppress(FileNotFoundError):  # its writer was just ready, or another swept it
            if _is_left(part):
                shutil.rmtree(part, ignore_errors=True)


def _is_left(part: Path) -> bool:
    writer = _WRITER.search(part.name)
    if writer is None or writer["host"] != socket.gethostname():
        return time.time() - part.stat().st_mtime > _STALE_SECONDS
    # Whatever the clock says: a jump of it must not take the folder of a job at work.
    return started(int(writer["pid"])) != writer["started"]


def _leave_room(root: Path) -> None:
    if shutil.disk_usage(root).free < _RESERVE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _reason(error: OSError) -> str:
    """Return in words why a write failed.

    numpy and shutil.copytree raise errors without a number: "8 requested and 4 written", and a
    list of all files that could not be copied.
    """
    if error.strerror:
        return error.strerror
    found = str(error)
    full = os.strerror(errno.ENOSPC)
    return full if full in found or "requested and" in found else found


def _sync(folder: Path) -> None:
    """Push the files of a folder to the disk, so that the rename never outruns them."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
