from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import built_once
from rule_shops import build_priced_shop
from workflow_shops import QUICK, load_shop, open_workspace

from recsys.releases.live import LiveShop
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with nothing in it."""
    workspace = open_workspace(tmp_path / "home")
    yield workspace
    workspace.database.close()


@pytest.fixture(scope="session")
def live_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live shop that tests only read, or copy."""
    return built_once(tmp_path_factory, "workflows", _build_live)


def _build_live(home: Path) -> None:
    workspace = open_workspace(home)
    load_shop(workspace)
    train_model(workspace, "als", settings=QUICK, evaluate=False)
    publish_release(workspace, actor="tests")
    workspace.database.close()


@pytest.fixture(scope="session")
def reading(live_home: Path) -> Iterator[LiveShop]:
    workspace = open_workspace(live_home)
    yield LiveShop(workspace)
    workspace.database.close()


@pytest.fixture(scope="session")
def priced_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live shop on which price tags are worked out by hand. Copy it before changing it."""
    return built_once(tmp_path_factory, "priced", build_priced_shop)
