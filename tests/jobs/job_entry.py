"""The processes of the job tests: worker, child, command and server, with kinds that misbehave."""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from recsys.errors import NoUsableRows
from recsys.jobs.child import run_inline, serve_one
from recsys.jobs.supervisor import Supervisor
from recsys.jobs.worker import run_worker
from recsys.settings import Settings
from recsys.types import Report
from recsys.workspace import Workspace


def count(_workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    for done in range(params["to"]):
        report(done / params["to"], f"Round {done + 1}")
    report(1.0, "Done")
    return {"counted": params["to"], "niceness": os.nice(0), "environment": dict(os.environ)}


def until(_workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Report until a file is there."""
    while not Path(params["path"]).exists():
        report(0.5, "Waiting")
        time.sleep(0.02)
    return {}


def hold_the_gil(_workspace: Workspace, _params: dict[str, Any], report: Report) -> dict[str, Any]:
    report(0.1, "Holding")
    ctypes.PyDLL(None).sleep(60)
    return {}


def crash(_workspace: Workspace, _params: dict[str, Any], report: Report) -> dict[str, Any]:
    report(0.1, "Crashing")
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def leave(_workspace: Workspace, params: dict[str, Any], _report: Report) -> dict[str, Any]:
    """Leave without a word the first time, work the second time."""
    seen = Path(params["path"])
    if not seen.exists():
        seen.touch()
        os._exit(3)
    return {"second": True}


def linger(_workspace: Workspace, _params: dict[str, Any], _report: Report) -> dict[str, Any]:
    """Finish, and leave a thread that never lets the end of the process come."""
    threading.Thread(target=time.sleep, args=(60,), daemon=False).start()
    return {"lingered": True}


def refuse(_workspace: Workspace, _params: dict[str, Any], _report: Report) -> dict[str, Any]:
    raise NoUsableRows("sales.csv has no usable row.", hint="Map user_id to another column.")


def blunder(_workspace: Workspace, _params: dict[str, Any], _report: Report) -> dict[str, Any]:
    return {"never": 1 / 0}


KINDS = {
    work.__name__: work
    for work in (count, until, hold_the_gil, crash, leave, linger, refuse, blunder)
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["worker", "child", "inline", "server"])
    parser.add_argument("home", type=Path)
    parser.add_argument("--job", type=int, default=0)
    parser.add_argument("--parent-pid", type=int)
    given = parser.parse_args()
    workspace = Workspace(Settings(home=given.home))
    again = [sys.executable, __file__]
    if given.role == "worker":
        run_worker(
            workspace,
            [*again, "child", str(given.home)],
            parent_pid=given.parent_pid,
            poll_seconds=0.02,
            beat_seconds=0.1,
            kill_seconds=0.5,
        )
    elif given.role == "child":
        serve_one(workspace, KINDS)
    elif given.role == "inline":
        run_inline(workspace, KINDS, given.job)
    else:
        Supervisor([*again, "worker", str(given.home)]).start()
        time.sleep(60)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
