"""What both ways of a bulk run share: what it has spent, how it stands, and how it ends."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from recsys.copywriting import run_rows, run_texts, runs
from recsys.copywriting.budget import Budget
from recsys.copywriting.providers.base import Answer, Usage
from recsys.copywriting.run_rows import Row
from recsys.copywriting.runs import Run, RunState
from recsys.errors import KeyRefused, NoCredit, NoKey, NotThere, ProviderError, StorageError
from recsys.jobs.rows import add as add_job
from recsys.rules.saying import counted
from recsys.types import Report
from recsys.workspace import Workspace
from recsys.workspace.tables import jobs

KIND = "copy_bulk"
# What the provider would say to all rows.
FOR_ALL = (KeyRefused, NoKey, NoCredit, NotThere)
FULL, NOT_ONE = "The next text might pass the cap.", "The cap is too low for a single text."
_LOOK_SECONDS = 0.2


_Booking = tuple[
    Mapping[str, Answer], Sequence[Row], Sequence[tuple[Usage, float | None]]
]  # what is kept in one transaction


class Course:
    """A run at work: it looks whether to go on, says how far it is, and books what was answered.

    Attributes
    ----------
    run
        As it was read last.
    state
        As it was seen last.
    """

    def __init__(self, workspace: Workspace, run_id: int, report: Report) -> None:
        self._workspace = workspace
        self._report = report
        self._looked_at = 0.0
        self._counts: dict[str, int] = {}
        self._read(run_id)
        self.spent = self.run.spent
        self._unkept: list[_Booking] = []
        self.state: RunState = self.run.state

    def _read(self, run_id: int) -> None:
        with self._workspace.database.read() as connection:
            self.run: Run = runs.one_run(connection, run_id)
            self._counts = run_rows.count_rows(connection, [run_id])[run_id]
        self.budget = Budget(self.run.order.cap, self.run.order.cap_tokens)

    @property
    def going(self) -> bool:
        """Whether more may be sent."""
        return self.state == "running"

    @property
    def open_rows(self) -> int:
        """How many rows have not come to their end."""
        return self._counts.get("waiting", 0) + self._counts.get("sent", 0)

    def heed(self, words: str = "") -> None:
        """Say how far the run is, and look whether somebody stopped it; five times a second.

        Raises
        ------
        JobStopped
            The job is cancelled or no longer ours.
        """
        now = time.monotonic()
        if now - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = now
        with self._workspace.database.read() as connection:
            state = runs.state_of(connection, self.run.id)
        if state == "running" and self.state != "running":  # with another cap, it may be
            budget = self.budget
            self._read(self.run.id)
            self.budget.dollars, self.budget.tokens = budget.dollars, budget.tokens
        self.state = state
        self._report(*self.progress(words))

    def progress(self, words: str = "") -> tuple[float, str]:
        """Return the share of rows at their end, and a sentence on it."""
        total = sum(self._counts.values())
        said = [f"{self._counts.get('written', 0):,} of {total:,} written"]
        failed = self._counts.get("failed", 0)
        said += [f"{failed:,} failed"] if failed else []
        said += [f"${self.spent.cost:,.2f} spent"] if self.spent.cost is not None else []
        said += [words] if words else []
        # All is done only when the last transaction says so.
        return min((total - self.open_rows) / total if total else 0.0, 0.999), ", ".join(said)

    def count(self) -> None:
        """Read anew where the rows stand."""
        with self._workspace.database.read() as connection:
            self._counts = run_rows.count_rows(connection, [self.run.id])[self.run.id]

    def waiting(self, but: Mapping[int, Row], most: int) -> list[Row]:
        """Return the next rows that wait, some left out."""
        with self._workspace.database.read() as connection:
            found = run_rows.rows_in(connection, self.run.id, "waiting", limit=most + len(but))
        return [row for row in found if row.id not in but][:most]

    def moved(self, before: Sequence[Row], after: Sequence[Row]) -> None:
        """Note that rows have gone from one state to another."""
        for row in before:
            self._counts[row.state] = self._counts.get(row.state, 0) - 1
        for row in after:
            self._counts[row.state] = self._counts.get(row.state, 0) + 1

    def book(
        self,
        answers: Mapping[str, Answer],
        rows: Sequence[Row],
        paid: Sequence[tuple[Usage, float | None]],
    ) -> None:
        """Keep answers in the same transaction as what they cost and whose they are.

        What cannot be written is kept in memory, to be written with what is booked next.

        Raises
        ------
        StorageError
            It cannot be written now.
        """
        if answers or rows or paid:
            self._unkept.append((answers, rows, paid))
        if not self._unkept:
            return
        spent = self.spent
        for usage, cost in (one for _, _, some in self._unkept for one in some):
            spent = spent.plus(usage, cost)
        with self._workspace.database.write() as connection:
            for some_answers, some_rows, _ in self._unkept:
                run_texts.keep_answers(connection, some_answers)
                run_rows.write_rows(connection, some_rows)
            if spent != self.spent:
                runs.change_run(connection, self.run.id, spent=spent)
        self.spent = spent
        self._unkept.clear()

    @property
    def unkept(self) -> int:
        """How many answers are paid for and not written."""
        return sum(len(paid) for _, _, paid in self._unkept)

    def lost(self, error: StorageError, more: int) -> StorageError:
        """Return an error of the storage that says how many answers are lost by it."""
        number = self.unkept + more
        if not number:
            return error
        words = counted(number, "answer that was paid for is", "answers that were paid for are")
        return StorageError(error.message, hint=f"{error.hint} {words} lost.".strip())

    def is_full(self) -> None:
        """Stop the run since nothing more fits its cap."""
        self.stop("capped", FULL if self.spent.tokens else NOT_ONE)

    def stop(self, state: RunState, why: str) -> None:
        """Bring the run to a stand of its own accord, unless somebody did so before."""
        with self._workspace.database.write() as connection:
            run = runs.one_run(connection, self.run.id, locked=True)
            if run.state == "running":
                order = run.order.model_copy(update={"why": why})
                runs.change_run(connection, run.id, state=state, order=order)
                self.state = state
            else:
                self.state = run.state

    def refused(self, error: ProviderError) -> bool:
        """Pause the run where nobody would get an answer; say whether it is so."""
        if isinstance(error, FOR_ALL):
            self.stop("paused", str(error))
            return True
        return False

    def make_room(self, *, but: str = "") -> bool:
        """Queue a job that goes on with the run, where others than its own wait; say whether.

        Parameters
        ----------
        but
            A kind of job for which no room is made.
        """
        if self.state != "running":
            return False
        run = self.run
        waiting = (
            select(jobs.c.id)
            .where(jobs.c.status == "queued", jobs.c.kind != but, jobs.c.id != (run.job_id or 0))
            .limit(1)
        )
        with self._workspace.database.write() as connection:
            if connection.execute(waiting).first() is None:
                return False
            params: dict[str, Any] = {"run_id": run.id}
            job = add_job(connection, KIND, params, label=run.label, actor=run.actor)
            runs.change_run(connection, run.id, job_id=job.id)
        return True

    def over(self) -> bool:
        """End this job's part where nothing is left to do; False where somebody wants more.

        In one transaction, so that who goes on with the run knows whether a job does it already.
        """
        with self._workspace.database.write() as connection:
            run = runs.one_run(connection, self.run.id, locked=True)
            counts = run_rows.count_rows(connection, [run.id])[run.id]
            if run.state == "running":
                if counts.get("waiting", 0) or counts.get("sent", 0):
                    self.state, self._counts = "running", counts
                    return False
                order = run.order.model_copy(update={"why": ""})
                runs.change_run(connection, run.id, state="done", order=order)
            runs.change_run(connection, run.id, job_id=None)
        self._read(run.id)
        self.state = self.run.state
        return True

    def result(self) -> dict[str, Any]:
        """Return what the job says at its end."""
        return result_of(self.run, self._counts)


def billed(row: Row, usage: Usage, cost: float | None, digest: str) -> Row:
    """Return a row after an answer, with what that took."""
    both = cost if row.cost is None else row.cost + (cost or 0.0)
    more = runs.added(row.usage, usage)
    return replace(row, tries=row.tries + 1, usage=more, cost=both, digest=digest, error="")


def result_of(run: Run, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return how a run stands, for the row of its job."""
    numbers = {state: counts.get(state, 0) for state in ("written", "failed", "skipped", "waiting")}
    words = f"{counted(numbers['written'], 'text')} written"
    if numbers["failed"]:
        words += f", {numbers['failed']:,} failed"
    if run.state != "done":
        words += f"; the run is {run.state}"
    return {"run_id": run.id, "state": run.state, **numbers, "words": f"{words}. {run.order.why}"}
