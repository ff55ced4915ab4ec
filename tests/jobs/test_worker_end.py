from __future__ import annotations

import os
import signal
from pathlib import Path

from job_shop import Shop, wait_for

from recsys.jobs.lock import WorkerLock


def children(pid: int) -> list[int]:
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(word) for word in words]


def gone(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"


def test_an_orderly_stop_twice_leaves_the_job_queued_as_if_never_started(shop: Shop) -> None:
    job = shop.submit("until", path=str(shop.home / "never"))
    for number in (signal.SIGTERM, signal.SIGINT):
        worker = shop.start("worker")
        shop.at_work(job, "Waiting")
        worker.send_signal(number)
        assert worker.wait(10) == 0
        waiting = shop.queue.get(job.id)
        assert (waiting.status, waiting.attempts, waiting.worker) == ("queued", 0, "")


def test_a_killed_worker_is_followed_by_the_standby(shop: Shop) -> None:
    file = shop.home / "go"
    job = shop.submit("until", path=str(file))
    workers = [shop.start("worker"), shop.start("worker")]
    pid = int(shop.at_work(job, "Waiting").worker.split(":")[1])
    assert WorkerLock.of(shop.workspace).held_by_other()
    at_work = next(worker for worker in workers if worker.pid == pid)
    at_work.kill()  # and not waited for: a zombie is dead enough
    wait_for(lambda: shop.queue.get(job.id).attempts == 2)
    file.touch()
    ended = shop.ended(job)
    assert ended.status == "done"
    assert int(ended.worker.split(":")[1]) != pid


def test_no_child_outlives_a_killed_worker_not_even_one_that_holds_the_gil(shop: Shop) -> None:
    worker = shop.start("worker")
    job = shop.submit("hold_the_gil")
    shop.at_work(job, "Holding")
    (child,) = children(worker.pid)
    worker.kill()
    wait_for(lambda: gone(child))


def test_a_spare_that_died_is_replaced_before_a_job_is_given_to_it(shop: Shop) -> None:
    worker = shop.start("worker")
    wait_for(lambda: WorkerLock.of(shop.workspace).held_by_other() and bool(children(worker.pid)))
    (spare,) = children(worker.pid)
    os.kill(spare, signal.SIGKILL)
    wait_for(lambda: gone(spare))
    job = shop.ended(shop.submit("count", to=1))
    assert (job.status, job.attempts) == ("done", 1)
