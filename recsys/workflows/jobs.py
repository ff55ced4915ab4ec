"""Long work: every ingest, training and publication is a row of the job table."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Sequence
from typing import Any

from recsys.data.ingest import Source
from recsys.errors import AisleError, InputError, JobCancelled, StorageError
from recsys.jobs.child import Work, run_inline
from recsys.jobs.lock import WorkerLock
from recsys.jobs.queue import Job, Queue
from recsys.models.base import read_config
from recsys.models.registry import find_model
from recsys.types import PLACEMENTS, Placement, Report
from recsys.workflows.loading import load_demo, load_files, source_from, source_params
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import newest_dataset, train_model
from recsys.workflows.uploads import discard_upload, upload_of
from recsys.workspace import ArtefactFolder, Workspace

_POLL_SECONDS = 0.1

_log = logging.getLogger(__name__)

# What a worker starts for each job.
CHILD_COMMAND = (sys.executable, "-m", "recsys.workflows.child")
# What a server starts and watches over.
WORKER_COMMAND = (sys.executable, "-m", "recsys.cli", "worker")


def _ingest(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    interactions = source_from(params["interactions"])
    if interactions is None:
        raise InputError("The job names no file of purchases.")
    items, shoppers = source_from(params.get("items")), source_from(params.get("shoppers"))
    sources = [source for source in (interactions, items, shoppers) if source]
    dataset_id = _of_first_try(workspace.datasets)
    if dataset_id is None:
        _check_uploads(workspace, sources)
        dataset_id = load_files(
            workspace,
            interactions=interactions,
            items=items,
            shoppers=shoppers,
            name=params["name"],
            currency=params.get("currency", ""),
            report=report,
        )
    _discard_uploads(workspace, sources)
    return {"dataset_id": dataset_id}


def _of_first_try(folder: ArtefactFolder) -> str | None:
    """Return what a first try of this job made before its process died, if it got so far."""
    found = folder.of_job()
    return found[0]["id"] if found else None


def _check_uploads(workspace: Workspace, sources: Sequence[Source]) -> None:
    for source in sources:
        if upload_of(workspace, source.path) and not source.path.is_file():
            raise InputError(
                f"The uploaded file {source.path.name} is gone; upload it again.",
                hint="Uploads are removed once they are loaded.",
            )


def _discard_uploads(workspace: Workspace, sources: Sequence[Source]) -> None:
    """Remove the uploads that are in a dataset now; files from elsewhere stay."""
    for source in sources:
        upload_id = upload_of(workspace, source.path)
        if upload_id is not None:
            try:
                discard_upload(workspace, upload_id)
            except StorageError as error:  # the data is loaded, and a sweep comes by later
                _log.warning("The upload %s stays for now: %s", upload_id, error)


def _demo(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    dataset_id = _of_first_try(workspace.datasets)
    if dataset_id is None:
        dataset_id = load_demo(workspace, shoppers=params.get("shoppers"), report=report)
    return {"dataset_id": dataset_id}


def _train(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    model_id = _of_first_try(workspace.models)
    if model_id is None:
        model_id = train_model(
            workspace,
            params["kind"],
            dataset_id=params["dataset_id"],
            settings=params.get("settings"),
            evaluate=params.get("evaluate", True),
            report=report,
        )
    return {"model_id": model_id}


def _publish(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    done = publish_release(
        workspace,
        strategies=params.get("strategies"),
        dataset_id=params.get("dataset_id"),
        only=tuple(params.get("only") or PLACEMENTS),
        actor=params["actor"],
        report=report,
    )
    return {
        "release_id": done.release_id,
        "strategies": done.strategies,
        "trained": done.trained,
    }


KINDS: dict[str, Work] = {
    "ingest": _ingest,
    "demo": _demo,
    "train": _train,
    "publish": _publish,
}


def submit_demo(workspace: Workspace, *, actor: str, shoppers: int | None = None) -> Job:
    """Queue the loading of the demo shop."""
    return _submit(workspace, "demo", {"shoppers": shoppers}, "Load the demo shop", actor)


def submit_ingest(
    workspace: Workspace,
    *,
    interactions: Source,
    items: Source | None = None,
    shoppers: Source | None = None,
    name: str,
    currency: str = "",
    actor: str,
) -> Job:
    """Queue the loading of a shop's files."""
    params = {
        "interactions": source_params(interactions),
        "items": source_params(items),
        "shoppers": source_params(shoppers),
        "name": name,
        "currency": currency,
    }
    return _submit(workspace, "ingest", params, f"Load {name}", actor)


