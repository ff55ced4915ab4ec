"""What can be seen of processes from outside, through /proc, and waiting for it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_CHILD = "recsys.workflows.child"
_WORKER = "recsys.cli"


def wait_until(condition: Callable[[], Any], what: str, *, timeout: float = 60) -> None:
    """Look every 20 ms until something is so; a TimeoutError says what never was."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Return the pids of the processes that a process started, oldest first."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(_stat(path)[1]) == pid:
                found.append(int(path.parent.name))
    return sorted(found)


def worker_of(server_pid: int) -> int | None:
    """Return the pid of the worker a server watches over, if there is one now."""
    return _child_running(server_pid, _WORKER)


def job_child(worker_pid: int) -> int | None:
    """Return the pid of the process that does a worker's job, or waits for one."""
    return _child_running(worker_pid, _CHILD)


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
    return _memory(pid, "VmRSS")


def peak_mb() -> float:
    """Return the peak of this process's memory in MB; getrusage would count its parent's."""
    return _memory(os.getpid(), "VmHWM")


def kill(pid: int) -> None:
    """Kill a process that we, or one of ours, started; it may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _memory(pid: int, field: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines[field].split()[0]) / 1024


def _child_running(pid: int, module: str) -> int | None:
    for child in children(pid):
        with suppress(OSError):
            if module in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8"):
                return child
    return None


def _stat(path: Path) -> list[str]:
    """Return the fields of a stat file from the state on; the name before may hold blanks."""
    return path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
