from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import Literal

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
# A worker that lived so long did not die of its start: begin again with the shortest pause.
_SETTLED_SECONDS = 60.0
_POLL_SECONDS = 0.1

_log = logging.getLogger(__name__)


class Supervisor:
    """Keeps a worker process running as long as the server runs.

    Parameters
    ----------
    command
        Starts the worker. It is given ``--parent-pid`` and the pid of this process, and has to
        pass that to :func:`recsys.jobs.worker.run_worker`, so that the worker ends with the server
        however the server dies.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = [*command, "--parent-pid", str(os.getpid())]
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the worker and watch over it; a second start does nothing."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._supervise, daemon=True)
            self._thread.start()

    def stop(self, *, patience: float = 5.0) -> None:
        """Stop the worker: politely, and after ``patience`` seconds by force."""
        if self._thread is None:
            return
        self._stopping.set()
        self._thread.join()
        self._thread = None
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def state(self) -> Literal["running", "starting", "stopped"]:
        """Tell how the worker process is; one that stands by for another is running too."""
        if self._thread is None:
            return "stopped"
        process = self._process
        return "running" if process is not None and process.poll() is None else "starting"

    def _supervise(self) -> None:
        """Start the worker, wait for its end, pause, again; the thread's only work."""
        pause = _FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            started_at = time.monotonic()
            ended = self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - started_at > _SETTLED_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            _log.warning("The worker %s; starting it again in %.1f s", ended, pause)
            self._stopping.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _run_once(self) -> str:
        """Run the worker to its end, or to ours; say how it ended."""
        try:
            # A session of its own: Ctrl+C goes to the server, which stops the worker in order.
            process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:  # no memory for a process, or no such program
            return f"could not be started ({error.strerror})"
        self._process = process
        while process.poll() is None and not self._stopping.wait(_POLL_SECONDS):
            pass
        return f"ended with exit code {process.returncode}"
