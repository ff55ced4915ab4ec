"""The job of a bulk run, in the worker."""

from __future__ import annotations

from typing import Any

from recsys.copywriting.providers.base import Provider
from recsys.copywriting.providers.opening import open_provider
from recsys.errors import ProviderError
from recsys.types import Report
from recsys.workflows.copy_bulk_batch import Batches
from recsys.workflows.copy_bulk_direct import CONCURRENCY, Direct
from recsys.workflows.copy_bulk_run import KIND, Course
from recsys.workspace import Workspace

__all__ = ["KIND", "bulk_job", "run_bulk"]


def bulk_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`recsys.workflows.copy_bulk.start_run` and of what goes on with a run."""
    try:
        provider = open_provider(workspace.settings)
    except ProviderError as error:
        course = Course(workspace, params["run_id"], report)
        course.stop("paused", str(error))
        course.over()
        return course.result()
    try:
        return run_bulk(workspace, params["run_id"], report, provider=provider)
    finally:
        provider.close()


def run_bulk(
    workspace: Workspace,
    run_id: int,
    report: Report,
    *,
    provider: Provider,
    concurrency: int = CONCURRENCY,
) -> dict[str, Any]:
    """Write what a run still waits for.

    Returns
    -------
    dict
        ``run_id``, ``state``, ``written``, ``failed``, ``skipped``, ``waiting`` and ``words``.

    Raises
    ------
    NotFound
        There is no such run.
    JobStopped
        The job was cancelled or is no longer ours; the run can be resumed.
    """
    course = Course(workspace, run_id, report)
    if course.run.order.way == "batch":
        work = Batches(workspace, course, provider).work
    else:
        work = Direct(workspace, course, provider, concurrency=concurrency).work
    work()
    return course.result()
