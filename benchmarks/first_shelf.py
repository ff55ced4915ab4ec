"""From the demo shop's file on disk to the first For You shelf: Aisle against the tutorial's way.

``python -m benchmarks.first_shelf`` measures Aisle in the workspace AISLE_HOME names: a real
worker, waiting; then the jobs as the pages submit them, each timed from its submission.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from benchmarks.demo import Demo
from benchmarks.jobs import finish
from benchmarks.processes import Worker, measure
from benchmarks.results import Result, at_least, at_most, told
from benchmarks.seen import await_spare
from recsys.errors import AisleError
from recsys.jobs.queue import Job
from recsys.releases.live import LiveShop
from recsys.types import Filters
from recsys.workflows.data_jobs import submit_demo
from recsys.workflows.jobs import submit_publish, submit_training
from recsys.workflows.shelves import show_for_you
from recsys.workspace import Workspace

SHOPPER = "900"
CATEGORY = "Grocery"
_ACTOR = "bench"
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
    theirs = measure("benchmarks.tutorial", SHOPPER, home=demo.new_folder("tutorial"), timeout=900)
    first = sum(ours[part] for part in _FIRST)
    rival = sum(theirs["seconds"].values())
    return [
        at_most("file on disk to first For You shelf", first, 14, unit="s"),
        *(told(f"- {part}", ours[part], unit="s") for part in _FIRST),
        told("the same in the tutorial's way", rival, unit="s"),
        *(told(f"- {part}", taken, unit="s") for part, taken in theirs["seconds"].items()),
        told("- of the index, processor time", theirs["index_work"], unit="s"),
        at_least("times faster than the tutorial's way", rival / first, 5, unit="x"),
        at_most("full release of four placements", sum(ours[p] for p in _FULL), 25, unit="s"),
        *(told(f"- {part}", ours[part], unit="s") for part in _FULL if part not in _FIRST),
    ]


def _measure(workspace: Workspace) -> dict[str, float]:
    """Return the seconds each step takes, with a worker that waits for the first."""
    seconds: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        work()
        seconds[name] = time.perf_counter() - started

    def job(name: str, submit: Callable[[], Job]) -> None:
        timed(name, lambda: finish(workspace, submit()))

    with Worker(workspace.home) as worker:
        await_spare(worker.pid)
        job("load the demo shop", lambda: submit_demo(workspace, actor=_ACTOR))
        job("train ALS 64 x 15", lambda: _train(workspace, "als", factors=64, iterations=15))
        job(
            "publish For You",
            lambda: submit_publish(workspace, only=("for_you",), evaluate=False, actor=_ACTOR),
        )
        timed("open and first list", lambda: _first_list(workspace))
        job("train co-purchase", lambda: _train(workspace, "copurchase"))
        job(
            "publish four placements",
            lambda: submit_publish(workspace, evaluate=False, actor=_ACTOR),
        )
    return seconds


def _train(workspace: Workspace, kind: str, **settings: int) -> Job:
    return submit_training(workspace, kind, settings=settings, evaluate=False, actor=_ACTOR)


def _first_list(workspace: Workspace) -> None:
    shelf = show_for_you(LiveShop(workspace), SHOPPER, filters=Filters(category=CATEGORY))
    if len(shelf.items) != shelf.asked or shelf.fallback:
        raise AisleError(f"The first list is not whole: {shelf.trace()} {shelf.fallback}")


if __name__ == "__main__":
    print(json.dumps(_measure(Workspace.from_environment())))