def submit_training(
    workspace: Workspace,
    kind: str,
    *,
    dataset_id: str | None = None,
    settings: dict[str, Any] | None = None,
    evaluate: bool = True,
    actor: str,
) -> Job:
    """Queue the training of a model; wrong settings are refused here, not in the queue.

    Raises
    ------
    BadSetting
        The kind or a setting is unknown or out of range.
    NotReady, NotFound
        There is no such data.
    """
    model = find_model(kind)
    read_config(model, settings or {})
    dataset = newest_dataset(workspace, dataset_id)
    params = {
        "kind": kind,
        "dataset_id": dataset.id,
        "settings": settings or {},
        "evaluate": evaluate,
    }
    return _submit(workspace, "train", params, f"Train {model.label} on {dataset.name}", actor)


def submit_publish(
    workspace: Workspace,
    *,
    strategies: dict[Placement, str] | None = None,
    dataset_id: str | None = None,
    only: tuple[Placement, ...] = PLACEMENTS,
    actor: str,
) -> Job:
    """Queue the building and publication of a release.

    Raises
    ------
    NotReady, NotFound
        There is no such data or model.
    """
    for model_id in (strategies or {}).values():
        workspace.models.path(model_id)
    dataset = None if strategies else newest_dataset(workspace, dataset_id).id
    params = {
        "strategies": strategies,
        "dataset_id": dataset_id or dataset,
        "only": list(only),
        "actor": actor,
    }
    return _submit(workspace, "publish", params, "Build and publish a release", actor)


def _submit(workspace: Workspace, kind: str, params: dict[str, Any], label: str, actor: str) -> Job:
    return Queue(workspace.database).submit(kind, params, label=label, actor=actor)


def await_job(workspace: Workspace, job: Job, report: Report) -> Job:
    """See a job to its end: by the running worker, or here when there is none.

    Raises
    ------
    AisleError
        The job failed; the message is the job's own.
    JobCancelled
        Somebody cancelled it.
    """
    queue = Queue(workspace.database)
    lock = WorkerLock.of(workspace)
    seen: tuple[float, str] = (-1.0, "")
    while not job.ended:
        if not lock.held_by_other():
            queue.adopt_orphans()  # whoever ran it may have died, with no worker to see that
            if job.status == "queued":
                done = run_inline(workspace, KINDS, job.id, listener=report)
                if done is not None:  # its progress was told while it ran
                    job = done
                    continue
        if (job.share, job.step) != seen:
            seen = (job.share, job.step)
            report(*seen)
        time.sleep(_POLL_SECONDS)
        job = queue.get(job.id)
    if job.status == "cancelled":
        raise JobCancelled(f"Job {job.id} ({job.label}) was cancelled.")
    if job.status != "done":
        bug = bool((job.result or {}).get("error_id"))
        raise (AisleError if bug or job.status == "lost" else InputError)(job.error)
    return job


def worker_is_running(workspace: Workspace) -> bool:
    """Tell whether some worker of this workspace is at work."""
    return WorkerLock.of(workspace).held_by_other()


def active_jobs(workspace: Workspace) -> list[Job]:
    """Return the jobs that wait or run, oldest first."""
    return Queue(workspace.database).active()


def recent_jobs(workspace: Workspace, limit: int = 50) -> list[Job]:
    """Return the newest jobs, newest first."""
    return Queue(workspace.database).recent(limit)


def ended_since(workspace: Workspace, job_id: int) -> list[Job]:
    """Return the jobs newer than ``job_id`` that have ended, up to the first that has not."""
    found: list[Job] = []
    for job in reversed(recent_jobs(workspace)):
        if job.id <= job_id:
            continue
        if not job.ended:
            break
        found.append(job)
    return found


def cancel_job(workspace: Workspace, job_id: int, *, actor: str) -> Job:
    """Ask a job to stop: a queued one at once, a running one within some 3 seconds."""
    return Queue(workspace.database).ask_cancel(job_id, actor=actor)


def run_again(workspace: Workspace, job_id: int, *, actor: str) -> Job:
    """Queue a job that ended once more.

    Raises
    ------
    InputError
        It has not ended yet.
    """
    return Queue(workspace.database).run_again(job_id, actor=actor)
