from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from recsys.errors import AisleError, ClaimLost, JobCancelled, NotFound, StorageError
from recsys.jobs.processes import process_name
from recsys.jobs.queue import Job, Queue
from recsys.types import Report, silent
from recsys.workspace import Workspace

# A kind of job: takes the workspace, the params and a report, returns what JSON can hold.
Work = Callable[[Workspace, dict[str, Any], Report], dict[str, Any]]

_NICENESS = 5
_PR_SET_PDEATHSIG = 1
_PROGRESS_SECONDS = 0.1
_BEAT_SECONDS = 5.0
# While the database refuses: each try may wait long for it, and the work waits with it.
_PROGRESS_PAUSE_SECONDS = 20.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
_END_SECONDS = 300.0

_log = logging.getLogger(__name__)


def serve_one(workspace: Workspace, kinds: Mapping[str, Work]) -> None:
    """Wait for the worker to hand over a claimed job, do it, and end the process.

    The worker writes one line to standard input, ``{job_id} {token}``, and keeps the pipe open;
    the end of the pipe is the end of the worker.

    Parameters
    ----------
    kinds
        What each kind of job does. What they need should be imported by now: the process is
        started ahead so that importing costs the job nothing.
    """
    os.nice(_NICENESS)  # pages come first on a small machine
    _die_with_worker()
    workspace.database  # noqa: B018  # connect now, while nobody waits
    line = sys.stdin.readline()
    code = _serve(workspace, kinds, line) if line else 0
    # The row says how it went. What libraries do at exit can hang or crash, and serves nobody.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


def _serve(workspace: Workspace, kinds: Mapping[str, Work], line: str) -> int:
    threading.Thread(target=_end_with_pipe, daemon=True).start()
    job_id, token = line.split()
    try:
        run_claimed(workspace, kinds, int(job_id), token)
    except AisleError as error:
        # Not even the failure could be written; the worker sees the exit code and tries later.
        _log.error("Job %s broke off: %s", job_id, error)
        return 1
    return 0


def run_inline(
    workspace: Workspace,
    kinds: Mapping[str, Work],
    job_id: int,
    *,
    listener: Report = silent,
) -> Job | None:
    """Do a queued job in this process, for a command where no worker is running.

    Parameters
    ----------
    listener
        Is told all progress, beside the row.

    Returns
    -------
    Job or None
        The job as it ended; nothing when it is not queued, since a worker was quicker.

    Raises
    ------
    KeyboardInterrupt
        Ctrl+C; the job is cancelled then.
    """
    job = Queue(workspace.database).claim(process_name(), job_id=job_id)
    if job is None or job.token is None:
        return None
    with _beating(workspace, job.id, job.token):
        return run_claimed(workspace, kinds, job.id, job.token, listener=listener)


def run_claimed(
    workspace: Workspace,
    kinds: Mapping[str, Work],
    job_id: int,
    token: str,
    *,
    listener: Report = silent,
) -> Job:
    """Do a job that was claimed with ``token``, and write into its row how it went.

    Returns
    -------
    Job
        As it stands afterwards. When the claim was lost, that is what its new owner made of it.
    """
    queue = Queue(workspace.database)
    with suppress(ClaimLost):
        _run(workspace, kinds, job_id, token, listener)
    return queue.get(job_id)


def _run(
    workspace: Workspace,
    kinds: Mapping[str, Work],
    job_id: int,
    token: str,
    listener: Report,
) -> None:
    queue = Queue(workspace.database)
    try:
        job = queue.get(job_id)
        report = _ToTheRow(queue, job_id, token, listener)
        report(0.0, "Starting")
        work = _work(kinds, job.kind)
        result = work(workspace.for_job(job.key), job.params, report)
    except ClaimLost:
        raise
    except JobCancelled:
        _persist(lambda: queue.cancelled(job_id, token))
    except KeyboardInterrupt:
        _persist(lambda: queue.cancelled(job_id, token))
        raise
    except AisleError as error:
        sentence = str(error)
        _persist(lambda: queue.fail(job_id, token, sentence))
    except Exception:  # the top of a job: whatever else it raises is a bug of ours
        error_id = secrets.token_hex(4)
        _log.exception("Job %d failed with error %s", job_id, error_id)
        sentence = (
            f"A fault in Aisle stopped this job (error {error_id}). Its details are in the log of"
            " the server under this number."
        )
        _persist(lambda: queue.fail(job_id, token, sentence, error_id=error_id))
    else:
        _persist(lambda: queue.finish(job_id, token, result))


def _persist(write: Callable[[], Job]) -> None:
    """Write how a job ended, again and again for minutes while the database refuses.

    Raises
    ------
    StorageError
        It still refused at the end of that time.
    """
    give_up_at = time.monotonic() + _END_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            write()
        except StorageError as error:
            if time.monotonic() + pause > give_up_at:
                raise
            _log.warning("The end of a job is written again in %.1f s: %s", pause, error)
        else:
            return
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _work(kinds: Mapping[str, Work], kind: str) -> Work:
    if kind not in kinds:
        raise NotFound(
            f"There is no kind of job {kind!r}; there are {', '.join(sorted(kinds))}.",
            hint="A newer version of Aisle may have queued it: update this one.",
        )
    return kinds[kind]


class _ToTheRow:
    """A report that writes to the job's row, at most some ten times a second.

    A new step and the end are always written. Each write asks whether to go on, so that a cancel
    is heard by the first report after a tenth of a second. While the database refuses, reports are
    left out: a busy moment must not cost the work.
    """

    def __init__(self, queue: Queue, job_id: int, token: str, listener: Report) -> None:
        self._queue = queue
        self._listener = listener
        self._job_id = job_id
        self._token = token
        self._step = ""
        self._written_at = 0.0
        self._try_at = 0.0

    def __call__(self, share: float, step: str) -> None:
        soon = time.monotonic() - self._written_at < _PROGRESS_SECONDS
        if soon and step == self._step and share < 1.0:
            return
        if time.monotonic() >= self._try_at:
            self._write(share, step)
        self._listener(share, step)
        self._step = step
        self._written_at = time.monotonic()

    def _write(self, share: float, step: str) -> None:
        try:
            self._queue.progress(self._job_id, self._token, share, step)
        except StorageError as error:
            _log.warning("Left out a report of job %d: %s", self._job_id, error)
            self._try_at = time.monotonic() + _PROGRESS_PAUSE_SECONDS


def _die_with_worker() -> None:
    """Have Linux kill this process when the worker dies, even amid a long call that holds the GIL.

    The signal comes when the thread ends that started this process; in the worker that is the
    main thread.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _end_with_pipe() -> None:
    """End this process with the pipe: on other systems, or if the worker died before we asked."""
    # Nothing is written after the first line, so this returns only at the end of the pipe.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


@contextmanager
def _beating(workspace: Workspace, job_id: int, token: str) -> Generator[None]:
    """Write heartbeats in the background, as the worker does for its jobs."""
    queue = Queue(workspace.database)
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_BEAT_SECONDS):
            # The work itself learns of a lost claim or a full disk, and says so.
            with suppress(ClaimLost, StorageError):
                queue.heartbeat(job_id, token)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
