from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from recsys.errors import ClaimLost, StorageError
from recsys.jobs.lock import WorkerLock
from recsys.jobs.processes import process_name
from recsys.jobs.queue import Job, Queue
from recsys.workspace import Workspace

_STORAGE_PAUSE_SECONDS = 1.0

_log = logging.getLogger(__name__)


def run_worker(
    workspace: Workspace,
    command: Sequence[str],
    *,
    parent_pid: int | None = None,
    poll_seconds: float = 0.1,
    beat_seconds: float = 5.0,
    kill_seconds: float = 3.0,
) -> None:
    """Do the jobs of a workspace, one at a time, until asked to stop.

    While another worker holds the lock, this one stands by. SIGTERM, SIGINT and the end of the
    parent are orderly stops: the job at work is given back without counting the attempt. Must be
    called in the main thread, where signals arrive.

    Parameters
    ----------
    command
        Starts a child that calls :func:`recsys.jobs.child.serve_one`.
    parent_pid
        Stop when this process is not the parent any more; by default go on.
    poll_seconds
        How often to look for jobs, for a cancel and for the end of a child.
    beat_seconds
        How often to write the heartbeat and to look for orphans.
    kill_seconds
        How long a child may take to end after its job is cancelled or over.
    """
    stop = _StopSign(parent_pid)
    lock = WorkerLock.of(workspace)
    while not lock.acquire():
        if stop.is_up():
            return
        time.sleep(poll_seconds)
    worker = _Worker(workspace, command, beat_seconds=beat_seconds, kill_seconds=kill_seconds)
    while not stop.is_up():
        try:
            worker.tick()
        except StorageError as error:
            # A full disk or a restarting database passes; a dead worker would cost the job.
            _log.warning("The worker tries again: %s", error)
            time.sleep(_STORAGE_PAUSE_SECONDS)
        time.sleep(poll_seconds)
    worker.stop()
    lock.release()


class _StopSign:
    """Whether the worker is to stop. A plain attribute: a handler must not touch locks."""

    def __init__(self, parent_pid: int | None) -> None:
        self._parent_pid = parent_pid
        self._signalled = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._raise_it)

    def is_up(self) -> bool:
        orphaned = self._parent_pid is not None and os.getppid() != self._parent_pid
        return self._signalled or orphaned

    def _raise_it(self, _number: int, _frame: object) -> None:
        self._signalled = True


@dataclass
class _Running:
    """A job in the hands of a child."""

    job_id: int
    token: str
    child: subprocess.Popen[bytes]
    kill_at: float | None = None


class _Worker:
    """The holder of the lock at work.

    It keeps one spare child started ahead, with its imports done, so that a job starts at once.
    Idle, the spare holds some 120 MB (a bare interpreter 10, SQLAlchemy 30, the rest DuckDB,
    Arrow, scipy, implicit and Qdrant Edge) and no processor time.
    """

    def __init__(
        self,
        workspace: Workspace,
        command: Sequence[str],
        *,
        beat_seconds: float,
        kill_seconds: float,
    ) -> None:
        self._workspace = workspace
        self._queue = Queue(workspace.database)
        self._name = process_name()
        self._command = list(command)
        self._beat_seconds = beat_seconds
        self._kill_seconds = kill_seconds
        self._beat_at = 0.0
        self._running: _Running | None = None
        self._spare = self._start_child()

    def tick(self) -> None:
        """Do what is due now; never blocks for long."""
        # First: what a dead child left may fill the disk, and then nothing can be written.
        if self._running is not None:
            self._watch(self._running)
        if time.monotonic() >= self._beat_at:
            self._beat()
        if self._running is None:
            self._take_next()

    def stop(self) -> None:
        """End the children; a job at work waits again, as if never started."""
        if self._running is not None:
            _end(self._running.child)
            self._give_back(self._running, counted=False)
        _end(self._spare)

    def _beat(self) -> None:
        self._workspace.sweep()
        if self._running is not None:
            # A lost claim is seen by _watch.
            with suppress(ClaimLost):
                self._queue.heartbeat(self._running.job_id, self._running.token)
        for job in self._queue.adopt_orphans():
            _log.warning("Job %d of a dead process is %s now", job.id, job.status)
        self._beat_at = time.monotonic() + self._beat_seconds

    def _take_next(self) -> None:
        job = self._queue.claim(self._name)
        if job is None or job.token is None:
            return
        if self._spare.poll() is not None:
            self._spare = self._start_child()
        self._running = _Running(job.id, job.token, self._spare)
        # A child that died in this instant is noticed by its exit code, like any other.
        with suppress(BrokenPipeError):
            _stdin(self._spare).write(f"{job.id} {job.token}\n".encode())

    def _watch(self, running: _Running) -> None:
        code = running.child.poll()
        if code is None:
            self._kill_if_overdue(running)
            return
        self._workspace.sweep()
        self._give_back(running, counted=True, reason=_how_it_ended(code))
        _end(running.child)
        self._running = None
        # Only now: while a job runs, the imports of the next child would slow it.
        self._spare = self._start_child()

    def _kill_if_overdue(self, running: _Running) -> None:
        job = self._queue.get(running.job_id)
        if _is_wanted(job, running.token):
            return
        if running.kill_at is None:
            running.kill_at = time.monotonic() + self._kill_seconds
        elif time.monotonic() >= running.kill_at:
            _kill(running.child)

    def _give_back(self, running: _Running, *, counted: bool, reason: str = "") -> None:
        # The claim is over when the child ended its row itself, as it nearly always does.
        with suppress(ClaimLost):
            job = self._queue.requeue(running.job_id, running.token, counted=counted, reason=reason)
            _log.warning("Job %d is %s: %s", job.id, job.status, reason or "the worker stops")

    def _start_child(self) -> subprocess.Popen[bytes]:
        # One BLAS thread: implicit brings its own, and both together are slower than either.
        # OMP_NUM_THREADS would cap implicit's as well.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        environment.pop("OMP_NUM_THREADS", None)
        return subprocess.Popen(
            self._command,
            bufsize=0,
            stdin=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl+C is for the worker, which then ends its children
        )


def _is_wanted(job: Job, token: str) -> bool:
    return job.status == "running" and job.token == token and not job.cancel_asked


def _how_it_ended(code: int) -> str:
    if code == -signal.SIGKILL:
        return "its process was killed by SIGKILL, perhaps for want of memory"
    if code == -signal.SIGBUS:
        return "its process was killed by SIGBUS, most likely since the disk is full"
    if code < 0:
        return f"its process was killed by {signal.Signals(-code).name}"
    return f"its process ended by itself with exit code {code}"


def _stdin(child: subprocess.Popen[bytes]) -> IO[bytes]:
    assert child.stdin is not None, "children are started with a pipe"
    return child.stdin


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and whatever it started; it leads a process group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill a child if it lives, and put everything of it away."""
    if child.poll() is None:
        _kill(child)
    child.wait()
    _stdin(child).close()
