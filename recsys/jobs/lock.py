from __future__ import annotations

import fcntl
import os
from pathlib import Path

from recsys.errors import StorageError
from recsys.workspace import Workspace


class WorkerLock:
    """The lock that makes one worker of a workspace the one at work, all others standbys.

    The kernel lets go of it when its holder dies, however that happens.

    Parameters
    ----------
    path
        The lock file; it is made when missing and never removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    @classmethod
    def of(cls, workspace: Workspace) -> WorkerLock:
        """Return the lock of a workspace, not yet taken."""
        return cls(workspace.home / "worker.lock")

    def acquire(self, blocking: bool = False) -> bool:
        """Take the lock; return whether it is ours now.

        Raises
        ------
        StorageError
            The lock file cannot be made.
        """
        if self._handle is None:
            handle = self._open()
            if not _lock(handle, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB)):
                os.close(handle)
                return False
            self._handle = handle
        return True

    def held_by_other(self) -> bool:
        """Tell whether another holder is there, which means: some worker is running."""
        if self._handle is not None or not self.path.exists():
            return False
        handle = self._open()
        try:
            # Shared, so that any number may ask at once without taking each other for a worker.
            # A worker that starts in just this instant is refused and tries again as a standby.
            return not _lock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        finally:
            os.close(handle)

    def release(self) -> None:
        """Let go of the lock; without it, do nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StorageError(
                f"The lock file {self.path} cannot be opened: {error.strerror}.",
                hint="Choose a workspace you can write to with AISLE_HOME.",
            ) from error


def _lock(handle: int, mode: int) -> bool:
    try:
        fcntl.flock(handle, mode)
    except BlockingIOError:
        return False
    return True
