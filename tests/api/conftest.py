from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_shop import client_of, write_shop
from fastapi.testclient import TestClient
from homes import built_once

from recsys.data.ingest import ingest
from recsys.settings import Settings
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


@pytest.fixture(scope="session")
def live_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = Workspace(Settings(home=built_once(tmp_path_factory, "api", _build_live)))
    yield workspace
    workspace.database.close()


def _build_live(home: Path) -> None:
    workspace = Workspace(Settings(home=home))
    purchases, catalogue = write_shop(home)
    ingest(workspace, interactions=purchases, items=catalogue, name="Two tastes")
    settings = {"factors": 8, "iterations": 5, "regularization": 0.1}
    als = train_model(workspace, "als", settings=settings, evaluate=False)
    together = train_model(workspace, "copurchase", evaluate=False)
    strategies = {"for_you": als, "similar": als, "also_bought": together, "lookalikes": als}
    publish_release(workspace, strategies=strategies, actor="test")
    workspace.database.close()


@pytest.fixture(scope="session")
def client(live_workspace: Workspace) -> Iterator[TestClient]:
    with client_of(live_workspace) as client:
        yield client


@pytest.fixture
def new_workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(home=tmp_path, upload_max_bytes=3_000_000))
    yield workspace
    workspace.database.close()


@pytest.fixture
def new_client(new_workspace: Workspace) -> Iterator[TestClient]:
    with client_of(new_workspace) as client:
        yield client
