"""A bulk run whose process is killed: what was answered is not asked, and paid, again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from copy_bulk_shop import NAMES, Bulk, name_in, wait_for
from llm_answers import lies
from llm_fixture import environment
from llm_server import LlmServer
from sqlalchemy import func, select

from recsys.jobs.queue import Queue
from recsys.workflows.copy_bulk import run_line
from recsys.workflows.copy_queue import queue
from recsys.workspace.tables import copy_answers

ENTRY = [sys.executable, str(Path(__file__).parent / "copy_bulk_entry.py")]


@pytest.fixture
def bulk(tmp_path: Path, llm: LlmServer) -> Iterator[Bulk]:
    bulk = Bulk(tmp_path / "home", llm)
    yield bulk
    bulk.workspace.database.close()


def _kill_when(bulk: Bulk, condition: Callable[[], bool]) -> None:
    """Do the job of a run in a process of its own, and kill that when something has happened."""
    ours = {**os.environ, **environment(bulk.llm), "AISLE_HOME": str(bulk.workspace.home)}
    with subprocess.Popen(ENTRY, env=ours) as process:
        try:
            wait_for(condition)
        finally:
            process.kill()


def _answers(bulk: Bulk) -> int:
    with bulk.workspace.database.read() as connection:
        return connection.execute(select(func.count()).select_from(copy_answers)).scalar_one()


def test_after_a_kill_only_what_was_in_the_air_is_asked_again(bulk: Bulk) -> None:
    bulk.llm.delay = 0.15
    bulk.llm.when("Bolero tea", lies())  # goes back with the findings before the kill
    run = bulk.start()
    _kill_when(bulk, lambda: len(bulk.llm.asked) >= 16)
    before, kept = Counter(one.text for one in bulk.llm.asked), _answers(bulk)
    assert set(before.values()) == {1}
    assert sum(before.values()) - kept <= 8  # all others were kept as they came
    assert kept > 0
    broken_off = run_line(bulk.workspace, run.id)
    spent = broken_off.usage.output

    bulk.llm.requests.clear()
    (job,) = Queue(bulk.workspace.database).adopt_orphans()
    assert job.status == "queued"
    bulk.work(run)

    after = Counter(one.text for one in bulk.llm.asked)
    assert set(after.values()) == {1}
    asked_twice = set(before) & set(after)
    assert len(asked_twice) == sum(before.values()) - kept
    done = run_line(bulk.workspace, run.id)
    assert (done.state, done.counts) == ("done", {"written": 20})
    assert done.usage.output > spent > 0
    assert _answers(bulk) == 21  # Bolero's two, and one each
    texts = queue(bulk.workspace, run_id=run.id, limit=100)
    assert sorted(text.name for text in texts) == sorted(f"{name} tea" for name in NAMES)
    assert {name_in(one) for one in after} <= set(NAMES)
