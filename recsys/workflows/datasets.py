"""What people do with a dataset: fix, undo, weigh events, map anew, restore, compare, delete."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from recsys.data.dataset import REJECTS
from recsys.data.ingest import next_version, recipe_of
from recsys.data.overview import OVERVIEW
from recsys.data.recipe import DateOrder
from recsys.errors import BadMapping, InputError, StorageError
from recsys.jobs.queue import Queue
from recsys.types import Report, silent
from recsys.workflows.event_weights import check_weight
from recsys.workflows.fixes import findings_of, recipe_with, recipe_without
from recsys.workspace import Workspace
from recsys.workspace.database import record
from recsys.workspace.tables import version_names


def apply_fixes(
    workspace: Workspace, dataset_id: str, codes: Sequence[str], *, report: Report = silent
) -> str:
    """Make a version in which the fixes of some findings are applied.

    Raises
    ------
    InputError
        As for :func:`recipe_with`.
    """
    recipe = recipe_with(workspace, dataset_id, codes)
    change = f"Fixed: {_words(findings_of(workspace, dataset_id), codes)}"
    return next_version(workspace, dataset_id, recipe, change=change, report=report)


def undo_fixes(
    workspace: Workspace, dataset_id: str, codes: Sequence[str], *, report: Report = silent
) -> str:
    """Make a version without the fixes of some findings; their rows are back.

    Raises
    ------
    InputError
        As for :func:`recipe_without`.
    """
    recipe = recipe_without(workspace, dataset_id, codes)
    change = f"Undid the fix of: {_words(findings_of(workspace, dataset_id), codes)}"
    return next_version(workspace, dataset_id, recipe, change=change, report=report)


def weigh_events(
    workspace: Workspace,
    dataset_id: str,
    weights: Mapping[str, float],
    *,
    report: Report = silent,
) -> str:
    """Make a version in which events have other weights (event as the shop writes it -> weight).

    Raises
    ------
    InputError
        A weight is no number, or an unreasonable one.
    """
    for event, weight in weights.items():
        check_weight(event, weight)
    recipe = recipe_of(workspace, dataset_id)
    recipe = replace(recipe, event_weights={**recipe.event_weights, **weights})
    words = ", ".join(f"{event} {weight:g}" for event, weight in weights.items())
    change = f"Weighed events: {words}"
    return next_version(workspace, dataset_id, recipe, change=change, report=report)


def map_anew(
    workspace: Workspace,
    dataset_id: str,
    file: int,
    mapping: Mapping[str, str],
    *,
    date_order: DateOrder = "auto",
    report: Report = silent,
) -> str:
    """Make a version that reads a kept file by another mapping, without asking for it again.

    Parameters
    ----------
    file
        The place of the file in the recipe, from 0.

    Raises
    ------
    BadMapping
        There is no such file, or its columns are not the ones mapped.
    """
    recipe = recipe_of(workspace, dataset_id)
    files = list(recipe.files)
    if file not in range(len(files)):
        raise BadMapping(
            f"This version has no file number {file}.",
            hint=f"It is made of {len(files):,}, counted from 0.",
        )
    files[file] = replace(files[file], mapping=dict(mapping), date_order=date_order)
    recipe = replace(recipe, files=tuple(files))
    change = f"Mapped {files[file].name} anew"
    return next_version(workspace, dataset_id, recipe, change=change, report=report)


def restore(workspace: Workspace, dataset_id: str, *, report: Report = silent) -> str:
    """Make a version that is like an older one of the same dataset."""
    manifest = workspace.datasets.manifest(dataset_id)
    newest = versions(workspace, dataset_id)[0]["id"]
    recipe = recipe_of(workspace, dataset_id)
    change = f"Restored version {manifest['number']}"
    return next_version(workspace, newest, recipe, change=change, report=report)


def versions(workspace: Workspace, dataset_id: str) -> list[dict[str, Any]]:
    """Return the manifests of all versions of a dataset, newest first, each with its ``label``.

    The label is the name that somebody gave the version, or empty.
    """
    lineage = workspace.datasets.manifest(dataset_id)["lineage"]
    return [one for one in all_versions(workspace) if one["lineage"] == lineage]


def all_versions(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the manifests of all versions of all datasets as :func:`versions` does."""
    with workspace.database.read() as connection:
        rows = connection.execute(select(version_names)).all()
    labels = {row.dataset_id: row.name for row in rows}
    return [
        {**one, "label": labels.get(one["id"], "")}
        for one in workspace.datasets.manifests()
        if "lineage" in one
    ]


