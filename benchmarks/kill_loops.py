"""Kill -9 of job, worker and server in the middle of each kind of job, and what is left after."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from benchmarks.jobs import await_attempt, await_end, finish
from benchmarks.processes import Server
from benchmarks.seen import job_child, kill, wait_until
from recsys.data.dataset import Dataset
from recsys.errors import AisleError
from recsys.jobs.queue import Job
from recsys.models.store import open_served
from recsys.releases.live import LiveShop
from recsys.releases.release import Release
from recsys.workflows.data_jobs import submit_demo
from recsys.workflows.jobs import run_again, submit_publish, submit_training
from recsys.workflows.shelves import show_for_you
from recsys.workflows.shoppers import random_shopper
from recsys.workspace import Workspace

_ACTOR = "soak"
_SHOPPERS = 200


@dataclass
class Soak:
    """A small live shop under attack, and what was found wrong with it.

    Attributes
    ----------
    seconds
        How long each kind of job takes when nobody disturbs it.
    """

    workspace: Workspace
    server: Server
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    def submit(self, kind: str) -> Job:
        """Queue one of the three kinds of job."""
        submits: dict[str, Callable[[], Job]] = {
            "ingest": lambda: submit_demo(self.workspace, shoppers=_SHOPPERS, actor=_ACTOR),
            "train": lambda: submit_training(self.workspace, "als", evaluate=False, actor=_ACTOR),
            "publish": lambda: submit_publish(self.workspace, only=("for_you",), actor=_ACTOR),
        }
        return submits[kind]()

    def build(self) -> None:
        """Bring the shop to life, and learn how long each kind of job takes."""
        for kind in ("ingest", "train", "publish"):
            started = time.monotonic()
            finish(self.workspace, self.submit(kind))
            self.seconds[kind] = time.monotonic() - started

    def restart_server(self) -> None:
        """Start a server on the same workspace after the last one is dead."""
        self.server = Server(self.workspace.home).await_ready()

    def worker(self) -> int:
        """Return the pid of the server's worker, as soon as there is one."""
        wait_until(lambda: self.server.worker_pid, "the server has a worker")
        return self.server.worker_pid or 0


def kill_rounds(soak: Soak, *, rounds: int, seed: int) -> None:
    """Kill one thing a round at a random moment of a job; every pair comes before one repeats."""
    random = np.random.default_rng(seed)
    pairs = list(itertools.product(("ingest", "train", "publish"), ("job", "worker", "server")))
    for number in range(rounds):
        if number % len(pairs) == 0:
            random.shuffle(pairs)
        kind, victim = pairs[number % len(pairs)]
        moment = random.uniform(0.0, 0.7 * soak.seconds[kind])  # mostly before its end
        where = f"round {number + 1} ({victim} killed {moment:.2f} s into {kind})"
        job = _kill_once(soak, kind, victim, moment)
        print(f"{where}: {job.status} after {job.attempts} attempts", flush=True)
        if job.status != "done":
            soak.problems.append(f"{where}: the job is {job.status}: {job.error}")
        soak.problems += [f"{where}: {problem}" for problem in _look_around(soak)]


def lose_and_run_again(soak: Soak) -> None:
    """Kill a job in both of its attempts: it has to be lost, and to work when it is run again."""
    settings = {"iterations": 200}
    job = submit_training(soak.workspace, "als", settings=settings, evaluate=False, actor=_ACTOR)
    for attempt in (1, 2):
        await_attempt(soak.workspace, job, attempt)
        _kill_job(soak)
    ended = await_end(soak.workspace, job)
    if (ended.status, ended.attempts) != ("lost", 2):
        soak.problems.append(f"killed twice: {ended.status} after {ended.attempts} attempts")
    again = await_end(soak.workspace, run_again(soak.workspace, job.id, actor=_ACTOR))
    if again.status != "done":
        soak.problems.append(f"run again after it was lost: {again.status}: {again.error}")
    soak.problems += [f"after a lost job: {problem}" for problem in _look_around(soak)]


def _kill_once(soak: Soak, kind: str, victim: str, moment: float) -> Job:
    """Submit, wait for the moment, kill, see that lists are served still, and await the end."""
    worker = soak.worker()
    job = soak.submit(kind)
    await_attempt(soak.workspace, job, 1)
    time.sleep(moment)
    if victim == "job":
        _kill_job(soak)
    elif victim == "worker":
        kill(worker)
    else:
        soak.server.kill()
    _ask_in_process(soak)
    if victim == "server":
        soak.restart_server()
    return await_end(soak.workspace, job)


def _kill_job(soak: Soak) -> None:
    pid = job_child(soak.worker())
    if pid is not None:  # else it ended this instant, and the next is not there yet
        kill(pid)


def _ask_in_process(soak: Soak) -> None:
    """Ask for a list with nothing but what lies on the disk."""
    shop = LiveShop(soak.workspace)
    if not show_for_you(shop, random_shopper(shop.current(), seed=1)).items:
        soak.problems.append("a list in process is empty")


def _look_around(soak: Soak) -> list[str]:
    """Return what is wrong: the API, half artefacts, and leftovers."""
    problems: list[str] = []
    status, body = soak.server.get("/api/for-you/nobody")
    if status != 200:
        problems.append(f"the API answers {status}: {body[:200]}")
    home = soak.workspace.home
    left = [*home.glob("*/.*.part"), *home.glob("tmp/*")]
    if left:
        problems.append(f"left behind: {', '.join(str(p.relative_to(home)) for p in left)}")
    return problems + _half_artefacts(soak)


def _half_artefacts(soak: Soak) -> list[str]:
    """Open every artefact that is listed and was not opened before."""
    workspace = soak.workspace
    problems: list[str] = []
    checks: list[tuple[list[str], Callable[[str], bool]]] = [
        (workspace.datasets.ids(), lambda one: _whole_dataset(workspace, one)),
        (workspace.models.ids(), lambda one: open_served(workspace, one).n_items > 0),
        (workspace.releases.ids(), lambda one: _whole_release(workspace, one)),
    ]
    for ids, is_whole in checks:
        for one in set(ids) - soak.checked:
            soak.checked.add(one)
            try:
                problems += [] if is_whole(one) else [f"{one} is not whole"]
            except AisleError as error:
                problems.append(f"{one} cannot be opened: {error}")
    return problems


def _whole_dataset(workspace: Workspace, dataset_id: str) -> bool:
    dataset = Dataset.open(workspace, dataset_id)
    return len(dataset.interactions().user) == dataset.manifest["counts"]["interactions"]


def _whole_release(workspace: Workspace, release_id: str) -> bool:
    release = Release(workspace, release_id)
    return release.index.count() == len(release.item_ids) > 0
