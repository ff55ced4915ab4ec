"""What searches for settings have tried: shown while they run, kept when they are cancelled."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import insert, select

from recsys.evaluation.trial import Trial
from recsys.workspace import Workspace
from recsys.workspace.tables import trials


def keep_trial(workspace: Workspace, dataset_id: str, evidence_key: str, trial: Trial) -> None:
    """Keep a try as soon as it is over."""
    with workspace.database.write() as connection:
        connection.execute(
            insert(trials).values(
                dataset_id=dataset_id,
                job_key=workspace.models.job_id,
                evidence_key=evidence_key,
                placement=trial.placement,
                kind=trial.kind,
                settings=dict(trial.settings),
                value=trial.value,
                seconds=trial.seconds,
                state=trial.state,
                note=trial.note,
                at=time.time(),
            )
        )


def kept_trials(workspace: Workspace, dataset_id: str, evidence_key: str = "") -> list[Trial]:
    """Return all tries on a dataset, oldest first.

    Parameters
    ----------
    evidence_key
        Only those whose questions were the same.
    """
    query = select(trials).where(trials.c.dataset_id == dataset_id).order_by(trials.c.id)
    if evidence_key:
        query = query.where(trials.c.evidence_key == evidence_key)
    with workspace.database.read() as connection:
        return [_trial(row) for row in connection.execute(query)]


def trials_of_job(workspace: Workspace, job_key: str) -> list[Trial]:
    """Return the tries of one search, oldest first; see :attr:`recsys.jobs.queue.Job.key`."""
    query = select(trials).where(trials.c.job_key == job_key).order_by(trials.c.id)
    with workspace.database.read() as connection:
        return [_trial(row) for row in connection.execute(query)]


def _trial(row: Any) -> Trial:
    return Trial(
        placement=row.placement,
        kind=row.kind,
        settings=row.settings,
        value=row.value,
        seconds=row.seconds,
        state=row.state,
        note=row.note,
    )
