"""Waiting for jobs, as a page does: by looking at their rows."""

from __future__ import annotations

from benchmarks.seen import wait_until
from recsys.errors import AisleError
from recsys.jobs.queue import Job, Queue
from recsys.workspace import Workspace

_PATIENCE_SECONDS = 300


def await_end(workspace: Workspace, job: Job) -> Job:
    """Wait for the end of a job, good or bad, and return it as it ended."""
    queue = Queue(workspace.database)
    wait_until(lambda: queue.get(job.id).ended, job.label, timeout=_PATIENCE_SECONDS)
    return queue.get(job.id)


def finish(workspace: Workspace, job: Job) -> Job:
    """Wait for a job that has to be done in the end."""
    ended = await_end(workspace, job)
    if ended.status != "done":
        raise AisleError(f"{job.label} is {ended.status}: {ended.error}")
    return ended


def await_attempt(workspace: Workspace, job: Job, attempt: int) -> Job:
    """Wait until a job runs for the so-manieth time, or has ended."""
    queue = Queue(workspace.database)

    def begun() -> bool:
        now = queue.get(job.id)
        return now.ended or (now.status == "running" and now.attempts >= attempt)

    wait_until(begun, f"{job.label} runs", timeout=_PATIENCE_SECONDS)
    return queue.get(job.id)
