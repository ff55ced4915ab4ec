from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from recsys.data.ingest import Source, ingest
from recsys.types import Placement
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

N_ITEMS, N_SHOPPERS = 30, 24
FIELDS = ("item_id", "name", "category", "price", "stock")
ROLES = ("user_id", "item_id", "timestamp", "order_id")


@dataclass(frozen=True)
class BuiltShop:
    """A workspace with two models and two releases, none of them live."""

    workspace: Workspace
    als: str
    pairs: str
    releases: tuple[str, str]

    @property
    def strategies(self) -> dict[Placement, str]:
        return strategies(self.als, self.pairs)


def strategies(als: str, pairs: str) -> dict[Placement, str]:
    return {"for_you": als, "similar": als, "also_bought": pairs, "lookalikes": als}


def item(number: int) -> str:
    return f"{number:05}"


def load_shop(workspace: Workspace, *, name: str = "Two tastes", seed: int = 1) -> str:
    """A shop of two tastes; product 3 has no price, 4 no stock, and 29 was never bought."""
    rng = random.Random(seed)
    with workspace.scratch() as folder:
        purchases = [
            (f"u{u}", item(rng.randrange(14) + 14 * (u % 2)), 1_700_000_000 + 60 * visit, visit)
            for visit in range(200)
            for u in [rng.randrange(N_SHOPPERS)]
            for _ in range(3)
        ]
        catalogue = [
            (
                item(number),
                f"Product {number}",
                "Tea" if number < 15 else "Coffee",
                "" if number == 3 else 1 + number,
                "" if number == 4 else 5 + number,
            )
            for number in range(N_ITEMS)
        ]
        return ingest(
            workspace,
            interactions=write(folder / "purchases.csv", ROLES, purchases),
            items=write(folder / "items.csv", FIELDS, catalogue),
            name=name,
            currency="EUR",
        )


def write(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> Source:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    return Source(path, {column: column for column in columns})


def train(workspace: Workspace, kind: str, dataset_id: str | None = None) -> str:
    settings = {"factors": 6, "iterations": 3} if kind == "als" else {}
    return train_model(workspace, kind, settings=settings, dataset_id=dataset_id, evaluate=False)
