from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from recsys.data.dataset import Dataset
from recsys.data.ingest import Source, ingest
from recsys.models.arrays import SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.spaces import NeighbourSpace, Space
from recsys.models.store import SERVED, save_space
from recsys.releases.build import build_release
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.publishing import publish
from recsys.settings import Settings
from recsys.types import Placement, silent
from recsys.workspace import Workspace

Row = Mapping[str, object]


def sparse(dense: object) -> SparseRows:
    from scipy.sparse import csr_matrix

    return SparseRows.from_csr(csr_matrix(np.array(dense, np.float32)))


def factors(items: object, users: object, bought: object) -> FactorSpace:
    """A factor space with given vectors; ``bought`` holds the confidences."""
    return FactorSpace(
        items=np.array(items, np.float32),
        users=np.array(users, np.float32),
        confidences=sparse(bought),
        regularization=0.1,
    )


def neighbours(weights: object, histories: object) -> NeighbourSpace:
    """A neighbour space; ``weights[i][j]`` is what j in the cart says for i."""
    return NeighbourSpace(sparse(weights), sparse(histories))


def make_shop(
    folder: Path,
    *,
    purchases: Sequence[tuple[str, str]],
    catalogue: Sequence[Row],
    spaces: Mapping[Placement, Space],
) -> LiveShop:
    """Load a shop from files, release hand-made models for it, and publish.

    Row numbers are the order of the sorted ids.
    """
    workspace = Workspace(Settings(home=folder / "home"))
    bought = [{"user_id": user, "item_id": item} for user, item in purchases]
    dataset_id = ingest(
        workspace,
        interactions=write(folder / "purchases.csv", bought),
        items=write(folder / "items.csv", catalogue) if catalogue else None,
        name="By hand",
    )
    dataset = Dataset.open(workspace, dataset_id)
    strategies: dict[Placement, str] = {}
    for place, space in spaces.items():
        assert space.n_items == dataset.n_items
        model_id = workspace.models.new_id()
        manifest = {"dataset_id": dataset_id, "label": place, "kind": "by hand"}
        with workspace.models.writing(model_id, manifest) as model:
            save_space(model, SERVED, space)
        strategies[place] = model_id
    publish(workspace, build_release(workspace, strategies, silent), actor="tests")
    return LiveShop(workspace, refresh_seconds=0)


def write(path: Path, rows: Sequence[Row]) -> Source:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return Source(path, {column: column for column in rows[0]})


def view_of(shop: LiveShop) -> LiveView:
    view = shop.current()
    shop.workspace.database.close()
    return view
