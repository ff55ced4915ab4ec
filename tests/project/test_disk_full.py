"""What a full disk does to uploads and jobs while a customer goes on asking for a list."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount
from whole_shop import Customer, Process, leftovers, wait_for

from recsys.api.app import create_api
from recsys.jobs.queue import Job, Queue
from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workflows.data_jobs import submit_demo
from recsys.workflows.jobs import run_again, submit_publish, submit_training
from recsys.workflows.uploads import issue_ticket
from recsys.workspace import Workspace

ACTOR = "tests"
ROOM = 100_000_000
IN_WORDS = r"No space left|disk is full|Not enough space"


class Disk:
    """A small disk with the live demo shop on it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self._ballast = folder / "ballast"
        self.workspace = Workspace(Settings(home=self.home))
        self.queue = Queue(self.workspace.database)

    def leave(self, room: int) -> None:
        """Fill the disk but for so many bytes."""
        self._ballast.unlink(missing_ok=True)
        disk = os.statvfs(self.home)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - room)

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def ended(self, job: Job) -> Job:
        wait_for(lambda: self.queue.get(job.id).ended, f"the end of: {job.label}")
        return self.queue.get(job.id)

    def artefacts(self) -> set[str]:
        folders = (self.workspace.datasets, self.workspace.models, self.workspace.releases)
        return {artefact_id for folder in folders for artefact_id in folder.ids()}


@pytest.fixture(scope="module")
def disk(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder = tmp_path_factory.mktemp("disk")
    size = sum(path.stat().st_size for path in demo_home.rglob("*") if path.is_file()) + ROOM
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine does not let us mount: {mounted.stderr.strip()}")
    try:
        shutil.copytree(demo_home, folder / "home")
        disk = Disk(folder)
        yield disk
        disk.workspace.database.close()
    finally:
        # Lazily: the index of a release stays mapped as long as this process lives.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def worker(disk: Disk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    worker = Process(disk.home, "worker", log=tmp_path_factory.mktemp("worker") / "log")
    yield worker
    worker.end()
    assert "Traceback" not in worker.log.read_text(encoding="utf-8")


@pytest.fixture
def customer(disk: Disk) -> Iterator[Customer]:
    """Somebody who shops all the while; afterwards the disk has room again."""
    customer = Customer(disk.home)
    yield customer
    disk.free()
    customer.leave()


def train(disk: Disk) -> Job:
    return submit_training(
        disk.workspace, "als", settings={"iterations": 2}, evaluate=False, actor=ACTOR
    )


def publish(disk: Disk) -> Job:
    newest = disk.workspace.releases.ids()[0]
    strategies = disk.workspace.releases.manifest(newest)["strategies"]
    return submit_publish(disk.workspace, strategies=strategies, actor=ACTOR)


CASES: dict[str, tuple[Callable[[Disk], Job], int]] = {
    "ingest": (lambda disk: submit_demo(disk.workspace, shoppers=150, actor=ACTOR), 1_000_000),
    "train": (train, 1_000_000),
    "publish, files": (publish, 1_000_000),
    "publish, index": (publish, 40_000_000),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("customer", "worker")
def test_a_job_that_runs_out_of_space_says_so_and_leaves_nothing(case: str, disk: Disk) -> None:
    submit, room = CASES[case]
    before = disk.artefacts()
    disk.leave(room)
    job = disk.ended(submit(disk))
    # The engine maps its files into memory; then a full disk is a signal, and no error.
    assert job.status in ({"failed", "lost"} if case == "publish, index" else {"failed"})
    assert job.error_id == "", "a full disk is no bug of ours"
    assert re.search(IN_WORDS, job.error), job.error
    assert "again" in job.error
    assert disk.artefacts() == before
    assert leftovers(disk.home) == []


@pytest.mark.usefixtures("customer", "worker")
def test_a_job_that_ran_out_of_space_can_be_run_again(disk: Disk) -> None:
    disk.leave(1_000_000)
    failed = disk.ended(train(disk))
    assert failed.status == "failed"
    disk.free()
    assert disk.ended(run_again(disk.workspace, failed.id, actor=ACTOR)).status == "done"


@pytest.mark.usefixtures("customer")
def test_an_upload_that_runs_out_of_space_says_so_and_leaves_nothing(disk: Disk) -> None:
    api = create_api(disk.workspace, LiveShop(disk.workspace))
    client = TestClient(
        Starlette(routes=[Mount("/api", api)]), base_url="http://localhost:8501/api"
    )
    ticket = issue_ticket(disk.workspace, actor=ACTOR)
    disk.leave(2_000_000)
    answer = client.put(
        f"/uploads/{ticket}",
        content=b"user_id,item_id\n" * 500_000,
        headers={"X-File-Name": "sales.csv"},
    )
    assert answer.status_code == 503
    error = answer.json()["error"]
    assert error["code"] == "storage_error"
    assert error["message"] == "sales.csv could not be stored: No space left on device."
    assert not list(disk.workspace.uploads.glob("*"))
