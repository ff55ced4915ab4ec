"""Long work: all that takes more than a moment is a row of the job table."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from recsys.errors import AisleError, InputError, JobCancelled
from recsys.evaluation.split import SplitBy
from recsys.jobs.child import Work, run_inline
from recsys.jobs.lock import WorkerLock
from recsys.jobs.queue import Job, Queue
from recsys.models.base import read_config
from recsys.models.registry import find_model
from recsys.types import PLACEMENTS, Placement, Report
from recsys.workflows.candidates import candidate_job, look_before_publishing
from recsys.workflows.copy_bulk_job import bulk_job
from recsys.workflows.data_jobs import DATA_KINDS, of_first_try, submit
from recsys.workflows.evaluating import evaluate_models
from recsys.workflows.exports import export_job
from recsys.workflows.impact import impact_job
from recsys.workflows.map_job import map_job
from recsys.workflows.price_tags import price_tag_job
from recsys.workflows.publishing import publish_release
from recsys.workflows.rule_price import rule_price_job
from recsys.workflows.rule_review import review_job
from recsys.workflows.segment_exports import segment_export_job
from recsys.workflows.segment_proof import proof_job
from recsys.workflows.segment_refresh import refresh_job
from recsys.workflows.training import newest_dataset, train_model
from recsys.workflows.tuning import tune_models
from recsys.workspace import Workspace

_POLL_SECONDS = 0.1

# What a server starts and watches over.
WORKER_COMMAND = (sys.executable, "-m", "recsys.cli", "worker")


def _train(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    model_id = of_first_try(workspace.models)
    if model_id is None:
        model_id = train_model(
            workspace,
            params["kind"],
            dataset_id=params["dataset_id"],
            settings=params.get("settings"),
            evaluate=params.get("evaluate", True),
            split=params.get("split", "time"),
            report=report,
        )
    return {"model_id": model_id}


def _evaluate(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    found = evaluate_models(
        workspace,
        params["model_ids"],
        yardsticks=params["yardsticks"],
        dataset_id=params["dataset_id"],
        split=params["split"],
        report=report,
    )
    return {"model_ids": found}


def _publish(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    done = publish_release(
        workspace,
        strategies=params.get("strategies"),
        dataset_id=params.get("dataset_id"),
        only=tuple(params.get("only") or PLACEMENTS),
        evaluate=params.get("evaluate", True),
        actor=params["actor"],
        look=partial(look_before_publishing, workspace),
        report=report,
    )
    return {
        "release_id": done.release_id,
        "strategies": done.strategies,
        "trained": done.trained,
    }


def _tune(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    strategies, ended = tune_models(
        workspace, dataset_id=params["dataset_id"], budget=params["budget"], report=report
    )
    return {"strategies": strategies, "ended": ended}


KINDS: dict[str, Work] = {
    **DATA_KINDS,
    "train": _train,
    "tune": _tune,
    "evaluate": _evaluate,
    "publish": _publish,
    "candidate": candidate_job,
    "impact": impact_job,
    "map": map_job,
    "price_tag": price_tag_job,
    "rule_review": review_job,
    "rule_price": rule_price_job,
    "export": export_job,
    "segment_proof": proof_job,
    "segment_refresh": refresh_job,
    "segment_export": segment_export_job,
    "copy_bulk": bulk_job,
}


def submit_training(
    workspace: Workspace,
    kind: str,
    *,
    dataset_id: str | None = None,
    settings: dict[str, Any] | None = None,
    evaluate: bool = True,
    split: SplitBy = "time",
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
        "split": split,
    }
    return submit(workspace, "train", params, f"Train {model.label} on {dataset.name}", actor)


def submit_evaluation(
    workspace: Workspace,
    model_ids: Sequence[str] = (),
    *,
    yardsticks: Sequence[str] = (),
    dataset_id: str | None = None,
    split: SplitBy = "time",
    actor: str,
) -> Job:
    """Queue the test of models that were trained without one, and of yardsticks.

    Raises
    ------
    BadSetting
        There is no yardstick of that name.
    NotReady, NotFound
        There is no such data or model.
    """
    manifests = [workspace.models.manifest(model_id) for model_id in model_ids]
    for kind in yardsticks:
        find_model(kind)
    dataset = newest_dataset(
        workspace, dataset_id or (manifests[0]["dataset_id"] if manifests else None)
    )
    params = {
        "model_ids": list(model_ids),
        "yardsticks": list(yardsticks),
        "dataset_id": dataset.id,
        "split": split,
    }
    return submit(workspace, "evaluate", params, f"Test models on {dataset.name}", actor)


def submit_publish(
    workspace: Workspace,
    *,
    strategies: dict[Placement, str] | None = None,
    dataset_id: str | None = None,
    only: tuple[Placement, ...] = PLACEMENTS,
    evaluate: bool = True,
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
        "evaluate": evaluate,
        "actor": actor,
    }
    return submit(workspace, "publish", params, "Build and publish a release", actor)


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
