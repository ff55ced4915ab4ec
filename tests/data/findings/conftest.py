from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from recsys.data.arrow import read_parquet
from recsys.data.dataset import REJECTS, Dataset
from recsys.data.ingest import Source, ingest, next_version, recipe_of
from recsys.data.reading.columns import ROLES, Kind
from recsys.workspace import Workspace


@dataclass(frozen=True)
class Checked:
    """A version, and what was found in it by code."""

    dataset: Dataset
    found: dict[str, dict[str, Any]]

    def rows(self) -> list[tuple[str, str]]:
        rows = self.dataset.interactions()
        users, items = self.dataset.user_ids.ids, self.dataset.item_ids.ids
        return [(users[user], items[item]) for user, item in zip(rows.user, rows.item, strict=True)]

    def items(self) -> list[dict[str, Any]]:
        return self.dataset.items().to_pylist()

    def rejects(self) -> list[tuple[str, str, str]]:
        """Return the file, the product and the reason of each rejected row."""
        rows = read_parquet(self.dataset.folder / REJECTS).to_pylist()
        return [(row["aisle_file"], row["item_id"], row["aisle_reason"]) for row in rows]


Check = Callable[..., Checked]


@pytest.fixture
def check(shop: Workspace, tmp_path: Path) -> Check:
    """Ingest CSV text whose columns have the names of their roles, apply fixes, tell findings."""

    def source(kind: Kind, text: str) -> Source | None:
        if not text:
            return None
        path = tmp_path / f"{'orders' if kind == 'interactions' else kind}.csv"
        path.write_text(text, encoding="utf-8")
        roles = {role.name for role in ROLES[kind]}
        return Source(
            path, {name: name for name in text.splitlines()[0].split(",") if name in roles}
        )

    def run(
        interactions: str,
        items: str = "",
        *,
        fixes: Sequence[str] = (),
        core: int = 3,
        accept: bool = False,
    ) -> Checked:
        rows = source("interactions", interactions)
        assert rows is not None
        found_id = ingest(
            shop, interactions=rows, items=source("items", items), name="Shop", accept=accept
        )
        if fixes or core != 3:
            recipe = replace(recipe_of(shop, found_id).fixing(fixes), core=core)
            found_id = next_version(shop, found_id, recipe, change="Fixed")
        dataset = Dataset.open(shop, found_id)
        return Checked(dataset, {one["code"]: one for one in dataset.manifest["findings"]})

    return run
