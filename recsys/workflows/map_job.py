"""The drawing of a map, in the worker."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from recsys.data.dataset import Dataset
from recsys.data.ids import IdMap
from recsys.errors import NotFound, StorageError
from recsys.maps.align import rows_before
from recsys.maps.clustering import MOST_GROUPS
from recsys.maps.drawing import NEIGHBOURS, SEED, Drawing, Sketch
from recsys.maps.picture import Method, Of, Picture
from recsys.maps.telling import clusters_of, margin_of, sales_of
from recsys.maps.vectors import drawable, vectors_of
from recsys.models.arrays import Floats
from recsys.models.store import load_space
from recsys.types import Placement, Report, part_of
from recsys.workspace import Workspace

KIND = "map"


def map_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`recsys.workflows.maps.submit_map`."""
    first = [one for one in workspace.maps.of_job() if one["method"] == "umap"]
    if first:
        return _result(first[0])
    return draw_map(
        workspace,
        params["release_id"],
        of=params["of"],
        placement=params["placement"],
        report=report,
    )


def draw_map(
    workspace: Workspace, release_id: str, *, of: Of, placement: Placement, report: Report
) -> dict[str, Any]:
    """Draw the map of a release's model and keep it: a quick picture first, then that by UMAP.

    The model is taken from the release, which holds a copy of its own.

    Returns
    -------
    dict
        ``map_id``, ``points``, ``left_out``, ``groups``, ``started_from`` and ``median_shift``.

    Raises
    ------
    NotFound, StorageError
        The release or its dataset is gone or damaged.
    InputError
        The model has no vectors, or knows fewer than five of what is to be drawn.
    """
    report(0.0, "Reading the model")
    manifest = workspace.releases.manifest(release_id)
    space, _ = drawable(load_space(workspace.releases.path(release_id) / "spaces" / placement))
    dataset = Dataset.open(workspace, manifest["dataset_id"])
    sketch = Sketch(vectors_of(space, of), space.histories)
    report(0.03, "Finding groups")
    groups, sales = sketch.groups(), sales_of(dataset, of)
    known = sketch.vectors.known
    about: dict[str, Any] = {
        "model_id": manifest["strategies"][placement],
        "model": manifest["models"][placement]["label"],
        "placement": placement,
        "dataset_id": dataset.id,
        "n_items": 0 if of == "shoppers" else dataset.n_items,
        "n_shoppers": 0 if of == "items" else dataset.n_users,
        "left_out": int((~known).sum()),
        "sales_word": sales.word,
        "neighbours": NEIGHBOURS,
        "most_groups": MOST_GROUPS,
        "seed": SEED,
    }
    picture = Picture(
        id="",
        of=of,
        method="pca",
        points=np.empty((0, 2), np.float32),
        clusters=groups,
        groups=clusters_of(dataset, of, groups, sales),
        sales=sales.total,
        about=about,
        margin=None if of == "shoppers" else margin_of(dataset),
    )
    report(0.08, "Keeping a first picture")
    _keep(workspace, picture, sketch.quick(), "pca", started_from="")
    last = _last(workspace, of, placement)
    before = None if last is None else _places(workspace, last, dataset)
    drawing = sketch.by_umap(before, part_of(report, 0.1, 0.99))
    started = last.id if last is not None and drawing.started else ""
    kept = _keep(workspace, picture, drawing, "umap", started_from=started)
    report(1.0, "Map ready")
    return _result(kept)


def _keep(
    workspace: Workspace, picture: Picture, drawing: Drawing, method: Method, *, started_from: str
) -> dict[str, Any]:
    """Write a map, and return its manifest."""
    about = {
        **picture.about,
        "started_from": started_from,
        "median_shift": drawing.shift,
        "common": drawing.common,
        "created_at": time.time(),
    }
    whole = replace(picture, method=method, points=drawing.points, about=about)
    map_id, manifest = workspace.maps.new_id(), whole.facts()
    with workspace.maps.writing(map_id, manifest) as folder:
        whole.save(folder)
    return {**manifest, "id": map_id}


def _result(manifest: dict[str, Any]) -> dict[str, Any]:
    points = manifest["n_items"] + manifest["n_shoppers"]
    return {
        "map_id": manifest["id"],
        "points": points - manifest["left_out"],
        "left_out": manifest["left_out"],
        "groups": [group["name"] for group in manifest["groups"]],
        "started_from": manifest["started_from"],
        "median_shift": manifest["median_shift"],
    }


def _last(workspace: Workspace, of: Of, placement: Placement) -> Picture | None:
    """Return the newest map of the same points, of the same placement before others."""
    found = [
        one for one in workspace.maps.manifests() if one["of"] == of and one["method"] == "umap"
    ]
    found.sort(key=lambda one: one["placement"] != placement)  # stable: newest first within
    return Picture.open(workspace, found[0]["id"]) if found else None


def _places(workspace: Workspace, last: Picture, dataset: Dataset) -> Floats | None:
    """Return where each point of a dataset was on a map, NaN for new ones.

    None where the map's dataset is gone, or is of another shop.
    """
    if last.about["dataset_id"] == dataset.id:
        return last.points
    try:
        old = Dataset.open(workspace, last.about["dataset_id"])
        pairs: list[tuple[IdMap, IdMap, int]] = []
        if last.of != "shoppers":
            pairs.append((old.item_ids, dataset.item_ids, 0))
        if last.of != "items":
            pairs.append((old.user_ids, dataset.user_ids, last.n_items))
    except (NotFound, StorageError):
        return None
    parts: list[Floats] = []
    for theirs, ours, first in pairs:
        rows = rows_before(theirs, ours)
        places = np.full((len(ours), 2), np.nan, np.float32)
        places[rows >= 0] = last.points[first + rows[rows >= 0]]
        parts.append(places)
    return np.concatenate(parts)
