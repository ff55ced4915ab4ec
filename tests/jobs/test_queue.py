from __future__ import annotations

import threading
import time

import pytest
from job_shop import Shop
from sqlalchemy import select, update

from recsys.errors import ClaimLost, InputError, JobCancelled, NotFound
from recsys.jobs.processes import process_name
from recsys.jobs.queue import Job, Queue
from recsys.workspace.database import Database
from recsys.workspace.tables import audit, jobs


def claimed(shop: Shop, worker: str = "") -> tuple[Job, str]:
    job = shop.queue.claim(worker or process_name())
    assert job is not None
    assert job.token is not None
    return job, job.token


def test_a_submitted_job_waits_and_is_in_the_audit_log(shop: Shop) -> None:
    job = shop.submit("count", to=3)
    assert (job.status, job.share, job.attempts, job.params) == ("queued", 0.0, 0, {"to": 3})
    assert shop.queue.get(job.id) == job
    with shop.workspace.database.read() as connection:
        line = connection.execute(select(audit)).mappings().one()
    assert (line["actor"], line["action"], line["subject"]) == ("ann", "submit", f"job {job.id}")


def test_recent_is_newest_first_and_active_oldest_first(shop: Shop) -> None:
    first, second, third = (shop.submit("count") for _ in range(3))
    job, token = claimed(shop)
    assert job.id == first.id
    assert [job.id for job in shop.queue.active()] == [first.id, second.id, third.id]
    shop.queue.finish(first.id, token, {"made": 1})
    assert [job.id for job in shop.queue.active()] == [second.id, third.id]
    assert [job.id for job in shop.queue.recent(2)] == [third.id, second.id]


def test_an_unknown_job_is_not_found(shop: Shop) -> None:
    for ask in (
        lambda: shop.queue.get(7),
        lambda: shop.queue.ask_cancel(7, actor="ann"),
        lambda: shop.queue.run_again(7, actor="ann"),
    ):
        with pytest.raises(NotFound, match="no job 7"):
            ask()


def test_claim_takes_a_certain_job_only_while_it_is_queued(shop: Shop) -> None:
    first, second = shop.submit("count"), shop.submit("count")
    job = shop.queue.claim("me", job_id=second.id)
    assert job is not None
    assert (job.id, job.status, job.worker, job.attempts) == (second.id, "running", "me", 1)
    assert shop.queue.claim("me", job_id=second.id) is None
    assert claimed(shop)[0].id == first.id
    assert shop.queue.claim("me") is None


