"""A live shop of two tastes: even shoppers drink tea, odd ones coffee."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from recsys.data.arrow import pa, read_parquet, write_parquet
from recsys.data.dataset import ITEMS, Dataset
from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.types import Placement
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

N_SHOPPERS, N_ITEMS = 160, 40
START = date(2026, 1, 1)
# Bought by chance by every fourth shopper and the next one, whatever the taste.
PROMO = "promo"
NOBODY, STRANGER = "u990", "u991"  # took a thing from the cart; bought once, what nobody else did
SALVE = "salve"


def shopper(number: int) -> str:
    return f"u{number:03}"


def item(number: int) -> str:
    return f"i{number:02}"


def open_workspace(home: Path) -> Workspace:
    return Workspace(Settings(home=home))


def _purchases() -> list[tuple[object, ...]]:
    """User, item, day, order, price, each shopper 2 to 7 orders of 3 products, tenths strays."""
    rng = random.Random(3)
    rows: list[tuple[object, ...]] = []
    for number in range(N_SHOPPERS):
        taste = number % 2
        for order in range(2 + number // 2 % 6):
            day = START + timedelta(days=30 * order + number % 20)
            group = taste if rng.random() > 0.1 else 1 - taste
            for one in rng.sample(range(20), 3):
                bought = one + 20 * group
                rows.append((shopper(number), item(bought), day, f"{number}-{order}", bought + 1))
        if number % 4 < 2 and number % 3 == 0:
            late = START + timedelta(days=170)
            rows.append((shopper(number), PROMO, late, f"{number}-promo", 5))
        if number % 10 == 0:
            rows.append((shopper(number), SALVE, START, f"{number}-0", 9))
    rows.append((STRANGER, "odd", START, "odd", 2))
    rows = [(*row, "purchase") for row in rows]
    rows.append((NOBODY, item(0), START, "none", 1, "remove_from_cart"))
    return sorted(rows, key=lambda row: str(row[2]))


def _catalogue() -> list[tuple[object, ...]]:
    goods: list[tuple[object, ...]] = [
        (item(n), f"Product {n}", "Tea" if n < 20 else "Coffee", f"Brand {n % 4}", n + 1, 9)
        for n in range(N_ITEMS)
    ]
    rest = ((PROMO, "Extras"), ("odd", "Extras"), (SALVE, "Pharmacy"))
    return [*goods, *((one, one, category, "", 5, 9) for one, category in rest)]


def _shoppers() -> list[tuple[object, ...]]:
    consent = ("yes", "No", "", "TRUE")
    rows: list[tuple[object, ...]] = [
        (shopper(n), "25-34" if n % 2 else "45-54", consent[n // 2 % 4], f"{n}@example.com")
        for n in range(N_SHOPPERS)
    ]
    return [*rows, (NOBODY, "", "yes", ""), (STRANGER, "", "yes", "")]


def _write(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> Source:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    return Source(path, {column: column for column in columns})


def build_bare(home: Path) -> None:
    """Load the same purchases without dates, prices, brands and columns of shoppers."""
    workspace = open_workspace(home)
    rows = [row[:2] for row in _purchases() if row[0] != NOBODY]
    ingest(
        workspace, interactions=_write(home / "bare.csv", ("user_id", "item_id"), rows), name="Bare"
    )
    pairs = train_model(workspace, "copurchase", evaluate=False)
    publish_release(
        workspace,
        strategies={"also_bought": pairs},
        only=("also_bought",),
        evaluate=False,
        actor="tests",
    )
    workspace.database.close()


def build_tastes(home: Path) -> None:
    """Load the shop, learn 8 numbers a shopper, and publish; the salve is marked as sensitive."""
    workspace = open_workspace(home)
    facts = ("user_id", "item_id", "timestamp", "order_id", "price", "event_type")
    dataset_id = ingest(
        workspace,
        interactions=_write(home / "bought.csv", facts, _purchases()),
        items=_write(
            home / "items.csv",
            ("item_id", "name", "category", "brand", "price", "stock"),
            _catalogue(),
        ),
        shoppers=_write(home / "people.csv", ("user_id", "age", "consent", "email"), _shoppers()),
        name="Tastes",
        currency="EUR",
    )
    path = Dataset.open(workspace, dataset_id).folder / ITEMS
    table = read_parquet(path)
    marks = [one == SALVE for one in table.column("item_id").to_pylist()]
    write_parquet(table.append_column("sensitive", pa.array(marks, pa.bool_())), path)
    settings = {"factors": 8, "iterations": 6, "half_life_days": None}
    als = train_model(workspace, "als", settings=settings, evaluate=False)
    strategies: dict[Placement, str] = {"for_you": als, "lookalikes": als}
    publish_release(
        workspace, strategies=strategies, only=tuple(strategies), evaluate=False, actor="tests"
    )
    workspace.database.close()
