from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from copy_bulk_shop import BRIEF, MODEL, NAMES, Bulk, wait_for
from llm_answers import Scenario, lies, refused, says
from llm_server import LlmServer
from sqlalchemy import text

from recsys.errors import InputError, JobCancelled, NoKey, StorageError
from recsys.jobs.queue import Queue
from recsys.types import Report
from recsys.workflows.copy_bulk import (
    Selection,
    cancel_run,
    estimate,
    pause_run,
    resume_run,
    retry_failed,
    rows,
    run_line,
    runs,
)
from recsys.workflows.copy_queue import count_texts, queue, reject

_LONG_CLAIM = {"words": "x" * 6_000, "field": "name"}
WHO = "The language model at 127.0.0.1"


@pytest.fixture
def bulk(tmp_path: Path, llm: LlmServer) -> Iterator[Bulk]:
    bulk = Bulk(tmp_path / "home", llm)
    yield bulk
    bulk.workspace.database.close()


def test_twenty_rows_of_which_one_is_refused_and_then_tried_again(bulk: Bulk) -> None:
    bulk.llm.when("Quartz tea", Scenario(stop="refused", why="other"), Scenario())
    done = bulk.work(bulk.start())

    assert done.label == "Descriptions of 20 products in English"
    assert (done.state, done.counts) == ("done", {"written": 19, "failed": 1})
    (failed,) = rows(bulk.workspace, done.id, state="failed")
    assert (failed.about_id, failed.name, failed.tries) == ("t16", "Quartz tea", 1)
    assert failed.error.startswith("The model refused to write this: other.")
    texts = queue(bulk.workspace, run_id=done.id, limit=100)
    assert {text.name for text in texts} == {f"{name} tea" for name in NAMES} - {"Quartz tea"}
    assert {(text.state, text.actor, text.now.model) for text in texts} == {
        ("checked", "ann", MODEL)
    }
    # The run is billed for all, each text for its own.
    assert done.cost == pytest.approx(sum(text.now.cost or 0 for text in texts), rel=0.1)
    assert bulk.llm.most_at_once <= 8

    again = bulk.work(retry_failed(bulk.workspace, done.id, actor="ben"))
    assert (again.state, again.counts) == ("done", {"written": 20})
    assert Counter(bulk.asked_about())["Quartz"] == 2
    assert len(bulk.llm.asked) == 21


def test_a_text_that_is_not_clean_goes_back_once_with_the_findings(bulk: Bulk) -> None:
    bulk.llm.when("Raven tea", lies(), Scenario())
    bulk.llm.when("Saffron tea", lies())
    done = bulk.work(bulk.start())

    assert done.counts == {"written": 20}
    assert count_texts(bulk.workspace) == {"draft": 1, "checked": 19, "approved": 0, "rejected": 0}
    tries = {row.name: row.tries for row in rows(bulk.workspace, done.id, state="written")}
    assert (tries["Raven tea"], tries["Saffron tea"], tries["Amber tea"]) == (2, 2, 1)
    second = [one.text for one in bulk.llm.asked if "Raven tea" in one.text][1]
    assert "<findings>" in second


def test_a_busy_provider_stops_all_for_as_long_as_it_says_and_no_row_is_lost(bulk: Bulk) -> None:
    bulk.llm.script(*[refused(429, retry_after="0.4")] * 8, refused(529))
    began = time.monotonic()
    done = bulk.work(bulk.start())

    assert done.counts == {"written": 20}
    assert len(bulk.llm.asked) == 29
    assert time.monotonic() - began > 0.4


def test_a_row_without_an_answer_is_tried_three_times(bulk: Bulk) -> None:
    bulk.llm.when("Amber tea", refused(504))
    done = bulk.work(bulk.start())

    assert done.counts == {"written": 19, "failed": 1}
    (failed,) = rows(bulk.workspace, done.id, state="failed")
    assert (failed.tries, failed.error) == (3, f"{WHO} took too long. Try again.")


def test_what_the_provider_refuses_to_all_stops_the_run_at_once(bulk: Bulk) -> None:
    run = bulk.start()
    for status, words in (
        (401, "does not take the key."),
        (402, "wants to be paid first: the account has no credit left."),
        (404, f"does not know the model {MODEL!r}."),
    ):
        bulk.llm.reset()
        bulk.llm.always(refused(status))
        run = bulk.work(run)
        assert (run.state, run.counts) == ("paused", {"waiting": 20})
        assert run.words.startswith(f"{WHO} {words}")
        assert len(bulk.llm.asked) <= 8
        run = resume_run(bulk.workspace, run.id, actor="ann")

    pause_run(bulk.workspace, run.id, actor="ann")
    with pytest.raises(InputError, match=f"has requests under way to {MODEL}"):
        resume_run(bulk.workspace, run.id, model="claude-haiku-5-5", actor="ann")
    assert bulk.work(run).state == "paused"
    bulk.llm.reset()
    done = bulk.work(resume_run(bulk.workspace, run.id, model="claude-haiku-5-5", actor="ann"))
    assert (done.counts, done.model) == ({"written": 20}, "claude-haiku-5-5")
    assert {one.body["model"] for one in bulk.llm.asked} == {"claude-haiku-5-5"}