def test_two_claimers_never_get_the_same_job(shop: Shop) -> None:
    submitted = [shop.submit("count").id for _ in range(80)]
    taken: list[list[int]] = [[], [], [], []]

    def take_all(mine: list[int]) -> None:
        database = Database(f"sqlite:///{shop.home / 'aisle.db'}")
        while job := Queue(database).claim("someone"):
            mine.append(job.id)
        database.close()

    threads = [threading.Thread(target=take_all, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job_id for mine in taken for job_id in mine) == submitted


def test_progress_is_written_and_hears_of_a_cancel(shop: Shop) -> None:
    shop.submit("count")
    job, token = claimed(shop)
    shop.queue.progress(job.id, token, 0.25, "Reading")
    assert (shop.queue.get(job.id).share, shop.queue.get(job.id).step) == (0.25, "Reading")
    assert shop.queue.ask_cancel(job.id, actor="bea").status == "running"
    with pytest.raises(JobCancelled):
        shop.queue.progress(job.id, token, 0.5, "Reading")
    assert shop.queue.cancelled(job.id, token).status == "cancelled"


def test_a_writer_with_an_old_token_is_refused(shop: Shop) -> None:
    shop.submit("count")
    job, token = claimed(shop)
    shop.queue.requeue(job.id, token, counted=True)
    _, new_token = claimed(shop)
    assert new_token != token
    for write in (
        lambda: shop.queue.progress(job.id, token, 0.5, "Reading"),
        lambda: shop.queue.heartbeat(job.id, token),
        lambda: shop.queue.finish(job.id, token, {}),
        lambda: shop.queue.fail(job.id, token, "no"),
        lambda: shop.queue.cancelled(job.id, token),
        lambda: shop.queue.requeue(job.id, token, counted=False),
    ):
        with pytest.raises(ClaimLost):
            write()
    shop.queue.finish(job.id, new_token, {"made": 1})
    with pytest.raises(ClaimLost):
        shop.queue.progress(job.id, new_token, 1.0, "Late")
    assert shop.queue.get(job.id).result == {"made": 1}


def test_a_queued_job_is_cancelled_at_once_and_an_ended_one_stays(shop: Shop) -> None:
    job = shop.submit("count")
    assert shop.queue.ask_cancel(job.id, actor="bea").status == "cancelled"
    assert shop.queue.claim("me") is None
    shop.submit("count")
    job, token = claimed(shop)
    done = shop.queue.finish(job.id, token, {})
    assert shop.queue.ask_cancel(job.id, actor="bea") == done


def test_an_orderly_stop_does_not_count(shop: Shop) -> None:
    shop.submit("count")
    for _ in range(3):
        job, token = claimed(shop)
        shop.queue.progress(job.id, token, 0.5, "Reading")
        waiting = shop.queue.requeue(job.id, token, counted=False)
        assert (waiting.status, waiting.attempts, waiting.share) == ("queued", 0, 0.0)


def test_a_second_crash_loses_the_job_and_says_that_it_can_be_run_again(shop: Shop) -> None:
    shop.submit("count", to=5)
    job, token = claimed(shop)
    waiting = shop.queue.requeue(job.id, token, counted=True, reason="it crashed")
    assert (waiting.status, waiting.attempts) == ("queued", 1)
    assert "it crashed" in waiting.step
    job, token = claimed(shop)
    lost = shop.queue.requeue(job.id, token, counted=True, reason="it crashed")
    assert (lost.status, lost.attempts) == ("lost", 2)
    assert "it crashed" in lost.error
    assert "run it again" in lost.error
    again = shop.queue.run_again(job.id, actor="bea")
    assert (again.kind, again.params, again.label) == (job.kind, job.params, job.label)
    assert (again.status, again.attempts, again.actor) == ("queued", 0, "bea")


def test_a_crash_after_a_cancel_is_a_cancel(shop: Shop) -> None:
    shop.submit("count")
    job, token = claimed(shop)
    shop.queue.ask_cancel(job.id, actor="bea")
    assert shop.queue.requeue(job.id, token, counted=True).status == "cancelled"


def test_a_job_that_has_not_ended_cannot_be_run_again(shop: Shop) -> None:
    job = shop.submit("count")
    with pytest.raises(InputError, match="still queued"):
        shop.queue.run_again(job.id, actor="ann")


def test_a_failed_job_tells_a_bug_from_what_a_person_can_mend(shop: Shop) -> None:
    shop.submit("count")
    job, token = claimed(shop)
    assert shop.queue.fail(job.id, token, "The file is empty.").error_id == ""
    shop.submit("count")
    job, token = claimed(shop)
    failed = shop.queue.fail(job.id, token, "A fault.", error_id="ab12")
    assert (failed.status, failed.error, failed.error_id) == ("failed", "A fault.", "ab12")


def test_only_jobs_of_the_dead_are_adopted(shop: Shop) -> None:
    now = time.time()
    host, pid, started = process_name().rsplit(":", 2)
    expected = {
        process_name(): (now, "running"),
        f"{host}:{pid}:{int(started) + 1}": (now, "queued"),  # the pid of somebody else by now
        f"{host}:999999999:{started}": (now, "queued"),
        f"elsewhere:{pid}:{started}": (now - 50, "running"),
        "elsewhere:1:1": (now - 70, "queued"),
    }
    ids: dict[str, int] = {}
    for worker, (heartbeat_at, _) in expected.items():
        shop.submit("count")
        job, _ = claimed(shop, worker)
        ids[worker] = job.id
        with shop.workspace.database.write() as connection:
            connection.execute(
                update(jobs).where(jobs.c.id == job.id).values(heartbeat_at=heartbeat_at)
            )
    shop.queue.adopt_orphans()
    found = {worker: shop.queue.get(job_id).status for worker, job_id in ids.items()}
    assert found == {worker: status for worker, (_, status) in expected.items()}
