from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from copy_bulk_shop import BRIEF, Bulk, wait_for
from llm_answers import Scenario, lies, refused
from llm_server import Batch, LlmServer

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


def _lose_the_id(bulk: Bulk, run_id: int) -> None:
    """Leave a run as a kill does, while its batch was handed in."""
    with bulk.workspace.database.write() as connection:
        batches = stored.one_run(connection, run_id).batches
        lost = [one.model_copy(update={"id": ""}) for one in batches]
        stored.change_run(connection, run_id, batches=lost)


def _handed_in(bulk: Bulk) -> int:
    paths = [one.path for one in bulk.llm.requests if one.method == "POST"]
    return paths.count("/v1/messages/batches")


def test_a_batch_whose_id_was_lost_is_known_by_its_time_and_else_handed_in_again(
    bulk: Bulk,
) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    _hand_in(bulk, run.id)
    _lose_the_id(bulk, run.id)
    (ours,) = bulk.llm.batches.values()
    bulk.llm.batches["foreign"] = Batch(ours.requests, 0, at=ours.at - 3_600)
    ours.polls = 0
    assert bulk.work(run).counts == {"written": 20}
    assert _handed_in(bulk) == 1

    lost = bulk.start(way="batch", brief=BRIEF.model_copy(update={"max_words": 149}))
    _hand_in(bulk, lost.id)
    _lose_the_id(bulk, lost.id)
    bulk.llm.batches.popitem()
    bulk.llm.batch_polls = 0
    assert bulk.work(lost).counts == {"written": 20}
    assert _handed_in(bulk) == 3


def test_a_batch_that_the_provider_has_no_more_is_handed_in_again(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    _hand_in(bulk, run.id)
    bulk.llm.batches.clear()
    bulk.llm.batch_polls = 0
    # A busy provider is asked again when it says, not before.
    bulk.llm.when("/v1/messages/batches/", Scenario())
    bulk.llm.script(*[refused(429, retry_after="0.7")] * 2)
    steps: list[str] = []
    began = time.monotonic()
    done = bulk.work(run, lambda _, step: steps.append(step))
    assert (done.state, done.counts) == ("done", {"written": 20})
    assert _handed_in(bulk) == 4
    assert time.monotonic() - began > 1.4
    assert any("takes no more requests for now, looks again in" in one for one in steps)


def test_what_another_run_has_handed_in_is_not_asked_for_again(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1_000
    first = bulk.start(way="batch")
    _hand_in(bulk, first.id)
    second = bulk.work(bulk.start())
    assert (second.state, second.counts) == ("done", {"skipped": 20})
    left_out = rows(bulk.workspace, second.id, state="skipped")
    assert {one.error for one in left_out} == {
        f"Run {first.id} has asked for the very same, and is not answered yet."
    }
    assert bulk.llm.asked == []


def test_a_cancelled_run_ends_though_the_provider_refuses(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    _hand_in(bulk, run.id)
    bulk.llm.always(refused(401))
    cancel_run(bulk.workspace, run.id, actor="ann")
    ended = bulk.work(run)
    assert (ended.state, ended.counts) == ("cancelled", {"waiting": 20})
    assert "does not take the key" in ended.words
    assert ended.words.endswith("a batch may go on at the provider and still be billed.")


def test_a_batch_that_may_be_anothers_is_not_cancelled(bulk: Bulk) -> None:
    bulk.llm.batch_polls = 1_000
    run = bulk.start(way="batch")
    _hand_in(bulk, run.id)
    _lose_the_id(bulk, run.id)
    cancel_run(bulk.workspace, run.id, actor="ann")
    ended = bulk.work(run)
    assert (ended.state, ended.counts) == ("cancelled", {"waiting": 20})
    assert ended.words.startswith("The run has ended, but a batch may go on")
    assert [batch.cancelled for batch in bulk.llm.batches.values()] == [False]


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
    capped = bulk.work(bulk.start(way="batch", cap=0.013))
    assert capped.state == "capped"
    assert capped.cost is not None
    assert 0 < capped.cost <= 0.013
    assert 0 < capped.counts["written"] < 20
    done = bulk.work(resume_run(bulk.workspace, capped.id, cap=1.0, actor="ann"))
    assert done.counts == {"written": 20}


def test_who_takes_no_batches_is_told_so(bulk: Bulk, llm: LlmServer) -> None:
    settings = Settings(home=bulk.workspace.home, llm_provider="openai", llm_url=f"{llm.url}/v1")
    bulk.workspace = Workspace(settings)
    with pytest.raises(InputError, match="This provider takes no batches"):
        bulk.start(way="batch")
    wait_for(lambda: not llm.batches)
