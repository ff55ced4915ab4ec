from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from recsys.errors import NotFound, StorageError
from recsys.settings import Settings
from recsys.workspace import ArtefactFolder, Workspace


@pytest.fixture
def folder(tmp_path: Path) -> ArtefactFolder:
    return ArtefactFolder(tmp_path / "things", "thing")


def pid_of_the_dead() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_an_artefact_is_there_when_the_block_ends(folder: ArtefactFolder) -> None:
    with folder.writing("a", {"count": 1}) as part:
        (part / "data").write_text("x")
        assert folder.ids() == []
    assert folder.ids() == ["a"]
    assert folder.manifest("a") == {"id": "a", "count": 1}


def test_an_error_leaves_nothing(folder: ArtefactFolder) -> None:
    def fail() -> None:
        with folder.writing("a", {}) as part:
            (part / "data").write_text("x")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert list(folder.root.iterdir()) == []


def test_an_unknown_id_names_the_newest(folder: ArtefactFolder) -> None:
    with folder.writing("a", {}):
        pass
    with pytest.raises(NotFound, match=r"There is no thing 'b'\. The newest are: a"):
        folder.path("b")


@pytest.mark.parametrize("name", ["../a", "/etc", ".hidden", "", "a/b", "A"])
def test_an_id_is_never_a_path(folder: ArtefactFolder, name: str) -> None:
    with pytest.raises(NotFound):
        folder.path(name)


def test_what_a_killed_writer_left_goes_with_the_next_write(folder: ArtefactFolder) -> None:
    dead = pid_of_the_dead()
    left = folder.root / f".old.{dead}@{socket.gethostname()}.part"
    ours = folder.root / f".mine.{os.getpid()}@{socket.gethostname()}.part"
    theirs = folder.root / f".theirs.{dead}@another.machine.part"
    for part in (left, ours, theirs):
        part.mkdir(parents=True)
    with folder.writing("a", {}):
        pass
    assert not left.exists()
    assert ours.exists(), "a writer that lives keeps its part"
    assert theirs.exists(), "a pid says nothing about another machine"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError("1211520 requested and 238560 written"),
        shutil.Error([("from", "to", "[Errno 28] No space left on device: 'from' -> 'to'")]),
    ],
    ids=["python", "numpy", "copytree"],
)
def test_a_full_disk_is_said_in_the_same_words_whoever_found_it(
    folder: ArtefactFolder, error: OSError
) -> None:
    with (
        pytest.raises(StorageError, match=r"failed: No space left on device\. Free some space"),
        folder.writing("a", {}),
    ):
        raise error


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"this machine does not let us mount: {mounted.stderr.strip()}")
    try:
        folder = ArtefactFolder(disk / "things", "thing")
        with folder.writing("kept", {"count": 1}) as part:
            (part / "data").write_bytes(b"x" * 50_000)
        with (
            pytest.raises(StorageError, match=r"Writing the thing to .* failed: No space left"),
            folder.writing("large", {}) as part,
        ):
            (part / "data").write_bytes(b"x" * 1_000_000)
        assert folder.ids() == ["kept"]
        assert (folder.path("kept") / "data").stat().st_size == 50_000
        assert [path.name for path in folder.root.iterdir()] == ["kept"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_scratch_is_swept_after_a_killed_process(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    left = tmp_path / "tmp" / f".spill.{pid_of_the_dead()}@{socket.gethostname()}.part"
    left.mkdir(parents=True)
    with workspace.scratch() as scratch:
        assert scratch.is_dir()
    assert list((tmp_path / "tmp").iterdir()) == []
