"""A small shop of two tastes, and the API as the server mounts it."""

from __future__ import annotations

import csv
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import anyio
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount

from recsys.api.app import create_api
from recsys.releases.live import LiveShop
from recsys.workflows.loading import Source
from recsys.workspace import Workspace

N_ITEMS = 40
SLASHED = "food/tea/9"
UNPRICED = 3
HOME = "http://localhost:8501"
Result = TypeVar("Result")


def item_id(number: int) -> str:
    return SLASHED if number == 9 else f"i{number:03}"


def write_shop(folder: Path) -> tuple[Source, Source]:
    """Shoppers of even number buy the lower half of the catalogue, the others the upper half."""
    rng = random.Random(7)
    rows = [
        (f"u/{user}", item_id(number + 20 * (user % 2)), 1_700_000_000 + 86_400 * visit)
        for user in range(60)
        for visit in range(3)
        for number in rng.sample(range(20), 3)
    ]
    purchases, catalogue = folder / "purchases.csv", folder / "items.csv"
    with purchases.open("w", newline="") as file:
        csv.writer(file).writerows([("user_id", "item_id", "timestamp"), *rows])
    with catalogue.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("item_id", "name", "category", "price", "stock"))
        for number in range(N_ITEMS):
            price = "" if number == UNPRICED else 1 + number
            group = "Tea" if number < 20 else "Coffee"
            writer.writerow((item_id(number), f"Product {number}", group, price, 5 + number))
    same = {"user_id": "user_id", "item_id": "item_id", "timestamp": "timestamp"}
    fields = {role: role for role in ("item_id", "name", "category", "price", "stock")}
    return Source(purchases, same), Source(catalogue, fields)


def client_of(workspace: Workspace, shop: LiveShop | None = None) -> TestClient:
    api = create_api(workspace, shop or LiveShop(workspace, refresh_seconds=0.0))
    return TestClient(Starlette(routes=[Mount("/api", api)]), base_url=f"{HOME}/api")


def run_async(work: Callable[..., Awaitable[Result]], *arguments: object) -> Result:
    """Run it in a thread of its own: in ours, browser tests may have left an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, work, *arguments).result()
