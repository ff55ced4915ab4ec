"""Publishing in two steps: a candidate is built and looked at, then it goes live in a moment."""

from __future__ import annotations

from typing import Any

from recsys.errors import InputError, NotFound
from recsys.jobs.queue import Job
from recsys.releases.publishing import Publication, live, publish
from recsys.types import PLACEMENTS, Placement, Report, part_of
from recsys.workflows.data_jobs import submit
from recsys.workflows.impact import keep_impact
from recsys.workflows.publishing import make_release, release_of_first_try
from recsys.workflows.segment_refresh import queue_refresh
from recsys.workflows.training import newest_dataset
from recsys.workspace import Workspace

# What share of the work is building; the rest is asking for shelves.
_BUILDING = 0.7


def submit_candidate(
    workspace: Workspace,
    strategies: dict[Placement, str] | None = None,
    dataset_id: str | None = None,
    *,
    only: tuple[Placement, ...] = PLACEMENTS,
    actor: str,
) -> Job:
    """Queue the building of a release that does not go live, and its impact report.

    Parameters
    ----------
    strategies
        Placement -> model id; placements left out get the best model known.

    Raises
    ------
    NotReady, NotFound
        There is no such data or model.
    """
    for model_id in (strategies or {}).values():
        workspace.models.path(model_id)
    if dataset_id is None and not strategies:
        dataset_id = newest_dataset(workspace).id
    params = {"strategies": strategies, "dataset_id": dataset_id, "only": list(only)}
    return submit(workspace, "candidate", params, "Build a release to look at", actor)


def candidate_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`submit_candidate`."""
    made = release_of_first_try(workspace)
    if made is None:
        made = make_release(
            workspace,
            strategies=params.get("strategies"),
            dataset_id=params.get("dataset_id"),
            only=tuple(params.get("only") or PLACEMENTS),
            report=part_of(report, 0.0, _BUILDING),
        )
    kept = keep_impact(workspace, made.release_id, part_of(report, _BUILDING, 1.0))
    return {
        "release_id": made.release_id,
        "strategies": made.strategies,
        "trained": made.trained,
        "report_id": kept["id"],
    }


def look_before_publishing(workspace: Workspace, release_id: str, report: Report) -> None:
    """Keep what a release changes before it goes live; nothing, where nothing is live."""
    if live(workspace) is not None:
        keep_impact(workspace, release_id, report)


def publish_candidate(workspace: Workspace, release_id: str, *, actor: str) -> Publication:
    """Make a release live that was built before.

    Raises
    ------
    NotFound
        There is no such release.
    InputError
        It is live already, or the data or a model that it was made of is gone.
    StorageError
        It cannot be opened; what was live stays live.
    """
    manifest = workspace.releases.manifest(release_id)
    now = live(workspace)
    if now is not None and now.release_id == release_id:
        raise InputError(
            f"Release {release_id} is live already.", hint="Build another one to publish it."
        )
    gone = _gone(workspace, manifest)
    if gone:
        raise InputError(
            f"Release {release_id} was made of {' and '.join(gone)}, and nothing of that is left"
            " to explain it by.",
            hint="Build a release of the data and the models that are there.",
        )
    done = publish(workspace, release_id, actor=actor)
    queue_refresh(workspace, actor=actor)
    return done


def _gone(workspace: Workspace, manifest: dict[str, Any]) -> list[str]:
    """Return the data and the models of a release that are not in the workspace any more."""
    gone: list[str] = []
    made_of = [("the data", workspace.datasets, manifest["dataset_id"])]
    models = dict.fromkeys(manifest["strategies"].values())
    made_of += [("the model", workspace.models, model) for model in models]
    for word, folder, artefact_id in made_of:
        try:
            folder.path(artefact_id)
        except NotFound:
            gone.append(f"{word} {artefact_id}")
    return gone