def test_ten_rows_in_a_row_that_fail_stop_the_run(bulk: Bulk) -> None:
    bulk.llm.always(refused(400))
    run = bulk.work(bulk.start())

    assert run.state == "paused"
    assert run.words.startswith(f"10 rows in a row failed. {WHO} refused the request (400)")
    assert run.counts["failed"] < 20


def _pause(bulk: Bulk, run_id: int) -> None:
    assert pause_run(bulk.workspace, run_id, actor="ann").state == "paused"


def _when_ten_are_asked(bulk: Bulk, act: Callable[[], object]) -> Report:
    """Return a report that does something once, while the answers to the second eight are out.

    The run looks whether to go on five times a second, so that they come after it has looked.
    """
    bulk.llm.delay = 0.6
    todo = [act]

    def report(_share: float, _step: str) -> None:
        if len(bulk.llm.asked) >= 10 and todo:
            todo.pop()()

    return report


def test_pause_keeps_what_is_under_way_and_resume_asks_for_nothing_twice(bulk: Bulk) -> None:
    run = bulk.start()
    paused = bulk.work(
        run, _when_ten_are_asked(bulk, lambda: pause_run(bulk.workspace, run.id, actor="ann"))
    )

    assert paused.state == "paused"
    asked = len(bulk.llm.asked)
    assert 10 <= asked < 20
    assert paused.counts == {"written": asked, "waiting": 20 - asked}

    done = bulk.work(resume_run(bulk.workspace, run.id, actor="ann"))
    assert (done.state, done.counts) == ("done", {"written": 20})
    assert set(Counter(bulk.asked_about()).values()) == {1}


def test_cancel_ends_a_run_and_keeps_what_is_written(bulk: Bulk) -> None:
    run = bulk.start()

    def cancel() -> None:
        assert cancel_run(bulk.workspace, run.id, actor="ann").state == "cancelled"

    cancelled = bulk.work(run, _when_ten_are_asked(bulk, cancel))
    assert cancelled.state == "cancelled"
    written = cancelled.counts["written"]
    assert written == len(bulk.llm.asked) < 20
    assert len(queue(bulk.workspace, run_id=run.id)) == written
    with pytest.raises(InputError, match=f"Run {run.id} is cancelled"):
        resume_run(bulk.workspace, run.id, actor="ann")


def test_a_cancelled_job_keeps_what_comes_and_the_run_can_go_on(bulk: Bulk) -> None:
    bulk.llm.delay = 0.1

    def cancelled(_share: float, _step: str) -> None:
        if len(bulk.llm.asked) >= 8:
            raise JobCancelled("Job 1 was cancelled.")

    run = bulk.start()
    with pytest.raises(JobCancelled):
        bulk.work(run, cancelled)
    done = bulk.work(run)
    assert done.counts == {"written": 20}
    assert set(Counter(bulk.asked_about()).values()) == {1}


def test_what_is_paid_outlives_a_disk_that_is_full_for_a_while(bulk: Bulk) -> None:
    database = bulk.workspace.database
    full = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    with database.write() as connection:
        connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON copy_answers {full}"))

    def freed() -> None:
        wait_for(lambda: len(bulk.llm.asked) >= 8)
        time.sleep(1.0)
        with database.write() as connection:
            connection.execute(text("DROP TRIGGER full"))

    threading.Thread(target=freed).start()
    run = bulk.start()
    with pytest.raises(StorageError, match="has no room: database or disk is full"):
        bulk.work(run)
    asked = len(bulk.llm.asked)
    assert 8 <= asked < 20
    assert run_line(bulk.workspace, run.id).cost is not None
    assert bulk.work(run).counts == {"written": 20}
    assert len(bulk.llm.asked) == 20, "what was paid is not asked for again"


