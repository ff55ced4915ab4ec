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
from recsys.workspace.artefacts import part_path, sweep_parts


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
    left = folder.root / f".old.{dead}-123@{socket.gethostname()}.part"
    ours = part_path(folder.root, "mine")
    theirs = folder.root / f".theirs.{dead}-123@another.machine.part"
    for part in (left, ours, theirs):
        part.mkdir(parents=True)
    with folder.writing("a", {}):
        pass
    assert not left.exists()
    assert ours.exists(), "a writer that lives keeps its part"
    assert theirs.exists(), "a pid says nothing about another machine"


def test_a_clock_that_jumps_takes_no_part_of_a_writer_at_work(folder: ArtefactFolder) -> None:
    host = socket.gethostname()
    ours = part_path(folder.root, "mine")
    reused = folder.root / f".reused.{os.getpid()}-1@{host}.part"
    theirs = folder.root / ".theirs.123-123@another.machine.part"
    for part in (ours, reused, theirs):
        part.mkdir(parents=True)
        os.utime(part, (0, 0))
    sweep_parts(folder.root)
    assert [path.name for path in folder.root.iterdir()] == [ours.name]


@pytest.mark.parametrize("text", ['{"count": ', "[]", "\xff"], ids=["cut", "list", "bytes"])
def test_a_damaged_manifest_is_named_and_hides_no_other(
    folder: ArtefactFolder, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("whole", "torn"):
        with folder.writing(name, {}):
            pass
    (folder.root / "torn" / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(StorageError, match=r"torn/manifest\.json of a thing is damaged"):
        folder.manifest("torn")
    assert [found["id"] for found in folder.manifests()] == ["whole"]
    assert "Left out a thing" in caplog.text


def test_a_backup_beside_the_artefacts_is_none(folder: ArtefactFolder) -> None:
    with folder.writing("a", {}):
        pass
    shutil.copytree(folder.root / "a", folder.root / "a.bak")
    shutil.copytree(folder.root / "a", folder.root / "Copy of a")
    assert folder.ids() == ["a"]
    assert [found["id"] for found in folder.manifests()] == ["a"]


def test_a_job_finds_what_its_first_try_wrote_and_nothing_else(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    for name, place in (("a", workspace), ("b", workspace.for_job("7-1.0"))):
        with place.models.writing(name, {}):
            pass
    assert workspace.models.of_job() == []
    assert [found["id"] for found in workspace.for_job("7-1.0").models.of_job()] == ["b"]
    assert workspace.for_job("7-2.0").models.of_job() == []
    workspace.database.close()


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
@pytest.mark.parametrize("size", [20_000_000, 5_000_000], ids=["too large", "nearly too large"])
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path, size: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)],
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
            (part / "data").write_bytes(b"x" * size)
        assert folder.ids() == ["kept"]
        assert (folder.path("kept") / "data").stat().st_size == 50_000
        assert [path.name for path in folder.root.iterdir()] == ["kept"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_scratch_is_swept_after_a_killed_process(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    left = tmp_path / "tmp" / f".spill.{pid_of_the_dead()}-123@{socket.gethostname()}.part"
    left.mkdir(parents=True)
    with workspace.scratch() as scratch:
        assert scratch.is_dir()
    assert list((tmp_path / "tmp").iterdir()) == []
