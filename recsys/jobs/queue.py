from __future__ import annotations

import secrets
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Select, select, update

from recsys.errors import ClaimLost, InputError, JobCancelled
from recsys.jobs import rows
from recsys.jobs.processes import is_gone
from recsys.jobs.rows import ACTIVE, Job
from recsys.workspace.database import Database, record
from recsys.workspace.tables import jobs

__all__ = ["Job", "Queue"]

# A job whose process died is tried once more, since the cause may have passed (memory was short).
MAX_ATTEMPTS = 2


class Queue:
    """The job table as a queue: what is to be done, who does it, and how it went.

    Parameters
    ----------
    database
        The metadata database; any number of processes may use the same.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, kind: str, params: dict[str, Any], *, label: str, actor: str) -> Job:
        """Add a job to the end of the queue.

        Parameters
        ----------
        kind
            Which work, by the name the job process knows it under.
        params
            What the work is given; anything JSON can hold.
        label
            What people read: "Train ALS on Demo shop".
        """
        with self._database.write() as connection:
            job = rows.add(connection, kind, params, label=label, actor=actor)
            record(connection, actor, "submit", f"job {job.id}", kind=kind, label=label)
        return job

    def get(self, job_id: int) -> Job:
        """Return a job as it stands now.

        Raises
        ------
        NotFound
            There is none of that id.
        """
        with self._database.read() as connection:
            return rows.one(connection, select(jobs).where(jobs.c.id == job_id), job_id)

    def recent(self, limit: int = 50) -> list[Job]:
        """Return the newest jobs, newest first."""
        return self._all(select(jobs).order_by(jobs.c.id.desc()).limit(limit))

    def active(self) -> list[Job]:
        """Return the jobs that wait or run, oldest first."""
        return self._all(select(jobs).where(jobs.c.status.in_(ACTIVE)).order_by(jobs.c.id))

    def claim(self, worker: str, *, job_id: int | None = None) -> Job | None:
        """Take the oldest queued job, or the one of ``job_id`` if it is still queued.

        Parameters
        ----------
        worker
            The name of the calling process, see :func:`recsys.jobs.processes.process_name`.

        Returns
        -------
        Job or None
            The job, with a token that nobody else has; nothing when there is none to take.
        """
        queued = jobs.alias()
        oldest = select(queued.c.id).where(queued.c.status == "queued")
        if job_id is not None:
            oldest = oldest.where(queued.c.id == job_id)
        oldest = oldest.order_by(queued.c.id).limit(1)
        with self._database.read() as connection:
            # Most looks find nothing; they should not take the write lock ten times a second.
            if connection.execute(oldest).first() is None:
                return None
        now = time.time()
        statement = (
            update(jobs)
            # SQLite leaves SKIP LOCKED out and needs it not: one transaction writes at a time.
            .where(jobs.c.id == oldest.with_for_update(skip_locked=True).scalar_subquery())
            .values(
                status="running",
                token=secrets.token_hex(16),
                attempts=jobs.c.attempts + 1,
                worker=worker,
                started_at=now,
                heartbeat_at=now,
            )
            .returning(jobs)
        )
        with self._database.write() as connection:
            row = connection.execute(statement).mappings().first()
        return None if row is None else Job(**row)

    def progress(self, job_id: int, token: str, share: float, step: str) -> None:
        """Write how far the work is.

        Raises
        ------
        ClaimLost
            The job is not ours any more.
        JobCancelled
            Somebody asked for its end.
        """
        job = self._write_held(job_id, token, share=min(max(share, 0.0), 1.0), step=step)
        if job.cancel_asked:
            raise JobCancelled(f"Job {job_id} was cancelled.")

    def heartbeat(self, job_id: int, token: str) -> None:
        """Write a sign of life, for workers on other machines."""
        self._write_held(job_id, token, heartbeat_at=time.time())

    def finish(self, job_id: int, token: str, result: dict[str, Any]) -> Job:
        """End a job that did its work."""
        return self._end(job_id, token, status="done", share=1.0, result=result)

    def fail(self, job_id: int, token: str, error: str, *, error_id: str = "") -> Job:
        """End a job with the sentence that says why; ``error_id`` marks it as a bug of ours."""
        result = {"error_id": error_id} if error_id else None
        return self._end(job_id, token, status="failed", error=error, result=result)

    def cancelled(self, job_id: int, token: str) -> Job:
        """End a job that stopped because somebody asked."""
        return self._end(job_id, token, status="cancelled")

    def ask_cancel(self, job_id: int, *, actor: str) -> Job:
        """Cancel a job: at once while queued, soon while running; one that ended stays as it is.

        Raises
        ------
        NotFound
            There is none of that id.
        """
        with self._database.write() as connection:
            job = rows.one(connection, rows.locked(jobs.c.id == job_id), job_id)
            if job.ended:
                return job
            values: dict[str, Any] = {"cancel_asked": True}
            if job.status == "queued":
                values |= {"status": "cancelled", "finished_at": time.time()}
            record(connection, actor, "cancel", f"job {job_id}", kind=job.kind, label=job.label)
            return rows.write(connection, jobs.c.id == job_id, **values)

    def requeue(self, job_id: int, token: str, *, counted: bool, reason: str = "") -> Job:
        """Give a job back whose process is gone.

        Parameters
        ----------
        counted
            False after an orderly stop: the job waits as if never started. True after a crash: it
            is tried once more, and after that is ``lost``.
        reason
            How the process ended: "its process was killed by SIGSEGV".

        Returns
        -------
        Job
            Queued, or lost; or cancelled, if somebody had asked for that.
        """
        with self._database.write() as connection:
            ours = rows.held(job_id, token)
            job = rows.one_held(connection, rows.locked(ours), job_id)
            if job.cancel_asked:
                return rows.write(connection, ours, status="cancelled", finished_at=time.time())
            if counted and job.attempts >= MAX_ATTEMPTS:
                error = (
                    f"The job broke off {job.attempts} times; the last time {reason or 'it died'}."
                    " Nothing is half done. You can run it again."
                )
                return rows.write(
                    connection, ours, status="lost", error=error, finished_at=time.time()
                )
            return rows.write(
                connection,
                ours,
                status="queued",
                token=None,
                worker="",
                attempts=job.attempts if counted else job.attempts - 1,
                share=0.0,
                step=f"Waiting for a second try: {reason}" if counted and reason else "",
                started_at=None,
                heartbeat_at=None,
            )

    def run_again(self, job_id: int, *, actor: str) -> Job:
        """Queue a new job with the kind, params and label of one that ended.

        Raises
        ------
        NotFound
            There is none of that id.
        InputError
            It has not ended yet.
        """
        with self._database.write() as connection:
            old = rows.one(connection, select(jobs).where(jobs.c.id == job_id), job_id)
            if not old.ended:
                raise InputError(
                    f"Job {job_id} ({old.label}) is still {old.status}.",
                    hint="Wait for its end, or cancel it first.",
                )
            job = rows.add(connection, old.kind, old.params, label=old.label, actor=actor)
            record(connection, actor, "run again", f"job {job.id}", again_of=job_id)
        return job

    def adopt_orphans(self) -> list[Job]:
        """Requeue, once, the running jobs whose claimer is dead; after that they are lost.

        A claimer on this machine is dead when its process is gone, be it a worker or a command
        that did its job itself; one on another machine, when it has been silent for 60 s.

        Returns
        -------
        list of Job
            What was taken over, as it stands now.
        """
        adopted: list[Job] = []
        for job in self.active():
            if job.status == "running" and is_gone(job.worker, job.heartbeat_at):
                # Somebody else may adopt it at the same moment, or it ended meanwhile.
                with suppress(ClaimLost):
                    adopted.append(
                        self.requeue(
                            job.id, job.token or "", counted=True, reason="its worker died"
                        )
                    )
        return adopted

    def _all(self, statement: Select[Any]) -> list[Job]:
        with self._database.read() as connection:
            return [Job(**row) for row in connection.execute(statement).mappings()]

    def _end(self, job_id: int, token: str, **values: Any) -> Job:
        return self._write_held(job_id, token, finished_at=time.time(), **values)

    def _write_held(self, job_id: int, token: str, **values: Any) -> Job:
        statement = update(jobs).where(rows.held(job_id, token)).values(**values).returning(jobs)
        with self._database.write() as connection:
            return rows.one_held(connection, statement, job_id)
