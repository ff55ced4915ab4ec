from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from copy_bulk_shop import Bulk, wait_for
from llm_answers import Scenario, lies, refused
from llm_server import LlmServer

from recsys.copywriting import runs as stored
from recsys.errors import InputError, JobCancelled
from recsys.jobs.queue import Queue
from recsys.settings import Settings
from recsys.workflows.copy_bulk import (
    cancel_run,
    pause_run,
    resume_run,
    retry_failed,
    rows,
    run_line,
)
from recsys.workflows.copy_queue import queue
from recsys.workspace import Workspace


@pytest.fixture
def bulk(tmp_path: Path, llm: LlmServer) -> Iterator[Bulk]:
    bulk = Bulk(tmp_path / "home", llm)
    yield bulk
    bulk.workspace.database.close()


def _hand_in(bulk: Bulk, run_id: int) -> None:
    """Do the job of a run until its batch is with the provider; then the job is cancelled."""

    def cancelled(_share: float, step: str) -> None:
        if "waiting for the provider" in step:
            raise JobCancelled("Job 1 was cancelled.")

    with pytest.raises(JobCancelled):
        bulk.work(run_line(bulk.workspace, run_id), cancelled)


def test_a_batch_with_an_errored_row_and_one_that_goes_back(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1
    bulk.llm.when("Cactus tea", refused(400, message="Not this one."), Scenario())
    bulk.llm.when("Dahlia tea", lies(), Scenario())
    done = bulk.work(bulk.start(way="batch"))

    assert (done.state, done.way, done.counts) == ("done", "batch", {"written": 19, "failed": 1})
    first, second = bulk.llm.batches.values()
    assert (len(first.requests), len(second.requests)) == (20, 1)
    assert "<findings>" in str(second.requests[0])
    assert bulk.llm.asked == []
    (failed,) = rows(bulk.workspace, done.id, state="failed")
    assert (failed.name, failed.tries) == ("Cactus tea", 1)
    assert failed.error.endswith("refused the request (400).")
    texts = queue(bulk.workspace, run_id=done.id, limit=100)
    assert {text.state for text in texts} == {"checked"}
    # Half of 2 dollars a million for what was read and of 10 for what was written, and so on.
    one = next(text for text in texts if text.name == "Amber tea").now
    full = 2 * one.usage.input + 10 * one.usage.output
    full += 0.1 * one.usage.cache_read + 2.5 * one.usage.cache_write
    assert one.cost == pytest.approx(full / 2 / 1_000_000)

    again = bulk.work(retry_failed(bulk.workspace, done.id, actor="ann"))
    assert again.counts == {"written": 20}
    assert [len(batch.requests) for batch in bulk.llm.batches.values()] == [20, 1, 1]


def test_a_run_waits_for_its_batch_over_a_pause(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    _hand_in(bulk, run.id)
    assert run_line(bulk.workspace, run.id).counts == {"sent": 20}
    pause_run(bulk.workspace, run.id, actor="ann")
    paused = bulk.work(run)
    assert (paused.state, paused.counts) == ("paused", {"sent": 20})

    (batch,) = bulk.llm.batches.values()
    batch.polls = 0
    done = bulk.work(resume_run(bulk.workspace, run.id, actor="ann"))
    assert (done.state, done.counts) == ("done", {"written": 20})
    assert len(bulk.llm.batches) == 1


@pytest.mark.parametrize("taken", [True, False])
def test_a_batch_whose_id_was_lost_in_a_kill_is_found_or_handed_in_again(
    bulk: Bulk, taken: bool
) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    _hand_in(bulk, run.id)
    with bulk.workspace.database.write() as connection:  # as a kill leaves it
        batches = stored.one_run(connection, run.id).batches
        lost = [one.model_copy(update={"id": ""}) for one in batches]
        stored.change_run(connection, run.id, batches=lost)
    bulk.llm.batch_polls = 0
    if taken:
        next(iter(bulk.llm.batches.values())).polls = 0
    else:
        bulk.llm.batches.clear()
    done = bulk.work(run)
    assert (done.state, done.counts) == ("done", {"written": 20})
    handed_in = [one for one in bulk.llm.requests if one.method == "POST"]
    assert len(handed_in) == (1 if taken else 2)


def test_cancel_ends_the_batch_at_the_provider(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    _hand_in(bulk, run.id)
    jobs = Queue(bulk.workspace.database)
    assert jobs.active() == []
    assert cancel_run(bulk.workspace, run.id, actor="ann").state == "cancelled"
    # A job tells the provider, though the run is over.
    assert [job.params for job in jobs.active()] == [{"run_id": run.id}]
    ended = bulk.work(run)
    assert (ended.state, ended.counts) == ("cancelled", {"waiting": 20})
    assert [batch.cancelled for batch in bulk.llm.batches.values()] == [True]


def test_a_run_that_waits_for_its_batch_makes_room_for_other_work(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    jobs = Queue(bulk.workspace.database)
    other = jobs.submit("demo", {}, label="Load the demo shop", actor="ben")
    waiting = bulk.work(run)
    assert (waiting.state, waiting.counts) == ("running", {"sent": 20})
    first, second = jobs.active()
    assert (first.id, second.params) == (other.id, {"run_id": run.id})
    assert waiting.job_id == second.id


def test_a_cap_holds_for_batches(bulk: Bulk) -> None:
    capped = bulk.work(bulk.start(way="batch", cap=0.004))
    assert capped.state == "capped"
    assert capped.cost is not None
    assert 0 < capped.cost <= 0.004
    assert 0 < capped.counts["written"] < 20
    done = bulk.work(resume_run(bulk.workspace, capped.id, cap=1.0, actor="ann"))
    assert done.counts == {"written": 20}


def test_who_takes_no_batches_is_told_so(bulk: Bulk, llm: LlmServer) -> None:
    settings = Settings(home=bulk.workspace.home, llm_provider="openai", llm_url=f"{llm.url}/v1")
    bulk.workspace = Workspace(settings)
    with pytest.raises(InputError, match="This provider takes no batches"):
        bulk.start(way="batch")
    wait_for(lambda: not llm.batches)
