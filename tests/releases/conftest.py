from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import built_once, copy_home
from release_shop import BuiltShop, load_shop, strategies, train

from recsys.releases.build import build_release
from recsys.settings import Settings
from recsys.types import silent
from recsys.workspace import Workspace


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> BuiltShop:
    """Built once; use ``shop``, a copy, instead."""
    home = built_once(tmp_path_factory, "releases", _build)
    als, pairs, one, two = json.loads((home / "ids.json").read_text(encoding="utf-8"))
    return BuiltShop(Workspace(Settings(home=home)), als, pairs, (one, two))


def _build(home: Path) -> None:
    workspace = Workspace(Settings(home=home))
    load_shop(workspace)
    als, pairs = train(workspace, "als"), train(workspace, "copurchase")
    releases = [build_release(workspace, strategies(als, pairs), silent) for _ in range(2)]
    workspace.database.close()
    (home / "ids.json").write_text(json.dumps([als, pairs, *releases]), encoding="utf-8")


@pytest.fixture
def shop(built_shop: BuiltShop, tmp_path: Path) -> Iterator[BuiltShop]:
    home = copy_home(built_shop.workspace.home, tmp_path / "home")
    workspace = Workspace(Settings(home=home))
    yield BuiltShop(workspace, built_shop.als, built_shop.pairs, built_shop.releases)
    workspace.database.close()