def name_version(workspace: Workspace, dataset_id: str, name: str, *, actor: str) -> None:
    """Give a version a name of its own; an empty one takes it away."""
    workspace.datasets.path(dataset_id)
    with workspace.database.write() as connection:
        connection.execute(delete(version_names).where(version_names.c.dataset_id == dataset_id))
        if name.strip():
            row = insert(version_names).values(dataset_id=dataset_id, name=name.strip()[:200])
            connection.execute(row)
        record(connection, actor, "name version", dataset_id, name=name.strip()[:200])


@dataclass(frozen=True)
class Comparison:
    """How two versions differ.

    Attributes
    ----------
    counts
        Count -> (in the first, in the second).
    fixes
        Findings that are fixed in one of them only: message -> (in the first, in the second).
    files
        Names of files that only one of them has: name -> (in the first, in the second).
    """

    counts: dict[str, tuple[int, int]]
    fixes: dict[str, tuple[bool, bool]]
    files: dict[str, tuple[bool, bool]]


def compare(workspace: Workspace, first: str, second: str) -> Comparison:
    """Say how two versions differ, by what their manifests tell."""
    one, other = workspace.datasets.manifest(first), workspace.datasets.manifest(second)
    names = [*one["counts"], *(name for name in other["counts"] if name not in one["counts"])]
    messages = {
        finding["code"]: finding["message"] for finding in (*one["findings"], *other["findings"])
    }
    fixed = [set(manifest["recipe"]["fixes"]) for manifest in (one, other)]
    files = [{file["name"] for file in m["recipe"]["files"]} for m in (one, other)]
    return Comparison(
        counts={name: (one["counts"].get(name, 0), other["counts"].get(name, 0)) for name in names},
        fixes={
            messages.get(code, code): (code in fixed[0], code in fixed[1])
            for code in sorted(fixed[0] ^ fixed[1])
        },
        files={name: (name in files[0], name in files[1]) for name in sorted(files[0] ^ files[1])},
    )


def delete_version(workspace: Workspace, dataset_id: str, *, actor: str) -> None:
    """Remove a version that nothing uses, and files that no other version is made of.

    Raises
    ------
    InputError
        A model, a release or a job uses it; all of them are named.
    """
    users = _users(workspace, dataset_id)
    if users:
        raise InputError(
            f"This version is in use by {', '.join(users)}.",
            hint="A version can go once no model, release or job was made of it.",
        )
    with workspace.database.write() as connection:
        connection.execute(delete(version_names).where(version_names.c.dataset_id == dataset_id))
        record(connection, actor, "delete version", dataset_id)
    workspace.datasets.remove(dataset_id)
    sweep_intakes(workspace)


def rejects_path(workspace: Workspace, dataset_id: str) -> Path:
    """Return the Parquet file of the rows that a version left out."""
    return workspace.datasets.path(dataset_id) / REJECTS


def overview(workspace: Workspace, dataset_id: str) -> dict[str, Any]:
    """Return the figures behind a version's pictures; see :func:`recsys.data.overview.overview`.

    Raises
    ------
    NotFound
        There is no such version.
    StorageError
        Its overview is gone or damaged.
    """
    path = workspace.datasets.path(dataset_id) / OVERVIEW
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(
            f"The overview {path} of a dataset is missing or damaged.",
            hint="Apply or undo a fix: that makes a version with an overview of its own.",
        ) from error


def _users(workspace: Workspace, dataset_id: str) -> list[str]:
    users = [
        f"the model {one['label']} ({one['id']})"
        for one in workspace.models.manifests()
        if one["dataset_id"] == dataset_id
    ]
    users += [
        f"the release {one['id']}"
        for one in workspace.releases.manifests()
        if one["dataset_id"] == dataset_id
    ]
    users += [
        f"the job {job.label} ({job.id})"
        for job in Queue(workspace.database).active()
        if dataset_id in (job.params.get("dataset_id"), job.params.get("into"))
    ]
    return users


def sweep_intakes(workspace: Workspace) -> None:
    """Remove intakes that no dataset is made of, but for those of a job that is under way."""
    used = {
        file["intake"]
        for manifest in workspace.datasets.manifests()
        for file in manifest["recipe"]["files"]
    }
    at_work = {job.key for job in Queue(workspace.database).active()}
    for intake in workspace.intakes.manifests():
        if intake["id"] not in used and intake.get("job_id") not in at_work:
            workspace.intakes.remove(intake["id"])


def _words(found: Mapping[str, Mapping[str, Any]], codes: Sequence[str]) -> str:
    return " ".join(found[code]["message"] if code in found else f"{code}." for code in codes)
