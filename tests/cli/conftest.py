from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_shop import Shop, aisle, write_files


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("cli")
    purchases, catalogue = write_files(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_HOME", str(folder / "home"))
        roles = ("user_id=Client", "interactions.item_id=Thing", "timestamp=When")
        mapped = [part for role in roles for part in ("--map", role)]
        files = ("--interactions", purchases, "--items", catalogue)
        ingest = aisle("ingest", *files, *mapped, "--currency", "EUR", "--json")
        chosen = [
            part
            for one in ("factors=8", "iterations=4", "regularization=0.1")
            for part in ("--set", one)
        ]
        train = aisle("train", *chosen, "--json")
        publish = aisle("publish", "--for-you", train.document["model_id"], "--json")
    return Shop(folder / "home", ingest, train, publish)


@pytest.fixture
def shop(built: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("AISLE_HOME", str(built.home))
    return built


@pytest.fixture
def new_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("AISLE_DEBUG", raising=False)
    return tmp_path / "home"