def test_a_run_is_paused_and_resumed_while_nobody_works_on_it(bulk: Bulk) -> None:
    run = bulk.start()
    jobs = Queue(bulk.workspace.database)
    assert [job.label for job in jobs.active()] == [run.label]
    assert pause_run(bulk.workspace, run.id, actor="ann").state == "paused"
    # The first job has not begun: it does what was resumed, and no second one is queued.
    assert resume_run(bulk.workspace, run.id, actor="ann").state == "running"
    assert len(jobs.active()) == 1
    jobs.ask_cancel(jobs.active()[0].id, actor="ann")
    broken_off = run_line(bulk.workspace, run.id)
    assert broken_off.state == "paused"
    assert broken_off.words == "Its job ended before its time. Resume goes on where it stood."
    resume_run(bulk.workspace, run.id, actor="ann")
    assert len(jobs.active()) == 1
    pause_run(bulk.workspace, run.id, actor="ann")
    assert bulk.work(run).counts == {"waiting": 20}
    assert bulk.llm.asked == []
    assert [line.id for line in runs(bulk.workspace)] == [run.id]


def test_a_cap_stops_before_it_is_passed_and_a_higher_one_goes_on(bulk: Bulk) -> None:
    # Long answers that do not pass the checks, so that each would go back once.
    lie = {"text": "A waterproof tea.", "preheader": "", "claims": [_LONG_CLAIM]}
    bulk.llm.always(says(lie))
    capped = bulk.work(bulk.start(cap=0.05))

    assert capped.state == "capped"
    assert capped.words == "The next text might pass the cap."
    assert capped.cost is not None
    assert 0 < capped.cost <= 0.05
    # What is paid for is kept as it is.
    assert capped.counts["written"] == len(bulk.llm.asked) < 20
    assert {text.state for text in queue(bulk.workspace, run_id=capped.id)} == {"draft"}
    for cap in (0.05, 0.04):
        with pytest.raises(InputError, match="its cap, which has not been raised"):
            resume_run(bulk.workspace, capped.id, cap=cap, actor="ann")
    bulk.llm.reset()
    done = bulk.work(resume_run(bulk.workspace, capped.id, cap=5.0, actor="ann"))
    assert (done.state, done.cap, done.counts) == ("done", 5.0, {"written": 20})


def test_a_cap_below_one_text_says_so_and_nothing_is_sent(bulk: Bulk) -> None:
    capped = bulk.work(bulk.start(cap=0.005))
    assert (capped.state, capped.words) == ("capped", "The cap is too low for a single text.")
    assert bulk.llm.asked == []


def test_texts_that_wait_are_told_of_and_rejected_ones_do_not_come_back(bulk: Bulk) -> None:
    two = Selection(items=("t00", "t01"))
    bulk.work(bulk.start(selection=two))
    again = estimate(bulk.workspace, two, BRIEF, model=MODEL, way="direct")
    assert (again.rows, again.waiting) == (2, 2)
    assert "2 products have a text waiting in the queue already" in again.words
    others = two.model_copy(update={"without_text": True})
    with pytest.raises(InputError, match="All of the 2 products that fit have a text already"):
        bulk.start(selection=others)

    first, _ = queue(bulk.workspace)
    reject(bulk.workspace, first.id, revision=first.revision, note="Dull.", actor="ben")
    left = estimate(bulk.workspace, others, BRIEF, model=MODEL, way="direct")
    assert (left.rows, left.waiting) == (1, 1)
    asked = len(bulk.llm.asked)
    anew = bulk.work(bulk.start(selection=two))
    assert anew.counts == {"written": 1, "skipped": 1}
    assert bulk.asked_about()[asked:] == [first.name.removesuffix(" tea")]


def test_what_the_provider_says_is_told_while_it_is_busy(bulk: Bulk) -> None:
    bulk.llm.script(refused(500, retry_after="1.4"))
    steps: list[str] = []
    bulk.work(bulk.start(selection=Selection(items=("t00",))), lambda _, step: steps.append(step))
    assert any("127.0.0.1 had an error of its own (500), next in 1 s" in one for one in steps)


def test_without_a_price_the_cap_is_one_of_tokens(bulk: Bulk) -> None:
    with pytest.raises(InputError, match="The price of other-model is not known"):
        bulk.start(cap=1.0, model="other-model")
    capped = bulk.work(bulk.start(cap_tokens=5_000, model="other-model"))
    assert (capped.state, capped.cost) == ("capped", None)
    assert 0 < capped.usage.input + capped.usage.output + capped.usage.cache_read <= 5_000


def test_without_a_key_no_run_begins(bulk: Bulk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bulk.start()
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(NoKey, match="so no model can be asked"):
        bulk.start()
    assert [line.id for line in runs(bulk.workspace)] == [run.id]


def test_progress_is_told_five_times_a_second_at_most(bulk: Bulk) -> None:
    bulk.llm.delay = 0.1
    told: list[float] = []
    steps: list[str] = []

    def report(share: float, step: str) -> None:
        told.append(time.monotonic())
        steps.append(step)

    bulk.work(bulk.start(), report)
    assert all(later - sooner >= 0.19 for sooner, later in pairwise(told))
    assert "of 20 written" in steps[-1]
