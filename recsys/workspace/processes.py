from __future__ import annotations

import os
from pathlib import Path


def started(pid: int) -> str:
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
