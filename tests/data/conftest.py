from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recsys.data.dataset import Dataset
from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workspace import Workspace

Ingest = Callable[..., Dataset]


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path / "home"))


@pytest.fixture
def ingest_text(shop: Workspace, tmp_path: Path) -> Ingest:
    """Ingest CSV text whose columns have the names of their roles."""

    def source(name: str, text: str) -> Source | None:
        if not text:
            return None
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        columns = [column for column in text.splitlines()[0].split(",") if column[0] != "*"]
        return Source(path, {column: column for column in columns})

    def run(
        interactions: str, items: str = "", shoppers: str = "", *, accept: bool = False
    ) -> Dataset:
        rows = source("orders", interactions)
        assert rows is not None
        dataset_id = ingest(
            shop,
            interactions=rows,
            items=source("items", items),
            shoppers=source("shoppers", shoppers),
            name="Shop",
            accept=accept,
        )
        return Dataset.open(shop, dataset_id)

    return run
