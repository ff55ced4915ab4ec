from __future__ import annotations

import os
import re
import socket
import time
from pathlib import Path

# A worker on another machine beats every 5 s; so long a silence means that it is dead.
SILENT_SECONDS = 60.0

_NAME = re.compile(r"(?P<host>.+):(?P<pid>\d+):(?P<started>\d+)")


def process_name() -> str:
    """Return the name under which this process claims jobs: ``host:pid:start``.

    The start (clock ticks since boot) tells a process from a later one with the same number: a
    container that is started again gives out the same host name and the same small pids.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(name: str, heartbeat_at: float | None) -> bool:
    """Tell whether the process that claimed a job is dead.

    Parameters
    ----------
    name
        What :func:`process_name` returned in that process.
    heartbeat_at
        When it last wrote a sign of life; decides only where its pid cannot be looked up, on
        another machine.
    """
    parts = _NAME.fullmatch(name)
    if parts is None or parts["host"] != socket.gethostname():
        return time.time() - (heartbeat_at or 0.0) > SILENT_SECONDS
    return _started(int(parts["pid"])) != parts["started"]


def _started(pid: int) -> str:
    """Return when a process started, in clock ticks since boot; empty when it is dead."""
    if not Path("/proc/self/stat").exists():
        return _alive_without_proc(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # The second field, the command in brackets, may itself hold blanks and brackets.
    fields = stat.rpartition(")")[2].split()
    dead_and_not_yet_buried = fields[0] in "ZX"
    return "" if dead_and_not_yet_buried else fields[19]


def _alive_without_proc(pid: int) -> str:
    """Do what macOS allows: there a later process with the same pid passes for the first one."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "0"  # it lives, and belongs to somebody else
    return "0"
