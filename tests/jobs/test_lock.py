from __future__ import annotations

from pathlib import Path

import pytest

from recsys.errors import StorageError
from recsys.jobs.lock import WorkerLock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    first, second = WorkerLock(tmp_path / "worker.lock"), WorkerLock(tmp_path / "worker.lock")
    assert first.acquire()
    assert first.acquire(), "what is ours stays ours"
    assert not second.acquire()
    assert second.held_by_other()
    assert not first.held_by_other()
    first.release()
    assert not second.held_by_other()
    assert second.acquire(blocking=True)
    second.release()
    second.release()


def test_asking_makes_no_file_and_takes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "worker.lock"
    assert not WorkerLock(path).held_by_other()
    assert not path.exists()
    holder = WorkerLock(path)
    holder.acquire()
    assert WorkerLock(path).held_by_other()
    assert WorkerLock(path).held_by_other()
    holder.release()


def test_a_lock_that_cannot_be_made_says_where(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"missing/worker\.lock"):
        WorkerLock(tmp_path / "missing" / "worker.lock").acquire()
