"""One worker for all of these, as in life; what ends a worker is in test_worker_end.py."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from job_shop import Shop, wait_for


def test_a_job_is_done_at_low_priority_with_one_blas_thread(busy_shop: Shop) -> None:
    job = busy_shop.ended(busy_shop.submit("count", to=3))
    assert (job.status, job.share, job.step, job.attempts) == ("done", 1.0, "Done", 1)
    assert job.result is not None
    assert job.result["niceness"] == os.nice(0) + 5
    assert job.result["environment"]["OPENBLAS_NUM_THREADS"] == "1"
    assert "OMP_NUM_THREADS" not in job.result["environment"]
    assert job.started_at is not None
    assert job.finished_at is not None


def test_jobs_are_done_in_the_order_of_their_coming(busy_shop: Shop) -> None:
    jobs = [busy_shop.submit("count", to=1) for _ in range(2)]
    ended = [busy_shop.ended(job).finished_at or 0.0 for job in jobs]
    assert ended == sorted(ended)


def test_a_running_job_shows_progress_and_hears_a_cancel(busy_shop: Shop) -> None:
    job = busy_shop.submit("until", path=str(busy_shop.home / "never"))
    assert busy_shop.at_work(job, "Waiting").share == 0.5
    busy_shop.queue.ask_cancel(job.id, actor="bea")
    assert busy_shop.ended(job).status == "cancelled"


def test_a_job_that_holds_the_gil_is_killed_after_a_cancel(busy_shop: Shop) -> None:
    job = busy_shop.submit("hold_the_gil")
    busy_shop.at_work(job, "Holding")
    busy_shop.queue.ask_cancel(job.id, actor="bea")
    ended = busy_shop.ended(job)
    assert (ended.status, ended.attempts) == ("cancelled", 1)


def test_the_heartbeat_is_the_worker_s(busy_shop: Shop) -> None:
    job = busy_shop.submit("hold_the_gil")
    first = busy_shop.at_work(job, "Holding").heartbeat_at or 0.0
    wait_for(lambda: (busy_shop.queue.get(job.id).heartbeat_at or 0.0) > first)
    busy_shop.queue.ask_cancel(job.id, actor="bea")
    busy_shop.ended(job)


def test_a_crash_is_tried_once_more_and_then_lost(busy_shop: Shop) -> None:
    job = busy_shop.ended(busy_shop.submit("crash"))
    assert (job.status, job.attempts) == ("lost", 2)
    assert "SIGSEGV" in job.error
    assert "run it again" in job.error


def test_a_crash_that_passes_costs_one_attempt(busy_shop: Shop) -> None:
    job = busy_shop.ended(busy_shop.submit("leave", path=str(busy_shop.home / "seen")))
    assert (job.status, job.attempts, job.result) == ("done", 2, {"second": True})


def test_a_child_that_never_ends_holds_nothing_up(busy_shop: Shop) -> None:
    job = busy_shop.ended(busy_shop.submit("linger"))
    assert job.result == {"lingered": True}
    assert busy_shop.ended(busy_shop.submit("count", to=1)).status == "done"


def test_a_bug_is_a_number_in_the_row_and_a_traceback_in_the_log(busy_shop: Shop) -> None:
    job = busy_shop.ended(busy_shop.submit("blunder"))
    assert job.status == "failed"
    assert job.error_id in job.error
    assert "ZeroDivisionError" not in job.error
    log = busy_shop.log.read_text()
    assert job.error_id in log
    assert "ZeroDivisionError" in log


def test_a_failed_job_can_be_run_again(busy_shop: Shop) -> None:
    job = busy_shop.ended(busy_shop.submit("refuse"))
    again = busy_shop.queue.run_again(job.id, actor="bea")
    assert again.id != job.id
    assert busy_shop.ended(again).error == job.error


def test_a_database_that_is_away_for_a_while_costs_no_job(busy_shop: Shop) -> None:
    job = busy_shop.submit("hold_the_gil")
    before = busy_shop.at_work(job, "Holding")
    log_length = len(busy_shop.log.read_text())
    with closing(sqlite3.connect(busy_shop.home / "aisle.db")) as connection:
        connection.execute("ALTER TABLE jobs RENAME TO away")
        wait_for(lambda: "tries again" in busy_shop.log.read_text()[log_length:])
        connection.execute("ALTER TABLE away RENAME TO jobs")
    kept = busy_shop.queue.get(job.id)
    assert (kept.status, kept.token) == ("running", before.token)
    busy_shop.queue.ask_cancel(job.id, actor="bea")
    assert busy_shop.ended(job).worker == before.worker
