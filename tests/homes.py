"""Workspaces that many tests begin with: made once, then copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from recsys.workspace import Workspace


def copy_home(home: Path, copy: Path) -> Path:
    """Copy a workspace. The engine's segments are large and never written again: they are linked,
    so a test that damages one has to remove it first."""

    def copy_or_link(source: str, target: str) -> None:
        (os.link if "/segments/" in source else shutil.copy2)(source, target)

    return Path(shutil.copytree(home, copy, copy_function=copy_or_link, dirs_exist_ok=True))


def _settled(home: Path, copy: Path) -> None:
    """Copy a workspace that connections may still be open to.

    One that is closed in the middle of a copy takes the write-ahead log away.
    """
    copy.mkdir()
    for part in home.iterdir():
        if part.is_dir():
            copy_home(part, copy / part.name)
        elif not part.name.startswith("aisle.db"):
            shutil.copy2(part, copy / part.name)
    with (
        closing(sqlite3.connect(home / "aisle.db")) as source,
        closing(sqlite3.connect(copy / "aisle.db")) as target,
    ):
        source.backup(target)


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """Return a workspace that is built once a run, however many processes run the tests.

    The first process that needs it builds it while the others wait; each gets a copy of its own.
    """
    home = factory.mktemp(name) / "home"
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    first, done = shared / f"first-{name}", shared / f"first-{name}.done"
    with (shared / f"first-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(first, ignore_errors=True)  # of a build that failed
            building = shared / f"building-{name}"
            shutil.rmtree(building, ignore_errors=True)
            build(building)
            _settled(building, first)
            done.touch()
        return copy_home(first, home)


def loaded_once(workspace: Workspace, name: str, load: Callable[[], object]) -> None:
    """Load a shop: into an empty workspace really the first time only, then as a copy of that.

    The workspace has to be two folders below what all tests of the process share, as
    ``tmp_path / "home"`` is.
    """
    first = workspace.home.parents[1] / f"loaded-{name}"
    empty = not (workspace.datasets.ids() or (workspace.home / "aisle.db").exists())
    if empty and first.exists():
        copy_home(first, workspace.home)
        return
    load()
    if empty:
        workspace.database.close()
        copy_home(workspace.home, first)
