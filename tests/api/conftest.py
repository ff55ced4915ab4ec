from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount

from recsys.api.app import create_api
from recsys.data.ingest import Source
from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workflows.loading import load_files
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

N_ITEMS = 40
SLASHED = "food/tea/9"


def item_id(number: int) -> str:
    return SLASHED if number == 9 else f"i{number:03}"


def write_shop(folder: Path) -> tuple[Source, Source]:
    """A shop of two tastes: shoppers of even number buy the lower half of the catalogue."""
    rng = random.Random(7)
    rows = [
        (f"u/{user}", item_id(rng.randrange(20) + 20 * (user % 2)), 1_700_000_000 + 3600 * visit)
        for user in range(60)
        for visit in range(12)
    ]
    purchases, catalogue = folder / "purchases.csv", folder / "items.csv"
    with purchases.open("w", newline="") as file:
        csv.writer(file).writerows([("user_id", "item_id", "timestamp"), *rows])
    with catalogue.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("item_id", "name", "category", "price", "stock"))
        for number in range(N_ITEMS):
            price = "" if number == 3 else 1 + number
            group = "Tea" if number < 20 else "Coffee"
            writer.writerow((item_id(number), f"Product {number}", group, price, 5 + number))
    same = {"user_id": "user_id", "item_id": "item_id", "timestamp": "timestamp"}
    fields = {role: role for role in ("item_id", "name", "category", "price", "stock")}
    return Source(purchases, same), Source(catalogue, fields)


def client_of(workspace: Workspace, shop: LiveShop, **client: str) -> TestClient:
    """The API as the server mounts it."""
    server = Starlette(routes=[Mount("/api", create_api(workspace, shop))])
    return TestClient(server, base_url="http://localhost:8501/api", **client)


@pytest.fixture(scope="session")
def live_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("api")
    workspace = Workspace(Settings(home=folder / "home", upload_max_bytes=1_000_000))
    purchases, catalogue = write_shop(folder)
    load_files(workspace, interactions=purchases, items=catalogue, name="Two tastes")
    train_model(workspace, "als", settings={"factors": 8, "iterations": 3}, evaluate=False)
    train_model(workspace, "copurchase", evaluate=False)
    publish_release(workspace, actor="test")
    yield workspace
    workspace.database.close()


@pytest.fixture(scope="session")
def live_shop(live_workspace: Workspace) -> LiveShop:
    return LiveShop(live_workspace, refresh_seconds=0.0)


@pytest.fixture(scope="session")
def client(live_workspace: Workspace, live_shop: LiveShop) -> Iterator[TestClient]:
    with client_of(live_workspace, live_shop) as client:
        yield client


@pytest.fixture
def new_workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(home=tmp_path))
    yield workspace
    workspace.database.close()
