"""Bulk runs and their rows as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from recsys.copywriting import run_rows
from recsys.copywriting import runs as stored
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.runs import Run, RunState, Way
from recsys.errors import NotReady, StorageError
from recsys.jobs.rows import ACTIVE
from recsys.rules.sets import set_names
from recsys.workflows.copy_facts import many_product_facts
from recsys.workspace import Workspace
from recsys.workspace.tables import jobs

_BROKE_OFF = "Its job ended before its time. Resume goes on where it stood."


@dataclass(frozen=True)
class RunLine:
    """A bulk run as lists show it; ``counts`` by the state of its rows.

    Attributes
    ----------
    state
        "paused", too, where its job broke off: it can be resumed.
    cap_tokens
        The cap where the price of the model is not known.
    words
        Why it stands still; empty where it does not, or somebody paused it.
    job_id
        Of the job that works on it, or did last and broke off.
    """

    id: int
    label: str
    state: RunState
    way: Way
    model: str
    counts: dict[str, int]
    usage: Usage
    cost: float | None
    cap: float | None
    job_id: int | None
    actor: str
    at: float
    cap_tokens: int | None = None
    words: str = ""


def runs(workspace: Workspace, limit: int = 20) -> list[RunLine]:
    """Return the newest runs, newest first."""
    with workspace.database.read() as connection:
        return _lines(connection, stored.newest_runs(connection, limit))


def run_line(workspace: Workspace, run_id: int) -> RunLine:
    """Return one run.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    with workspace.database.read() as connection:
        (line,) = _lines(connection, [stored.one_run(connection, run_id)])
    return line


def _lines(connection: Connection, found: Sequence[Run]) -> list[RunLine]:
    counts = run_rows.count_rows(connection, [run.id for run in found])
    at_work = jobs_of(connection, [run.job_id for run in found if run.job_id is not None])
    return [_line(run, counts[run.id], at_work.get(run.job_id or 0)) for run in found]


def _line(run: Run, counts: dict[str, int], job: Any) -> RunLine:
    state, words = run.state, run.order.why
    if state == "running" and (job is None or job.status not in ACTIVE):
        state = "paused"
        words = (job and job.error) or _BROKE_OFF
    return RunLine(
        id=run.id,
        label=run.label,
        state=state,
        way=run.order.way,
        model=run.order.model,
        counts=counts,
        usage=run.spent.usage,
        cost=run.spent.cost,
        cap=run.order.cap,
        job_id=run.job_id,
        actor=run.actor,
        at=run.at,
        cap_tokens=run.order.cap_tokens,
        words=words,
    )


@dataclass(frozen=True)
class RowLine:
    """A row of a run that went wrong or was left out, and why."""

    about_id: str
    name: str
    state: str
    tries: int
    error: str
    copy_id: int | None


def rows(workspace: Workspace, run_id: int, *, state: str, limit: int = 100) -> list[RowLine]:
    """Return rows of a run in a state.

    Raises
    ------
    NotFound
        There is no such run.
    """
    with workspace.database.read() as connection:
        run = stored.one_run(connection, run_id)
        found = run_rows.rows_in(connection, run_id, state, limit=limit)
        segments = set_names(connection) if run.order.about == "segment" else {}
    names: dict[str, str] = {str(one): name for one, name in segments.items()}
    if run.order.about == "product" and found:
        with suppress(NotReady, StorageError):
            facts = many_product_facts(workspace, [row.about_id for row in found])
            names = {one: about.name for one, about in facts.items()}
    return [
        RowLine(
            about_id=row.about_id,
            name=names.get(row.about_id, ""),
            state=row.state,
            tries=row.tries,
            error=row.error,
            copy_id=row.copy_id,
        )
        for row in found
    ]


def jobs_of(connection: Connection, job_ids: Sequence[int]) -> dict[int, Any]:
    """Return what is known of some jobs: ``status``, ``error`` and ``cancel_asked``."""
    columns = (jobs.c.id, jobs.c.status, jobs.c.error, jobs.c.cancel_asked)
    found = connection.execute(select(*columns).where(jobs.c.id.in_(job_ids)))
    return {row.id: row for row in found}
