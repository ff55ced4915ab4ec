"""Files become a dataset, and a dataset becomes its next version; each whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from recsys.data.files import readers
from recsys.data.intake import Given, take_in
from recsys.data.recipe import KeptFile, Recipe, Source
from recsys.data.version import build
from recsys.types import Report, part_of, silent
from recsys.workspace import Workspace

__all__ = ["Given", "Source", "add_files", "ingest", "next_version", "recipe_of"]

Sources = Source | Sequence[Source] | None


def ingest(
    workspace: Workspace,
    *,
    interactions: Sources,
    items: Sources = None,
    shoppers: Sources = None,
    name: str,
    currency: str = "",
    notes: Sequence[str] = (),
    change: str = "",
    accept: bool = False,
    report: Report = silent,
) -> str:
    """Make the first version of a dataset out of a shop's files and return its id.

    The files are kept verbatim. Rows that cannot be used are left out and kept among the rejected
    ones; all else that is found stands in the manifest and is left as it is.

    Parameters
    ----------
    interactions, items, shoppers
        One file or several of each kind. Without a catalogue it is made of the products in the
        interactions; shoppers who did nothing are left out.
    notes
        What a reader of the numbers has to know, for example "Stock is simulated."
    change
        What made the version, in words; by default which files were read.
    accept
        Apply all fixes that Aisle proposes.

    Raises
    ------
    BadFile, BadMapping
        A file is no table, or its columns are not the ones mapped.
    NoUsableRows
        Nothing was left.
    StorageError
        The disk is full.
    """
    given: Given = [
        *(("interactions", source) for source in _listed(interactions)),
        *(("items", source) for source in _listed(items)),
        *(("shoppers", source) for source in _listed(shoppers)),
    ]
    files = _kept(workspace, given, part_of(report, 0.0, 0.4))
    dataset_id = workspace.datasets.new_id()
    manifest: dict[str, Any] = {
        "name": name,
        "currency": currency,
        "notes": list(notes),
        "lineage": dataset_id,
        "number": 1,
        "parent": None,
        "change": change or f"Read {_names(files)}",
    }
    recipe = Recipe(tuple(files))
    later = part_of(report, 0.4, 1.0)
    return _write(workspace, dataset_id, recipe, manifest, accept=accept, report=later)


def next_version(
    workspace: Workspace,
    dataset_id: str,
    recipe: Recipe,
    *,
    change: str,
    accept: bool = False,
    report: Report = silent,
) -> str:
    """Make a version of a dataset by another recipe; the one before stays as it is.

    Parameters
    ----------
    dataset_id
        The version that this one follows.
    change
        What was changed, in words: "Left out 9,288 cancelled rows".

    Returns
    -------
    str
        The id of the new version.
    """
    parent = workspace.datasets.manifest(dataset_id)
    family = [
        one for one in workspace.datasets.manifests() if one.get("lineage") == parent["lineage"]
    ]
    new_id = workspace.datasets.new_id()
    manifest: dict[str, Any] = {
        **{key: parent[key] for key in ("name", "currency", "notes", "lineage")},
        "number": max(one["number"] for one in family) + 1,
        "parent": dataset_id,
        "change": change,
    }
    return _write(workspace, new_id, recipe, manifest, accept=accept, report=report)


def add_files(
    workspace: Workspace,
    dataset_id: str,
    given: Given,
    *,
    accept: bool = False,
    report: Report = silent,
) -> str:
    """Make a version with more files; the fixes of the version before hold for them, too.

    Parameters
    ----------
    accept
        Apply all fixes that Aisle proposes, too.
    """
    before = recipe_of(workspace, dataset_id)
    files = _kept(workspace, given, part_of(report, 0.0, 0.4))
    recipe = Recipe((*before.files, *files), before.fixes, before.event_weights, before.core)
    return next_version(
        workspace,
        dataset_id,
        recipe,
        change=f"Added {_names(files)}",
        accept=accept,
        report=part_of(report, 0.4, 1.0),
    )


def recipe_of(workspace: Workspace, dataset_id: str) -> Recipe:
    """Return what a version was made of."""
    return Recipe.from_dict(workspace.datasets.manifest(dataset_id)["recipe"])


def _kept(workspace: Workspace, given: Given, report: Report) -> list[KeptFile]:
    """Keep files, unless a first try of this job did so before its process died."""
    for found in workspace.intakes.of_job():
        return [KeptFile(**{**file, "intake": found["id"]}) for file in found["files"]]
    return take_in(workspace, given, report=report)


def _write(
    workspace: Workspace,
    dataset_id: str,
    recipe: Recipe,
    manifest: dict[str, Any],
    *,
    accept: bool,
    report: Report,
) -> str:
    manifest["created_at"] = time.time()
    manifest["files"] = [file.name for file in recipe.files]
    with (
        workspace.scratch() as scratch,
        readers.connect(scratch) as connection,
        workspace.datasets.writing(dataset_id, manifest) as folder,
    ):
        manifest.update(
            build(
                connection,
                folder,
                recipe,
                intake=workspace.intakes.path,
                accept=accept,
                report=report,
            )
        )
        if not manifest["currency"] and len(manifest["currencies"]) == 1:
            manifest["currency"] = manifest["currencies"][0]
    return dataset_id


def _listed(sources: Sources) -> Sequence[Source]:
    if sources is None:
        return ()
    return [sources] if isinstance(sources, Source) else sources


def _names(files: Sequence[KeptFile]) -> str:
    names = [file.name for file in files]
    return ", ".join(names) if len(names) < 4 else f"{len(names):,} files"
