from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recsys.data.arrow import pa, read_parquet, write_parquet
from recsys.data.dataset import ITEMS, Dataset
from recsys.data.ingest import Source, ingest
from recsys.data.reading.columns import ROLES
from recsys.models.arrays import SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.models.store import SERVED, save_space
from recsys.releases.build import ColdStart, build_release
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.publishing import publish
from recsys.settings import Settings
from recsys.types import Placement, silent
from recsys.workspace import Workspace

Row = Mapping[str, object]
# Shoppers of a small shop are all thin: most tests want the model's own list.
MODEL_ONLY = ColdStart(thin_below=0, explore_every=0)


def sparse(dense: object) -> SparseRows:
    from scipy.sparse import csr_matrix

    return SparseRows.from_csr(csr_matrix(np.array(dense, np.float32)))


def factors(items: object, users: object, bought: object) -> FactorSpace:
    """A factor space with given vectors; ``bought`` holds the confidences."""
    return FactorSpace(
        items=np.array(items, np.float32),
        users=np.array(users, np.float32),
        histories=sparse(bought),
        regularization=0.1,
    )


def neighbours(weights: object, histories: object) -> SparseSpace:
    """A neighbour space; ``weights[i][j]`` is what j in the cart says for i."""
    return SparseSpace(sparse(weights), sparse(histories))


def make_shop(
    folder: Path,
    *,
    purchases: Sequence[tuple[str, ...]],
    catalogue: Sequence[Row],
    spaces: Mapping[Placement, Space],
    sensitive: Sequence[str | None] = (),
    cold: ColdStart = MODEL_ONLY,
) -> LiveShop:
    """Load a shop from files, release hand-made models for it, and publish.

    Row numbers are the order of the sorted ids. A purchase may have an event as its third part,
    and a time as its fourth; products named in ``sensitive`` are.
    """
    workspace = Workspace(Settings(home=folder / "home"))
    columns = ("user_id", "item_id", "event_type", "timestamp")
    bought: list[Row] = [dict(zip(columns, one, strict=False)) for one in purchases]
    dataset_id = ingest(
        workspace,
        interactions=write(folder / "purchases.csv", bought),
        items=write(folder / "items.csv", catalogue) if catalogue else None,
        name="By hand",
    )
    dataset = Dataset.open(workspace, dataset_id)
    if sensitive:
        _mark_sensitive(dataset, sensitive)
    strategies: dict[Placement, str] = {}
    for place, space in spaces.items():
        assert space.n_items == dataset.n_items
        model_id = workspace.models.new_id()
        manifest: dict[str, Any] = {"dataset_id": dataset_id, "label": place, "kind": "by hand"}
        if isinstance(space, FusedSpace):
            manifest["settings"] = {"parts": [{"kind": "by hand"} for _ in space.parts]}
        with workspace.models.writing(model_id, manifest) as model:
            save_space(model, SERVED, space)
        strategies[place] = model_id
    release_id = build_release(workspace, strategies, silent, cold=cold)
    publish(workspace, release_id, actor="tests")
    return LiveShop(workspace, refresh_seconds=0)


def _mark_sensitive(dataset: Dataset, sensitive: Sequence[str | None]) -> None:
    """Add the column as the fix of sensitive categories does; it is empty for some products."""
    table = read_parquet(dataset.folder / ITEMS)
    marks = [True if one in sensitive else None for one in table.column("item_id").to_pylist()]
    column = pa.array(marks, pa.bool_())
    write_parquet(table.append_column("sensitive", column), dataset.folder / ITEMS)


def write(path: Path, rows: Sequence[Row]) -> Source:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    roles = {role.name for kind in ROLES.values() for role in kind}
    return Source(path, {column: column for column in rows[0] if column in roles})


def view_of(shop: LiveShop) -> LiveView:
    view = shop.current()
    shop.workspace.database.close()
    return view
