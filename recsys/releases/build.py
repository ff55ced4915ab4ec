from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.arrow import pa, write_parquet
from recsys.data.dataset import Dataset
from recsys.errors import InputError
from recsys.models.arrays import SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.spaces import ScoreSpace, Space, unit_rows
from recsys.models.sparse import SparseSpace
from recsys.models.store import SERVED, open_served
from recsys.releases.check import check_items, check_shoppers
from recsys.releases.stores import vector_store
from recsys.types import Placement, Report, part_of
from recsys.vectors.base import (
    DenseVectors,
    Points,
    SparseVectors,
    Vectors,
    VectorStore,
)
from recsys.workspace import Workspace

# Catalogue columns that a release carries and an outsider may see.
SHOWN = ("name", "category", "brand", "price", "stock", "image_url")
# What shelves go by and nobody is shown: variants of one product, and what no reason may name.
GROUP, SENSITIVE = "group_id", "sensitive"
POPULAR = "popular"
UNKNOWN_STOCK = 2**31 - 1


def build_release(
    workspace: Workspace,
    strategies: Mapping[Placement, str],
    report: Report,
    *,
    about: Mapping[str, Any] | None = None,
) -> str:
    """Build the indexes for the chosen models, check them against the models, and keep them.

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
        "models": {
            place: {"label": manifests[model]["label"], "kind": manifests[model]["kind"]}
            for place, model in strategies.items()
        },
        "counts": {"items": dataset.n_items, "shoppers": dataset.n_users},
        "has": dataset.manifest["has"],
        "created_at": time.time(),
        "store": "server" if workspace.settings.qdrant_url else "edge",
        **(about or {}),
    }
    with workspace.releases.writing(release_id, manifest) as folder:
        report(0.0, "Collecting catalogue and histories")
        buyers = _write_histories(dataset, folder)
        catalogue = _write_catalogue(dataset, folder)
        for place, model in strategies.items():
            source = workspace.models.path(model) / SERVED
            shutil.copytree(source, folder / "spaces" / place)
        points = Points(
            count=dataset.n_items,
            vectors=_item_vectors(spaces, buyers),
            payload=_payload(catalogue),
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


def _write_histories(dataset: Dataset, folder: Path) -> NDArray[np.float32]:
    """Write what each shopper bought, how often and when last; return distinct buyers an item."""
    rows = dataset.interactions()
    pair = rows.user.astype(np.int64) * dataset.n_items + rows.item
    kept = rows.purchased()
    pairs, last_row, counts = np.unique(pair[kept][::-1], return_index=True, return_counts=True)
    users, items = np.divmod(pairs, dataset.n_items)
    indptr = np.searchsorted(users, np.arange(dataset.n_users + 1))
    histories = SparseRows(
        indptr=indptr.astype(np.int64),
        indices=items.astype(np.int32),
        data=counts.astype(np.float32),
        shape=(dataset.n_users, dataset.n_items),
    )
    histories.save(folder, "bought")
    if rows.timestamp is not None:
        last = rows.timestamp[kept][::-1][last_row]
        np.save(folder / "bought.last.npy", last, allow_pickle=False)
    buyers = np.bincount(items, minlength=dataset.n_items).astype(np.float32)
    np.save(folder / "buyers.npy", buyers, allow_pickle=False)
    return buyers


def _write_catalogue(dataset: Dataset, folder: Path) -> Any:
    """Write the columns that shelves show or go by, and all shoppers."""
    items = dataset.items()
    present = [name for name in (*SHOWN, GROUP) if name in items.column_names]
    # A column of the shop's own that happens to be called so holds text.
    if SENSITIVE in items.column_names and pa.types.is_boolean(items.column(SENSITIVE).type):
        present.append(SENSITIVE)
    catalogue = items.select(["item_id", *present])
    if "stock" in present:
        place = catalogue.column_names.index("stock")
        stock = catalogue.column("stock").fill_null(UNKNOWN_STOCK)
        catalogue = catalogue.set_column(place, "stock", stock)
    else:
        unknown = pa.array(np.full(len(items), UNKNOWN_STOCK, np.int64))
        catalogue = catalogue.append_column("stock", unknown)
    write_parquet(catalogue, folder / "catalogue.parquet")
    write_parquet(dataset.shoppers(), folder / "shoppers.parquet")
    return catalogue


def _payload(catalogue: Any) -> dict[str, list[Any]]:
    """Return the payload columns: what filters ask for, and the shop's own id."""
    wanted = ("item_id", "category", "price", "stock")
    return {
        name: catalogue.column(name).to_pylist()
        for name in wanted
        if name in catalogue.column_names
    }


def _item_vectors(
    spaces: Mapping[Placement, Space], buyers: NDArray[np.float32]
) -> dict[str, Vectors]:
    """Return one named vector a placement, and popularity, which every shelf can fall back to."""
    vectors: dict[str, Vectors] = {
        place: space_vectors(space, cosine=place == "similar")
        for place, space in spaces.items()
        if place != "lookalikes"
    }
    vectors[POPULAR] = space_vectors(ScoreSpace(buyers))
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
