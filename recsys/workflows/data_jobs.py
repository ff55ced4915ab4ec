"""Long work on data: files become datasets, datasets become their next versions."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from recsys.data.ingest import Given
from recsys.errors import InputError, StorageError
from recsys.jobs.child import Work
from recsys.jobs.queue import Job, Queue
from recsys.types import Report
from recsys.workflows import datasets
from recsys.workflows.loading import add_files, given_from, given_params, load_demo, load_given
from recsys.workflows.uploads import discard_upload, upload_of
from recsys.workspace import ArtefactFolder, Workspace

_log = logging.getLogger(__name__)


def _ingest(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    given = given_from(params["given"])
    dataset_id = of_first_try(workspace.datasets)
    if dataset_id is None:
        if not workspace.intakes.of_job():
            _check_uploads(workspace, given)
        if params.get("into"):
            accept = params.get("accept", False)
            dataset_id = add_files(workspace, params["into"], given, accept=accept, report=report)
        else:
            dataset_id = load_given(
                workspace,
                given,
                name=params["name"],
                currency=params.get("currency", ""),
                accept=params.get("accept", False),
                report=report,
            )
    _discard_uploads(workspace, given)
    datasets.sweep_intakes(workspace)
    return {"dataset_id": dataset_id}


def _demo(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    dataset_id = of_first_try(workspace.datasets)
    if dataset_id is None:
        dataset_id = load_demo(workspace, shoppers=params.get("shoppers"), report=report)
    return {"dataset_id": dataset_id}


def _version(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    new_id = of_first_try(workspace.datasets)
    if new_id is None:
        change = _CHANGES[params["change"]]
        new_id = change(workspace, params["dataset_id"], **params["arguments"], report=report)
    return {"dataset_id": new_id}


_CHANGES: dict[str, Any] = {
    "fix": datasets.apply_fixes,
    "undo": datasets.undo_fixes,
    "events": datasets.weigh_events,
    "map": datasets.map_anew,
    "restore": datasets.restore,
}

DATA_KINDS: dict[str, Work] = {"ingest": _ingest, "demo": _demo, "version": _version}


def submit_demo(workspace: Workspace, *, actor: str, shoppers: int | None = None) -> Job:
    """Queue the loading of the demo shop."""
    return submit(workspace, "demo", {"shoppers": shoppers}, "Load the demo shop", actor)


def submit_ingest(
    workspace: Workspace,
    given: Given,
    *,
    name: str,
    currency: str = "",
    accept: bool = False,
    into: str | None = None,
    actor: str,
) -> Job:
    """Queue the loading of a shop's files.

    Parameters
    ----------
    accept
        Apply all fixes that Aisle proposes.
    into
        A version that the files are added to; None makes a dataset of its own.

    Raises
    ------
    NotFound
        There is no such version.
    """
    if into is not None:
        workspace.datasets.path(into)
    params = {
        "given": given_params(given),
        "name": name,
        "currency": currency,
        "accept": accept,
        "into": into,
    }
    return submit(workspace, "ingest", params, f"{'Add to' if into else 'Load'} {name}", actor)


def submit_fixes(workspace: Workspace, dataset_id: str, codes: Sequence[str], *, actor: str) -> Job:
    """Queue a version in which the fixes of some findings are applied."""
    words = "Apply a fix" if len(codes) == 1 else f"Apply {len(codes)} fixes"
    return _change(workspace, dataset_id, "fix", words, actor, codes=list(codes))


def submit_undo(workspace: Workspace, dataset_id: str, codes: Sequence[str], *, actor: str) -> Job:
    """Queue a version without the fixes of some findings."""
    words = "Undo a fix" if len(codes) == 1 else f"Undo {len(codes)} fixes"
    return _change(workspace, dataset_id, "undo", words, actor, codes=list(codes))


def submit_event_weights(
    workspace: Workspace, dataset_id: str, weights: Mapping[str, float], *, actor: str
) -> Job:
    """Queue a version in which events have other weights."""
    return _change(
        workspace, dataset_id, "events", "Weigh events anew", actor, weights=dict(weights)
    )


def submit_mapping(
    workspace: Workspace,
    dataset_id: str,
    file: int,
    mapping: Mapping[str, str],
    *,
    date_order: str = "auto",
    actor: str,
) -> Job:
    """Queue a version that reads a kept file by another mapping."""
    arguments = {"file": file, "mapping": dict(mapping), "date_order": date_order}
    return _change(workspace, dataset_id, "map", "Map a file anew", actor, **arguments)


def submit_restore(workspace: Workspace, dataset_id: str, *, actor: str) -> Job:
    """Queue a version that is like an older one."""
    return _change(workspace, dataset_id, "restore", "Restore a version", actor)


def _change(
    workspace: Workspace, dataset_id: str, change: str, words: str, actor: str, **arguments: Any
) -> Job:
    name = workspace.datasets.manifest(dataset_id)["name"]
    params = {"dataset_id": dataset_id, "change": change, "arguments": arguments}
    return submit(workspace, "version", params, f"{words}: {name}", actor)


def submit(workspace: Workspace, kind: str, params: dict[str, Any], label: str, actor: str) -> Job:
    """Queue a job of any kind."""
    return Queue(workspace.database).submit(kind, params, label=label, actor=actor)


def of_first_try(folder: ArtefactFolder) -> str | None:
    """Return what a first try of this job made before its process died, if it got so far."""
    found = folder.of_job()
    return found[0]["id"] if found else None


def _check_uploads(workspace: Workspace, given: Given) -> None:
    for _, source in given:
        if upload_of(workspace, source.path) and not source.path.is_file():
            raise InputError(
                f"The uploaded file {source.file_name} is gone; upload it again.",
                hint="Uploads are removed once they are loaded.",
            )


def _discard_uploads(workspace: Workspace, given: Given) -> None:
    """Remove the uploads that are in a dataset now; files from elsewhere stay."""
    for _, source in given:
        upload_id = upload_of(workspace, source.path)
        if upload_id is not None:
            try:
                discard_upload(workspace, upload_id)
            except StorageError as error:  # the data is loaded, and a sweep comes by later
                _log.warning("The upload %s stays for now: %s", upload_id, error)
