"""Small shops of two tastes, loaded as a merchandiser loads them."""

from __future__ import annotations

import random
from pathlib import Path

from homes import loaded_once

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.loading import guess_files, preview_file
from recsys.workspace import Workspace

N_ITEMS = 24
N_USERS = 40
QUICK = {"factors": 8, "iterations": 3, "regularization": 0.1}


def open_workspace(home: Path) -> Workspace:
    return Workspace(Settings(home=home))


def source(path: Path) -> Source:
    """Return a file with the roles that are guessed for its columns."""
    (guess,) = guess_files([preview_file(path)])
    return Source(path, {role: one.column for role, one in guess.roles.items()})


def load_shop(workspace: Workspace, *, dated: bool = True) -> str:
    """Load a shop where even shoppers buy the first dozen products, the others the second."""
    before = workspace.datasets.ids()
    loaded_once(workspace, f"tastes-{dated}", lambda: _load_shop(workspace, dated))
    (dataset_id,) = set(workspace.datasets.ids()) - set(before)
    return dataset_id


def _load_shop(workspace: Workspace, dated: bool) -> None:
    rng = random.Random(5)
    rows = [
        (f"u{user:02}", f"i{number + 12 * (user % 2):02}", f"2024-03-{visit + 1:02} 10:00:00")
        for visit in range(6)
        for user in range(N_USERS)
        for number in rng.sample(range(12), 3)
    ]
    header = ("user_id", "item_id", "timestamp") if dated else ("user_id", "item_id")
    lines = [",".join(row[: len(header)]) for row in (header, *rows)]
    purchases, catalogue = workspace.home / "purchases.csv", workspace.home / "items.csv"
    purchases.write_text("\n".join(lines), encoding="utf-8")
    goods = [f"i{number:02},Product {number},{number + 1},9" for number in range(N_ITEMS)]
    catalogue.write_text("\n".join(["item_id,name,price,stock", *goods]), encoding="utf-8")
    ingest(workspace, interactions=source(purchases), items=source(catalogue), name="Two tastes")
