"""What only the embedded store has: a folder that several processes open, and that can be torn."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recsys.errors import StorageError
from recsys.types import silent
from recsys.vectors.base import DenseVectors, Points, SparseVectors
from recsys.vectors.edge import EdgeStore

COUNT = 300

READER = """
import sys
from pathlib import Path
import numpy as np
from recsys.vectors.edge import EdgeStore

index = EdgeStore(Path(sys.argv[1])).open("items")
print(index.count(), index.query("dot", np.ones(4, np.float32), limit=1).rows[0], flush=True)
sys.stdin.readline()
print(index.query("dot", -np.ones(4, np.float32), limit=1).rows[0])
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("edge")
    values = np.arange(4 * COUNT, dtype=np.float32).reshape(COUNT, 4)
    each = np.arange(COUNT + 1)
    points = Points(
        COUNT,
        {
            "dot": DenseVectors(values, "dot", np.ones(COUNT, np.bool_)),
            "sparse": SparseVectors(each, np.zeros(COUNT, np.int32), np.ones(COUNT, np.float32)),
        },
        payload={"stock": list(range(COUNT))},
        indexed={"stock": "integer"},
    )
    EdgeStore(root).build("items", points, silent)
    return root


def test_two_processes_read_one_index(root: Path) -> None:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == f"{COUNT} {COUNT - 1}\n"
    # Both have it open now, and so have we.
    assert EdgeStore(root).open("items").count() == COUNT
    for reader in readers:
        answer, _ = reader.communicate("go on\n", timeout=30)
        assert answer == "0\n"


def test_opening_again_and_again_leaves_the_files_whole(root: Path) -> None:
    for _ in range(3):
        assert EdgeStore(root).open("items").count() == COUNT


def test_every_missing_or_cut_file_is_noticed(root: Path, tmp_path: Path) -> None:
    """The engine itself opens most of these without a word."""
    whole = root / "items"
    files = [
        path.relative_to(whole)
        for path in whole.rglob("*")
        if path.is_file() and path.name != "edge_config.json"
    ]
    assert len(files) > 10
    shutil.copytree(root, tmp_path / "copy")
    store = EdgeStore(tmp_path / "copy")
    for file in files:
        torn = tmp_path / "copy" / "items" / file
        content = torn.read_bytes()
        torn.unlink()
        with pytest.raises(StorageError, match="damaged: 1 of its"):
            store.open("items")
        if content:
            torn.write_bytes(content[: len(content) // 2])
            with pytest.raises(StorageError, match="damaged: 1 of its"):
                store.open("items")
        torn.write_bytes(content)
    assert store.open("items").count() == COUNT


@pytest.mark.parametrize("file", ["items/edge_config.json", "items.files.json"])
def test_damaged_settings_are_noticed(root: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(root, tmp_path / "copy")
    (tmp_path / "copy" / file).write_bytes(b"{")
    with pytest.raises(StorageError, match="could not be opened"):
        EdgeStore(tmp_path / "copy").open("items")


def test_a_panic_of_the_engine_is_a_storage_error(root: Path, tmp_path: Path) -> None:
    """Files of the right size with the wrong content make the engine panic."""
    shutil.copytree(root, tmp_path / "copy")
    (mappings,) = (tmp_path / "copy").rglob("id_tracker.mappings")
    mappings.write_bytes(b"\xff" * mappings.stat().st_size)
    with pytest.raises(StorageError, match="could not be opened"):
        EdgeStore(tmp_path / "copy").open("items")


def test_a_closed_shard_is_a_storage_error(root: Path) -> None:
    index = EdgeStore(root).open("items")
    index._shard.close()
    with pytest.raises(StorageError, match="refused a query"):
        index.query("dot", np.ones(4, np.float32), limit=1)
    with pytest.raises(StorageError, match="cannot be read"):
        index.count()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    vectors = DenseVectors(np.ones((1, 1), np.float32), "dot", np.ones(1, np.bool_))
    points = Points(1, {"popular": vectors}, payload={}, indexed={})
    with pytest.raises(StorageError, match="could not be written"):
        EdgeStore(tmp_path / "file").build("items", points, silent)
