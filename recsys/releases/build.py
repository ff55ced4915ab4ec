from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recsys.data.content import Content
from recsys.data.dataset import Dataset
from recsys.errors import InputError
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import ScoreSpace, Space, unit_rows
from recsys.models.sparse import SparseSpace
from recsys.models.store import SERVED, open_served, save_space
from recsys.releases.check import check_items, check_shoppers
from recsys.releases.engine import part_name
from recsys.releases.people import people_of
from recsys.releases.stores import vector_store
from recsys.releases.tables import complete, payload, write_catalogue, write_histories
from recsys.releases.words import best_of_alike, word_space
from recsys.types import Placement, Report, part_of
from recsys.vectors.base import (
    DenseVectors,
    Points,
    SparseVectors,
    Vectors,
    VectorStore,
)
from recsys.workspace import Workspace

POPULAR, CONTENT = "popular", "content"


@dataclass(frozen=True)
class ColdStart:
    """How a release serves those about whom purchases say little.

    Attributes
    ----------
    thin_below
        A shopper who bought fewer products than this gets similar and popular products mixed in;
        0: nobody does.
    explore_every
        Of so many places of For You the last one goes to a product that nobody bought yet; 0:
        none does.
    """

    thin_below: int = 3
    explore_every: int = 10


def build_release(
    workspace: Workspace,
    strategies: Mapping[Placement, str],
    report: Report,
    *,
    about: Mapping[str, Any] | None = None,
    cold: ColdStart = ColdStart(),
) -> str:
    """Build the indexes for the chosen models, check them against the models, and keep them.

    Beside the models a release carries what every shelf falls back to: popular products, and the
    words of all products.

    Parameters
    ----------
    strategies
        Placement -> model id. All models must be trained on one dataset. A placement that is
        missing here is not served.
    about
        What else the manifest keeps, such as how the models did in their last test.

    Returns
    -------
    str
        The id of the new release. It is not live: publishing it is another step.

    Raises
    ------
    InputError
        The models are of different datasets, or the one for lookalikes knows no shoppers.
    StorageError
        The index could not be written, or does not answer what the models answer.
    """
    manifests = {model: workspace.models.manifest(model) for model in set(strategies.values())}
    datasets = {manifest["dataset_id"] for manifest in manifests.values()}
    if len(datasets) != 1:
        raise InputError(
            f"These models were trained on {len(datasets)} different datasets.",
            hint="Choose models of one dataset, or train the missing ones on it.",
        )
    dataset = Dataset.open(workspace, datasets.pop())
    release_id = workspace.releases.new_id()
    spaces: dict[Placement, Space] = {
        place: open_served(workspace, model) for place, model in strategies.items()
    }
    if "lookalikes" in spaces and not isinstance(spaces["lookalikes"], FactorSpace):
        raise InputError(
            "Lookalikes need a model that gives each shopper a vector.",
            hint="Choose ALS for Lookalikes.",
        )
    manifest: dict[str, Any] = {
        "dataset_id": dataset.id,
        "name": dataset.name,
        "currency": dataset.currency,
        "strategies": dict(strategies),
        "models": {place: _about(manifests[model]) for place, model in strategies.items()},
        "cold_start": asdict(cold),
        "counts": {"items": dataset.n_items, "shoppers": dataset.n_users},
        "has": dataset.manifest["has"],
        "created_at": time.time(),
        "store": "server" if workspace.settings.qdrant_url else "edge",
        **(about or {}),
    }
    with workspace.releases.writing(release_id, manifest) as folder:
        report(0.0, "Collecting catalogue and histories")
        buyers, recent = write_histories(dataset, folder)
        people_of(dataset).save(folder)
        catalogue = write_catalogue(dataset, folder)
        for place, model in strategies.items():
            source = workspace.models.path(model) / SERVED
            shutil.copytree(source, folder / "spaces" / place)
        texts = Content(dataset).texts
        new = complete(catalogue) & (buyers == 0)
        findable = new | ((buyers > 0) & best_of_alike(texts, recent))
        words = word_space(texts, findable, n_users=dataset.n_users)
        save_space(folder / "spaces", CONTENT, words)
        points = Points(
            count=dataset.n_items,
            vectors={
                **_item_vectors(spaces),
                POPULAR: space_vectors(ScoreSpace(recent)),
                CONTENT: space_vectors(words),
            },
            payload=payload(catalogue),
            indexed={"category": "keyword", "price": "float", "stock": "integer"},
        )
        store = vector_store(workspace.settings, folder, release_id)
        try:
            manifest["checked"] = _build_indexes(store, points, spaces, dataset, report)
        except BaseException:
            # The folder goes by itself; what was written to a server does not.
            store.drop("items")
            store.drop("shoppers")
            raise
    report(1.0, "Release ready")
    return release_id


def _build_indexes(
    store: VectorStore,
    points: Points,
    spaces: Mapping[Placement, Space],
    dataset: Dataset,
    report: Report,
) -> dict[str, Any]:
    """Write the indexes and compare them with the models; return what was compared."""
    store.build("items", points, part_of(report, 0.05, 0.85))
    checked: dict[str, Any] = {}
    lookalikes = spaces.get("lookalikes")
    if isinstance(lookalikes, FactorSpace):
        store.build("shoppers", _shopper_points(lookalikes, dataset), part_of(report, 0.85, 0.95))
        checked["lookalikes"] = check_shoppers(store.open("shoppers"), lookalikes)
    report(0.95, "Comparing the index with the models")
    index = store.open("items")
    for place, space in spaces.items():
        if place != "lookalikes":
            checked[place] = check_items(index, place, space, n_users=dataset.n_users)
    return checked


def _about(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what a release remembers of a model: shelves say their reasons in its words."""
    parts = manifest.get("settings", {}).get("parts", ())
    kinds = {"parts": [part["kind"] for part in parts]} if parts else {}
    return {"label": manifest["label"], "kind": manifest["kind"], **kinds}


def _item_vectors(spaces: Mapping[Placement, Space]) -> dict[str, Vectors]:
    """Return the named vectors of the placements: one each, of a fusion one for each part."""
    vectors: dict[str, Vectors] = {}
    for place, space in spaces.items():
        if place == "lookalikes":
            continue
        cosine = place == "similar"
        if isinstance(space, FusedSpace):
            for number, part in enumerate(space.parts):
                vectors[part_name(place, number)] = space_vectors(part, cosine=cosine)
        else:
            vectors[place] = space_vectors(space, cosine=cosine)
    return vectors


def space_vectors(space: Space, *, cosine: bool = False) -> Vectors:
    """Return the vectors with which a space's items stand in an index."""
    if isinstance(space, SparseSpace):
        held = space.items
        return SparseVectors(held.indptr, held.indices, held.data)
    if isinstance(space, FactorSpace):
        if cosine:
            return DenseVectors(unit_rows(space.items), "cosine", space.known_items)
        return DenseVectors(space.dot_items, "dot", space.known_items)
    if isinstance(space, ScoreSpace):
        return DenseVectors(space.item_scores[:, None], "dot", space.known_items)
    raise TypeError(f"no vectors for a space of kind {space.kind}")


def _shopper_points(space: FactorSpace, dataset: Dataset) -> Points:
    known = np.any(space.users != 0, axis=1)
    return Points(
        count=dataset.n_users,
        vectors={"lookalikes": DenseVectors(unit_rows(space.users), "cosine", known)},
        payload={"user_id": list(dataset.user_ids.ids)},
        indexed={},
    )
