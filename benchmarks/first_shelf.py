"""From the demo shop's file on disk to the first For You shelf: Aisle against the tutorial's way.

``python -m benchmarks.first_shelf`` measures Aisle in the workspace AISLE_HOME names: a real
worker, waiting; then the jobs as the pages submit them, each timed from its submission.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from benchmarks.demo import Demo
from benchmarks.processes import Worker, await_spare, measure
from benchmarks.results import Result, at_least, at_most, told
from recsys.jobs.queue import Job, Queue
from recsys.releases.live import LiveShop
from recsys.types import Filters
from recsys.workflows.jobs import submit_demo, submit_publish, submit_training
from recsys.workflows.shelves import show_for_you
from recsys.workspace import Workspace

SHOPPER = "900"
CATEGORY = "Grocery"
_FIRST = ("load the demo shop", "train ALS 64 x 15", "publish For You", "open and first list")
_FULL = (
    "load the demo shop",
    "train ALS 64 x 15",
    "train co-purchase",
    "publish four placements",
    "open and first list",
)


def run(demo: Demo) -> list[Result]:
    """Measure both ways, one after the other."""
    ours = demo.seconds
    theirs = measure(
        "benchmarks.tutorial", SHOPPER, home=demo.new_folder("tutorial"), timeout=900
    )
    first = sum(ours[part] for part in _FIRST)
    rival = sum(theirs.values())
    return [
        at_most("file on disk to first For You shelf", first, 14, unit="s"),
        *(told(f"- {part}", ours[part], unit="s") for part in _FIRST),
        told("the same in the tutorial's way", rival, unit="s"),
        *(told(f"- {part}", seconds, unit="s") for part, seconds in theirs.items()),
        at_least("times faster than the tutorial's way", rival / first, 5, unit="x"),
        at_most("full release of four placements", sum(ours[p] for p in _FULL), 25, unit="s"),
        *(told(f"- {part}", ours[part], unit="s") for part in _FULL if part not in _FIRST),
    ]


def _measure(workspace: Workspace) -> dict[str, float]:
    """Return the seconds each step takes with a warm worker."""
    queue = Queue(workspace.database)
    steps: dict[str, Callable[[], Job]] = {
        "load the demo shop": lambda: submit_demo(workspace, actor="bench"),
        "train ALS 64 x 15": lambda: submit_training(
            workspace,
            "als",
            settings={"factors": 64, "iterations": 15},
            evaluate=False,
            actor="bench",
        ),
        "publish For You": lambda: submit_publish(workspace, only=("for_you",), actor="bench"),
        "open and first list": lambda: _first_list(workspace),
        "train co-purchase": lambda: submit_training(
            workspace, "copurchase", evaluate=False, actor="bench"
        ),
        "publish four placements": lambda: submit_publish(workspace, actor="bench"),
    }
    del steps["open and first list"]
    seconds: dict[str, float] = {}
    with Worker(workspace.home) as worker:
        await_spare(worker.pid)
        for name, submit in steps.items():
            started = time.perf_counter()
            _finish(queue, submit())
            seconds[name] = time.perf_counter() - started
            if name == "publish For You":
                seconds["open and first list"] = _first_list(workspace)
    return seconds
