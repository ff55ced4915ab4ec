"""Every file of the corpus, loaded: what is refused changes nothing, what is read keeps its ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import CORPUS, Read, Refused, content_of

from recsys.data.ingest import Source, add_files, ingest
from recsys.errors import BadFile
from recsys.settings import Settings
from recsys.workspace import Workspace

# one has a single column, so no mapping fits it
REFUSED = {
    name: case
    for name, case in CORPUS.items()
    if isinstance(case, Refused) and name != "twice.jsonl"
}
READ = {
    name: case
    for name, case in CORPUS.items()
    if isinstance(case, Read)
    and {"user_id", "item_id"} <= set(case.columns)
    # and what is read can be used
    and all(row[case.columns.index("item_id")] for row in case.rows)
}
IDS = {"user_id": "user_id", "item_id": "item_id"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, str]]:
    """A workspace with one good dataset."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "good.csv").write_text("user_id,item_id\nu1,i1\nu2,i1\n")
    workspace = Workspace(Settings(home=folder / "home"))
    yield workspace, ingest(workspace, interactions=Source(folder / "good.csv", IDS), name="Good")
    workspace.database.close()


def state(workspace: Workspace) -> dict[str, str]:
    """Every file of the workspace and what is in it."""
    return {
        str(path.relative_to(workspace.home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in workspace.home.rglob("*")
        if path.is_file() and not path.name.startswith("aisle.db")
    }


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_changes_nothing(
    name: str, tmp_path: Path, shop: tuple[Workspace, str]
) -> None:
    workspace, dataset_id = shop
    case = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content_of(case))
    before = state(workspace)
    with pytest.raises(BadFile) as caught:
        add_files(workspace, dataset_id, [("interactions", Source(path, IDS))])
    assert caught.value.message == case.sentence.replace("{name}", name)
    assert caught.value.hint
    assert state(workspace) == before
    assert list((workspace.home / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", READ)
def test_a_file_that_is_read_keeps_its_ids(name: str, tmp_path: Path) -> None:
    case = READ[name]
    path = tmp_path / name
    path.write_bytes(content_of(case))
    workspace = Workspace(Settings(home=tmp_path / "home"))
    dataset_id = ingest(workspace, interactions=Source(path, IDS), name="Corpus")
    manifest = workspace.datasets.manifest(dataset_id)
    assert manifest["recipe"]["files"][0]["understood"] == case.understood
    assert manifest["recipe"]["files"][0]["first_row"] == case.first_row
    assert manifest["counts"]["read"] >= len(case.rows) > 0
