from __future__ import annotations

import os
import signal
import sys

import pytest
from job_shop import ENTRY, Shop, wait_for

from recsys.jobs.lock import WorkerLock
from recsys.jobs.supervisor import Supervisor


def test_a_killed_worker_is_started_again(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([*ENTRY, "worker", str(shop.home)])
    assert supervisor.state() == "stopped"
    supervisor.start()
    supervisor.start()
    first = int(shop.ended(shop.submit("count", to=1)).worker.split(":")[1])
    assert supervisor.state() == "running"
    os.kill(first, signal.SIGKILL)
    second = int(shop.ended(shop.submit("count", to=1)).worker.split(":")[1])
    assert second != first
    supervisor.stop()
    assert supervisor.state() == "stopped"
    assert not WorkerLock.of(shop.workspace).held_by_other()
    supervisor.stop()
    assert "Traceback" not in capfd.readouterr().err


def test_a_worker_that_dies_at_once_is_tried_with_pauses() -> None:
    supervisor = Supervisor([sys.executable, "-c", "raise SystemExit(1)"])
    supervisor.start()
    wait_for(lambda: supervisor.state() == "starting")
    supervisor.stop()
    assert supervisor.state() == "stopped"


def test_a_program_that_is_not_there_is_no_end_of_the_supervisor() -> None:
    supervisor = Supervisor(["/nonexistent/aisle"])
    supervisor.start()
    assert supervisor.state() == "starting"
    supervisor.stop()


def test_a_worker_that_will_not_stop_is_killed() -> None:
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    supervisor = Supervisor([sys.executable, "-c", deaf])
    supervisor.start()
    wait_for(lambda: supervisor.state() == "running")
    supervisor.stop(patience=0.2)
    assert supervisor.state() == "stopped"


def test_the_worker_ends_with_a_killed_server_and_its_job_waits(shop: Shop) -> None:
    server = shop.start("server")
    job = shop.submit("until", path=str(shop.home / "never"))
    shop.at_work(job, "Waiting")
    server.kill()
    wait_for(lambda: shop.queue.get(job.id).status == "queued")
    assert shop.queue.get(job.id).attempts == 0
    wait_for(lambda: not WorkerLock.of(shop.workspace).held_by_other())
