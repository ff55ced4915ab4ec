from __future__ import annotations

import os
import re
import socket
import time

from recsys.workspace.processes import started

# A worker on another machine beats every 5 s; so long a silence means that it is dead.
SILENT_SECONDS = 60.0

_NAME = re.compile(r"(?P<host>.+):(?P<pid>\d+):(?P<started>\d+)")


def process_name() -> str:
    """Return the name under which this process claims jobs: ``host:pid:start``.

    The start (clock ticks since boot) tells a process from a later one with the same number: a
    container that is started again gives out the same host name and the same small pids.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{started(os.getpid())}"


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
    return started(int(parts["pid"])) != parts["started"]
