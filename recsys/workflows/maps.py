"""Maps: pictures of a model's products and shoppers, made by a job and looked at by pages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotReady
from recsys.jobs.queue import Job
from recsys.maps.drawing import quick_points
from recsys.maps.inside import inside
from recsys.maps.picture import Cluster, Of, Picture
from recsys.maps.telling import ORDERS
from recsys.maps.vectors import drawable, vectors_of
from recsys.models.factors import FactorSpace
from recsys.models.store import load_space
from recsys.releases.live import LiveView
from recsys.releases.publishing import live
from recsys.releases.release import not_served
from recsys.types import Placement
from recsys.workflows.data_jobs import submit
from recsys.workflows.map_cards import Cards, GroupLine, cards, find, groups
from recsys.workflows.map_colours import Colouring, Colours, colourings, colours
from recsys.workflows.map_job import KIND
from recsys.workflows.map_neighbours import neighbours
from recsys.workflows.map_selection import Selection, note_selection, selection
from recsys.workspace import Workspace

__all__ = [
    "Cards",
    "Cluster",
    "Colouring",
    "Colours",
    "GroupLine",
    "Of",
    "Picture",
    "Selection",
    "cards",
    "colourings",
    "colours",
    "find",
    "groups",
    "inside",
    "neighbours",
    "newest_map",
    "note_selection",
    "quick_map",
    "selection",
    "submit_map",
]

_WORDS: dict[Of, str] = {
    "items": "products",
    "shoppers": "shoppers",
    "both": "products and shoppers",
}


def submit_map(
    workspace: Workspace, *, of: Of, placement: Placement = "for_you", actor: str
) -> Job:
    """Queue the drawing of a map of the live release's model of a placement.

    Raises
    ------
    NotReady
        Nothing is live, or the release has no such placement.
    InputError
        The model has no vectors to draw, such as popularity, or knows fewer than five of them.
    """
    now = live(workspace)
    if now is None:
        raise NotReady("Nothing is live yet.", hint="Publish a release first.")
    manifest = workspace.releases.manifest(now.release_id)
    if placement not in manifest["strategies"]:
        raise not_served(placement)
    drawable(load_space(workspace.releases.path(now.release_id) / "spaces" / placement))
    params = {"of": of, "placement": placement, "release_id": now.release_id}
    label = f"Map of {_WORDS[of]}, {manifest['models'][placement]['label']}"
    return submit(workspace, KIND, params, label, actor)


def newest_map(
    workspace: Workspace, view: LiveView, of: Of, placement: Placement
) -> Picture | None:
    """Return the newest map of the model that feeds a placement; None where there is none yet.

    A picture of method "pca" is what the job keeps first, while it works on the "umap" one; it is
    given only where there is no "umap" one. A map of any release of the model serves, so a map
    stays when a release is built again.
    """
    model_id = view.release.manifest["strategies"].get(placement)
    found = [
        one
        for one in workspace.maps.manifests()
        if one["model_id"] == model_id
        and one["of"] == of
        and one["dataset_id"] == view.release.manifest["dataset_id"]
    ]
    found.sort(key=lambda one: one["method"] != "umap")  # stable: newest first within
    return Picture.open(workspace, found[0]["id"]) if found else None


def quick_map(view: LiveView, of: Of, placement: Placement) -> Picture:
    """Return the two widest directions of a dense space at once, without groups; id "".

    Raises
    ------
    NotReady
        The space is sparse: its picture is made by the job.
    InputError
        The space has nothing to draw.
    """
    release = view.release
    space, _ = drawable(release.space(placement))
    if not isinstance(space, FactorSpace):
        raise NotReady(
            "This model keeps neighbours and no coordinates, so its first picture takes a moment.",
            hint="Draw the map: a first picture comes after some seconds, the map after it.",
        )
    vectors = vectors_of(space, of)
    rows = np.flatnonzero(vectors.known)
    n_items = int(np.searchsorted(rows, vectors.n_items))
    points = np.full((len(vectors.known), 2), np.nan, np.float32)
    points[rows] = quick_points(vectors.all[rows], n_items)
    sales, word = _sales(view, of)
    return Picture(
        id="",
        of=of,
        method="pca",
        points=points,
        clusters=np.full(len(points), -1, np.int16),
        groups=(),
        sales=sales,
        about={
            "model_id": release.manifest["strategies"][placement],
            "model": release.manifest["models"][placement]["label"],
            "placement": placement,
            "dataset_id": release.manifest["dataset_id"],
            "n_items": vectors.n_items,
            "n_shoppers": len(points) - vectors.n_items,
            "left_out": len(points) - len(rows),
            "sales_word": word,
            "started_from": "",
            "median_shift": None,
            "common": 0,
        },
    )


def _sales(view: LiveView, of: Of) -> tuple[NDArray[np.float32], str]:
    """Return purchases of products and what shoppers spent, from the release alone."""
    release, parts, word = view.release, list[NDArray[np.float32]](), "purchases"
    if of != "shoppers":
        bought = release.bought
        found = np.bincount(bought.indices, weights=bought.data, minlength=len(release.stock))
        parts.append(found.astype(np.float32))
    if of != "items":
        people = release.people
        if people is None or people.spend is None:
            orders = np.diff(release.bought.indptr) if people is None else people.orders
            parts.append(orders.astype(np.float32))
            own = "products bought" if people is None else ORDERS
        else:
            parts.append(people.spend.astype(np.float32))
            own = release.currency or "spent"
        word = own if of == "shoppers" else word
    return np.concatenate(parts), word
