from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from cli_shop import Done, Shop, aisle, write_files
from homes import built_once


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    home = built_once(tmp_path_factory, "cli", _build)
    answers = json.loads((home / "answers.json").read_text(encoding="utf-8"))
    return Shop(home, *(Done(**answer) for answer in answers))


def _build(home: Path) -> None:
    home.mkdir()
    purchases, catalogue = write_files(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_HOME", str(home))
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
    answers = [asdict(answer) for answer in (ingest, train, publish)]
    (home / "answers.json").write_text(json.dumps(answers), encoding="utf-8")


@pytest.fixture
def shop(built: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("AISLE_HOME", str(built.home))
    return built


@pytest.fixture
def new_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("AISLE_DEBUG", raising=False)
    return tmp_path / "home"
