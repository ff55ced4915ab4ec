"""The real processes a benchmark measures: server, worker and job child, seen through /proc."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
_CHILD = "recsys.workflows.child"


def environment(home: Path) -> dict[str, str]:
    """Return our environment with one workspace and otherwise Aisle's defaults."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AISLE_")}
    return {**ours, "AISLE_HOME": str(home), "PYTHONWARNINGS": "ignore"}


def measure(module: str, *arguments: str, home: Path, timeout: float) -> dict[str, Any]:
    """Run a module in a process of its own and return the JSON it prints last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        timeout=timeout,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def wait_until(condition: Callable[[], Any], what: str, *, timeout: float = 60) -> None:
    """Look every 20 ms until something is so; a TimeoutError says what never was."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(0.02)


class Process:
    """A started process of Aisle; the end of the block stops it."""

    def __init__(self, home: Path, *command: str) -> None:
        self.log = home / "bench.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment(home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it in order, and by force after 15 s; once is enough."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill it with SIGKILL, as a machine short of memory does."""
        kill(self.pid)
        self._process.wait()


class Worker(Process):
    """A worker without a server."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "recsys.cli", "worker")


class Server(Process):
    """``streamlit run app.py`` on a free port of the loopback."""

    def __init__(self, home: Path) -> None:
        self.port = _free_port()
        super().__init__(home, "streamlit", "run", "app.py", f"--server.port={self.port}")

    @property
    def worker_pid(self) -> int | None:
        """The pid of its worker, if there is one now."""
        return next(iter(children(self.pid)), None)

    def await_ready(self) -> Self:
        """Wait until it answers."""
        wait_until(self._answers, "the server answers")
        return self

    def connect(self) -> HTTPConnection:
        """Return a client that keeps its connection."""
        return HTTPConnection("localhost", self.port, timeout=30)

    def _answers(self) -> bool:
        client = self.connect()
        try:
            client.request("GET", "/_stcore/health")
            # Streamlit answers 200 to any path; only the body tells.
            return client.getresponse().read() == b"ok"
        except (OSError, HTTPException):
            return False
        finally:
            client.close()


def children(pid: int) -> list[int]:
    """Return the pids of the processes that a process started, oldest first."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(_stat(path)[1]) == pid:
                found.append(int(path.parent.name))
    return sorted(found)


def job_child(worker_pid: int) -> int | None:
    """Return the pid of the process that does a worker's job, or waits for one."""
    for pid in children(worker_pid):
        with suppress(OSError):
            if _CHILD in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8"):
                return pid
    return None


def await_spare(worker_pid: int) -> None:
    """Wait until a worker's spare child has done its imports: it used no time for half a second."""
    busy = (-1, 0.0)

    def idle() -> bool:
        nonlocal busy
        pid = job_child(worker_pid)
        if pid is None:
            return False
        with suppress(OSError):
            ticks = sum(int(field) for field in _stat(Path(f"/proc/{pid}/stat"))[11:13])
            if ticks != busy[0]:
                busy = (ticks, time.monotonic())
            return ticks > 20 and time.monotonic() - busy[1] > 0.5
        return False

    wait_until(idle, "the worker's spare child waits")


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def kill(pid: int) -> None:
    """Kill a process that we, or one of ours, started; it may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _stat(path: Path) -> list[str]:
    """Return the fields of a stat file from the state on; the name before may hold blanks."""
    return path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
