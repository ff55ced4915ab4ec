from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from recsys.errors import NotFound, StorageError

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
_WRITER = re.compile(r"\.(?P<pid>\d+)@(?P<host>.+)\.part$")
_STALE_SECONDS = 24 * 3600


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
    """

    def __init__(self, root: Path, word: str) -> None:
        self.root = root
        self.word = word

    def new_id(self) -> str:
        """Return an id that sorts by time and that nobody else has."""
        return time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(3)

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
        found = [path.parent.name for path in self.root.glob("[0-9a-z]*/manifest.json")]
        return sorted(found, reverse=True)

    def manifest(self, artefact_id: str) -> dict[str, Any]:
        """Return the manifest of one artefact, with its ``id``."""
        text = (self.path(artefact_id) / "manifest.json").read_text(encoding="utf-8")
        return {"id": artefact_id, **json.loads(text)}

    def manifests(self) -> list[dict[str, Any]]:
        """Return the manifests of all artefacts, newest first."""
        return [self.manifest(artefact_id) for artefact_id in self.ids()]

    @contextmanager
    def writing(self, artefact_id: str, manifest: dict[str, Any]) -> Generator[Path]:
        """Give a temporary folder; rename it into place when the block ends without an error.

        ``manifest`` may still be filled inside the block; it is written last. Any error removes
        the temporary folder and passes on, a full disk as :class:`StorageError`.
        """
        sweep_parts(self.root)
        folder = part_path(self.root, artefact_id)
        try:
            folder.mkdir(parents=True)
            yield folder
            text = json.dumps(manifest, indent=2, default=str)
            (folder / "manifest.json").write_text(text, encoding="utf-8")
            _sync(folder)
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
    return root / f".{name}.{os.getpid()}@{socket.gethostname()}.part"


def sweep_parts(root: Path) -> None:
    """Remove what killed processes left behind.

    That is a part whose writer, a process of this machine, is gone, or one that is a day old.
    """
    for part in root.glob(".*.part"):
        with suppress(FileNotFoundError):  # its writer was just ready, or another swept it
            old = time.time() - part.stat().st_mtime > _STALE_SECONDS
            if old or _writer_is_gone(part):
                shutil.rmtree(part, ignore_errors=True)


def _writer_is_gone(part: Path) -> bool:
    writer = _WRITER.search(part.name)
    if writer is None or writer["host"] != socket.gethostname():
        return False  # of another machine nobody here can tell
    return not _is_alive(int(writer["pid"]))


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


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's process, but there
    return True


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
