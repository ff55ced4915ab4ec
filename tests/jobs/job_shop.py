from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from recsys.jobs.queue import Job, Queue
from recsys.settings import Settings
from recsys.workspace import Workspace

ENTRY = [sys.executable, str(Path(__file__).parent / "job_entry.py")]


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return as soon as the condition holds; fail after a time no machine should need."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.01)


class Shop:
    """A workspace, its queue, and the processes started on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.workspace = Workspace(Settings(home=home))
        self.queue = Queue(self.workspace.database)
        self.log = home / "log.txt"
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, role: str, *options: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*ENTRY, role, str(self.home), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def submit(self, kind: str, **params: object) -> Job:
        return self.queue.submit(kind, params, label=f"Try {kind}", actor="ann")

    def ended(self, job: Job) -> Job:
        wait_for(lambda: self.queue.get(job.id).ended)
        return self.queue.get(job.id)

    def at_work(self, job: Job, step: str) -> Job:
        wait_for(lambda: self.queue.get(job.id).step == step)
        return self.queue.get(job.id)

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(10)
        self.workspace.database.close()
