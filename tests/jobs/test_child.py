from __future__ import annotations

import signal
import sqlite3

import pytest
from job_entry import KINDS
from job_shop import Shop, wait_for

from recsys.errors import StorageError
from recsys.jobs import child as module
from recsys.jobs.child import run_claimed, run_inline
from recsys.jobs.processes import process_name
from recsys.types import Report
from recsys.workspace import Workspace


def test_a_job_is_done_inline_and_returned_as_it_ended(shop: Shop) -> None:
    job = run_inline(shop.workspace, KINDS, shop.submit("count", to=4).id)
    assert job is not None
    assert (job.status, job.share, job.worker) == ("done", 1.0, process_name())
    assert job.result is not None
    assert job.result["counted"] == 4


def test_a_job_that_a_worker_has_taken_is_not_done_twice(shop: Shop) -> None:
    job = shop.submit("count", to=4)
    shop.queue.claim("worker")
    assert run_inline(shop.workspace, KINDS, job.id) is None


def test_what_a_person_can_mend_is_said_with_its_hint(shop: Shop) -> None:
    job = run_inline(shop.workspace, KINDS, shop.submit("refuse").id)
    assert job is not None
    assert (job.status, job.error_id) == ("failed", "")
    assert job.error == "sales.csv has no usable row. Map user_id to another column."


def test_an_unknown_kind_is_named(shop: Shop) -> None:
    job = run_inline(shop.workspace, KINDS, shop.submit("dance").id)
    assert job is not None
    assert "'dance'" in job.error


def test_every_new_step_and_the_end_are_written_and_the_rest_is_thinned(shop: Shop) -> None:
    seen: list[tuple[float, str]] = []

    def steps(_workspace: Workspace, _params: object, report: Report) -> dict[str, object]:
        for share, step in ((0.1, "Read"), (0.2, "Read"), (0.3, "Fit"), (1.0, "Fit")):
            report(share, step)
            row = shop.queue.get(job.id)
            seen.append((row.share, row.step))
        return {}

    job = shop.submit("steps")
    run_inline(shop.workspace, {"steps": steps}, job.id)
    assert seen == [(0.1, "Read"), (0.1, "Read"), (0.3, "Fit"), (1.0, "Fit")]


def test_a_job_that_lost_its_claim_leaves_the_row_alone(shop: Shop) -> None:
    job = shop.submit("robbed")
    token = getattr(shop.queue.claim("me"), "token", "")

    def robbed(_workspace: Workspace, _params: object, _report: Report) -> dict[str, object]:
        shop.queue.requeue(job.id, token, counted=True)
        shop.queue.claim("other")
        return {}

    left = run_claimed(shop.workspace, {"robbed": robbed}, job.id, token)
    assert (left.status, left.worker, left.result) == ("running", "other", None)


def test_ctrl_c_cancels_a_command_and_its_job(shop: Shop) -> None:
    job = shop.submit("until", path=str(shop.home / "never"))
    command = shop.start("inline", "--job", str(job.id))
    shop.at_work(job, "Waiting")
    command.send_signal(signal.SIGINT)
    assert command.wait(10) != 0
    assert shop.queue.get(job.id).status == "cancelled"


def test_a_command_keeps_its_job_while_it_lives_and_no_longer(shop: Shop) -> None:
    file = shop.home / "go"
    job = shop.submit("until", path=str(file))
    command = shop.start("inline", "--job", str(job.id))
    token = shop.at_work(job, "Waiting").token
    shop.start("worker")
    # The worker has looked for orphans, again and again, by the time it has done these.
    for _ in range(2):
        assert shop.ended(shop.submit("count", to=1)).status == "done"
    kept = shop.queue.get(job.id)
    assert (kept.status, kept.token, kept.attempts) == ("running", token, 1)
    command.kill()  # and not waited for: a zombie is dead enough
    wait_for(lambda: shop.queue.get(job.id).attempts == 2)
    file.touch()
    assert shop.ended(job).status == "done"


@pytest.fixture
def impatient(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop whose database refuses at once when it is busy, and where pauses are short."""
    with shop.workspace.database.engine.connect() as connection:  # given out again by the pool
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(module, "_PROGRESS_PAUSE_SECONDS", 0.0)
    return shop


def lock(shop: Shop) -> sqlite3.Connection:
    other = sqlite3.connect(shop.home / "aisle.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_busy_database_costs_reports_and_not_the_job(impatient: Shop) -> None:
    told: list[str] = []

    def work(_workspace: Workspace, _params: object, report: Report) -> dict[str, object]:
        report(0.1, "Reading")
        other = lock(impatient)
        report(0.5, "Fitting")
        assert impatient.queue.get(job.id).step == "Reading"
        other.close()
        report(0.6, "Saving")
        assert impatient.queue.get(job.id).step == "Saving"
        return {"whole": True}

    job = impatient.submit("work")
    done = run_inline(
        impatient.workspace, {"work": work}, job.id, listener=lambda share, step: told.append(step)
    )
    assert done is not None
    assert (done.status, done.result) == ("done", {"whole": True})
    assert told == ["Starting", "Reading", "Fitting", "Saving"]


@pytest.mark.parametrize("fails", [False, True])
def test_the_end_of_a_job_is_written_when_the_database_is_free_again(
    impatient: Shop, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[sqlite3.Connection] = []
    pauses: list[float] = []

    def work(_workspace: Workspace, _params: object, _report: Report) -> dict[str, object]:
        held.append(lock(impatient))
        if fails:
            raise StorageError("The disk is gone.")
        return {"whole": True}

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            held[0].close()

    monkeypatch.setattr(module.time, "sleep", pause)
    job = run_inline(impatient.workspace, {"work": work}, impatient.submit("work").id)
    assert job is not None
    assert (job.status, job.error) == (("failed", "The disk is gone.") if fails else ("done", ""))
    assert pauses == [0.01, 0.02, 0.04]


def test_a_second_try_sees_what_the_first_one_made(shop: Shop) -> None:
    def work(workspace: Workspace, _params: object, _report: Report) -> dict[str, object]:
        found = workspace.models.of_job()
        if not found:
            with workspace.models.writing("made", {}):
                pass
        return {"found": [one["id"] for one in found]}

    job, other = shop.submit("work"), shop.submit("work")
    token = getattr(shop.queue.claim("me"), "token", "")
    work(shop.workspace.for_job(job.key), {}, lambda share, step: None)
    shop.queue.requeue(job.id, token, counted=True)
    kinds = {"work": work}
    again = run_inline(shop.workspace, kinds, job.id)
    assert again is not None
    assert again.result == {"found": ["made"]}
    assert shop.workspace.models.manifest("made")["job_id"] == job.key
    assert other.key != job.key
