"""What kill -9 does to jobs, workers and servers while a customer goes on asking for a list."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from homes import copy_home
from whole_shop import Customer, Process, Server, children, gone, leftovers, wait_for

from recsys.data.ingest import Source, ingest
from recsys.jobs.queue import Job, Queue
from recsys.settings import Settings
from recsys.workflows.data_jobs import submit_demo, submit_fixes
from recsys.workflows.jobs import run_again, submit_publish, submit_training
from recsys.workspace import Workspace

ACTOR = "tests"
# How far each kind of job is when it is killed, three times: early, in the middle, while writing.
KILLED_AT = {
    "demo": (0.0, 0.46, 0.7),
    "fix": (0.0, 0.3, 0.6),
    "train": (0.1, 0.3, 0.5),
    "publish": (0.0, 0.2, 0.4),
}
RESULT = {
    "demo": "dataset_id",
    "fix": "dataset_id",
    "train": "model_id",
    "publish": "release_id",
}


class Shop:
    """A copy of the live demo shop, its queue and a customer."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.workspace = Workspace(Settings(home=home))
        self.queue = Queue(self.workspace.database)
        self.customer = Customer(home)
        self.dataset_id = self.workspace.datasets.ids()[0]
        self.messy_id = self._load_messy()
        # The models that are live: the customer's list stays the same.
        newest = self.workspace.releases.ids()[0]
        self.strategies = self.workspace.releases.manifest(newest)["strategies"]

    def submit(self, kind: str) -> Job:
        if kind == "demo":
            return submit_demo(self.workspace, shoppers=250, actor=ACTOR)
        if kind == "fix":
            return submit_fixes(self.workspace, self.messy_id, ["quantity"], actor=ACTOR)
        if kind == "publish":
            return submit_publish(self.workspace, strategies=self.strategies, actor=ACTOR)
        return submit_training(
            self.workspace,
            "als",
            dataset_id=self.dataset_id,
            settings={"iterations": 30},
            evaluate=False,
            actor=ACTOR,
        )

    def _load_messy(self) -> str:
        """Load purchases with returns among them, enough for a fix to take its time."""
        path = self.home.parent / "returns.csv"
        lines = (
            f"u{row % 900},i{row * 7 % 4001},2024-01-{1 + row % 28:02},{-1 if row % 5 == 0 else 1}"
            for row in range(120_000)
        )
        path.write_text("\n".join(["user_id,item_id,timestamp,quantity", *lines]))
        roles = ("user_id", "item_id", "timestamp", "quantity")
        return ingest(
            self.workspace,
            interactions=Source(path, dict(zip(roles, roles, strict=True))),
            name="Messy",
        )

    def digests(self) -> dict[str, str]:
        """Return the digest of every file of the versions and of the files they are made of."""
        return {
            str(path.relative_to(self.home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in ("datasets", "intakes")
            for path in sorted((self.home / folder).glob("[!.]*/*"))
        }

    def at_work(self, job: Job, share: float = 0.1, *, attempt: int = 1) -> Job:
        """Wait until a job has come so far."""

        def so_far() -> bool:
            row = self.queue.get(job.id)
            assert not row.ended, row
            at_it = (row.status, row.attempts) == ("running", attempt)
            return at_it and bool(row.step) and row.share >= share

        wait_for(so_far, f"{job.label} at {share:.0%}")
        return self.queue.get(job.id)

    def ended(self, job: Job) -> Job:
        wait_for(lambda: self.queue.get(job.id).ended, f"the end of: {job.label}")
        return self.queue.get(job.id)

    def waiting(self, job: Job) -> Job:
        wait_for(lambda: self.queue.get(job.id).status == "queued", f"{job.label} in the queue")
        return self.queue.get(job.id)

    def kill_child(self, job: Job) -> None:
        """Kill the process that does a job; at work a worker has no other child."""
        (child,) = children(worker_of(job))
        os.kill(child, signal.SIGKILL)

    def artefacts(self) -> set[str]:
        folders = (self.workspace.datasets, self.workspace.models, self.workspace.releases)
        return {artefact_id for folder in folders for artefact_id in folder.ids()}


def untouched(shop: Shop, before: dict[str, str]) -> bool:
    """Tell whether all that was there before is there now, byte for byte."""
    return before.items() <= shop.digests().items()


def worker_of(job: Job) -> int:
    return int(job.worker.split(":")[1])


@pytest.fixture(scope="module")
def shop(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(copy_home(demo_home, tmp_path_factory.mktemp("killed") / "home"))
    yield shop
    shop.customer.leave()
    shop.workspace.database.close()


@pytest.fixture
def start(shop: Shop, tmp_path: Path) -> Iterator[Callable[[str], Process]]:
    """Return a function that starts a server or a worker, which ends with the test."""
    started: list[Process] = []
    log = tmp_path / "log"

    def begin(role: str) -> Process:
        process = Server(shop.home, log=log) if role == "run" else Process(shop.home, role, log=log)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.end()
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_jobs_outlive_the_workers_and_servers_that_are_killed_under_them(
    shop: Shop, start: Callable[[str], Process]
) -> None:
    first = start("run")
    job = shop.submit("train")
    worker = worker_of(shop.at_work(job))
    assert worker in children(first.pid)
    os.kill(worker, signal.SIGKILL)
    done = shop.ended(job)
    assert (done.status, done.attempts) == ("done", 2)
    assert worker_of(done) in set(children(first.pid)) - {worker}

    job = shop.submit("demo")
    worker = worker_of(shop.at_work(job))
    first.kill()
    assert shop.waiting(job).attempts == 0
    wait_for(lambda: gone(worker), "the end of a worker without a server")

    servers = [start("run"), start("run")]
    done = shop.ended(job)
    assert (done.status, done.attempts) == ("done", 1)
    for server in servers:
        server.await_answer()
        await_health(server, "worker", "running")

    job = shop.submit("publish")
    worker = worker_of(shop.at_work(job))
    (holder,) = (server for server in servers if worker in children(server.pid))
    (standby,) = (server for server in servers if server is not holder)
    holder.kill()
    done = shop.ended(job)
    assert (done.status, done.attempts) == ("done", 1)
    assert worker_of(done) in children(standby.pid)
    await_health(standby, "status", "ok")

    job = shop.submit("train")
    for last in (standby, None):
        process = last or start("worker")
        shop.at_work(job)
        process.stop()
        waiting = shop.queue.get(job.id)
        assert (waiting.status, waiting.attempts, waiting.share) == ("queued", 0, 0.0)
    # The next test has a worker of its own, and should find no work.
    shop.queue.ask_cancel(job.id, actor=ACTOR)


def await_health(server: Process, key: str, value: str) -> None:
    """Wait for an answer; a busy server may first say that something took long."""
    assert isinstance(server, Server)

    def so_it_is() -> bool:
        return json.loads(server.get("api/health")[1] or b"{}").get(key) == value

    wait_for(so_it_is, f"{key}: {value}")


@pytest.fixture(scope="module")
def worker(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One worker for all kinds of jobs; it outlives whatever happens to its children."""
    worker = Process(shop.home, "worker", log=tmp_path_factory.mktemp("worker") / "log")
    yield worker
    worker.end()
    assert "Traceback" not in worker.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KILLED_AT)
@pytest.mark.usefixtures("worker")
def test_a_killed_job_is_tried_again_then_lost_and_can_be_run_again(kind: str, shop: Shop) -> None:
    early, middle, late = KILLED_AT[kind]
    before, digests = shop.artefacts(), shop.digests()
    job = shop.submit(kind)
    shop.kill_child(shop.at_work(job, early))
    shop.kill_child(shop.at_work(job, middle, attempt=2))
    lost = shop.ended(job)
    assert (lost.status, lost.attempts, lost.result) == ("lost", 2, None)
    assert "SIGKILL" in lost.error
    assert "run it again" in lost.error
    assert shop.artefacts() == before
    assert untouched(shop, digests)
    again = run_again(shop.workspace, job.id, actor=ACTOR)
    shop.kill_child(shop.at_work(again, late))
    done = shop.ended(again)
    assert (done.status, done.attempts) == ("done", 2)
    assert done.result is not None
    assert shop.artefacts() - before == {done.result[RESULT[kind]]}
    assert untouched(shop, digests)
    assert leftovers(shop.home) == []
