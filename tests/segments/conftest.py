from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import built_once
from segment_shop import build_tastes, open_workspace

from recsys.releases.live import LiveShop, LiveView


@pytest.fixture(scope="session")
def tastes_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The live shop of two tastes, only to be read."""
    return built_once(tmp_path_factory, "segments", build_tastes)


@pytest.fixture(scope="session")
def view(tastes_home: Path) -> Iterator[LiveView]:
    workspace = open_workspace(tastes_home)
    yield LiveShop(workspace).current()
    workspace.database.close()
