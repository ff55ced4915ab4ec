from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Executable, Select, and_, insert, select, update

from recsys.errors import ClaimLost, NotFound
from recsys.workspace.tables import jobs

Status = Literal["queued", "running", "done", "failed", "cancelled", "lost"]

ACTIVE: tuple[Status, ...] = ("queued", "running")


@dataclass(frozen=True)
class Job:
    """One row of the job table.

    Attributes
    ----------
    share, step
        How far it is (0 to 1), and what it is doing.
    error
        What went wrong and what to do about it; empty unless ``failed`` or ``lost``.
    result
        What the work returned, when ``done``.
    token
        Of the present claim; every write of the process at work shows it.
    attempts
        How often it was started; an orderly stop of the worker does not count.
    worker
        The process that claimed it, see :func:`recsys.jobs.processes.process_name`.
    created_at, started_at, heartbeat_at, finished_at
        Seconds since the epoch.
    """

    id: int
    kind: str
    label: str
    params: dict[str, Any]
    status: Status
    share: float
    step: str
    error: str
    result: dict[str, Any] | None
    token: str | None
    attempts: int
    cancel_asked: bool
    actor: str
    worker: str
    created_at: float
    started_at: float | None
    heartbeat_at: float | None
    finished_at: float | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status not in ACTIVE

    @property
    def key(self) -> str:
        """A name that no other job has, even when a new database counts from 1 again."""
        return f"{self.id}-{self.created_at:.3f}"

    @property
    def error_id(self) -> str:
        """The id in the log, if it failed for a bug of ours; empty for what a person can mend."""
        if self.status != "failed" or self.result is None:
            return ""
        return str(self.result.get("error_id", ""))


def add(
    connection: Connection, kind: str, params: dict[str, Any], *, label: str, actor: str
) -> Job:
    """Write a new, queued row."""
    statement = (
        insert(jobs)
        .values(
            kind=kind,
            label=label,
            params=params,
            status="queued",
            share=0.0,
            step="",
            error="",
            attempts=0,
            cancel_asked=False,
            actor=actor,
            worker="",
            created_at=time.time(),
        )
        .returning(jobs)
    )
    return Job(**connection.execute(statement).mappings().one())


def write(connection: Connection, where: ColumnElement[bool], **values: Any) -> Job:
    """Change the one row that ``where`` finds, which the caller has locked."""
    statement = update(jobs).where(where).values(**values).returning(jobs)
    return Job(**connection.execute(statement).mappings().one())


def held(job_id: int, token: str) -> ColumnElement[bool]:
    """Find a job only while the claim of ``token`` holds."""
    return and_(jobs.c.id == job_id, jobs.c.token == token, jobs.c.status == "running")


def locked(where: ColumnElement[bool]) -> Select[Any]:
    """Read a row that a write will follow; SQLite has locked the whole file already."""
    return select(jobs).where(where).with_for_update()


def one(connection: Connection, statement: Select[Any], job_id: int) -> Job:
    """Return the job that the statement finds, or raise :class:`NotFound`."""
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(
            f"There is no job {job_id}.",
            hint="The Jobs page lists those there are.",
        )
    return Job(**row)


def one_held(connection: Connection, statement: Executable, job_id: int) -> Job:
    """Return the job that the statement finds or has changed, or raise :class:`ClaimLost`."""
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise ClaimLost(
            f"Job {job_id} is not this process's any more: it was ended, or given to another."
        )
    return Job(**row)
