"""The demo shop that all benchmarks of a run share."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.processes import measure
from recsys.data.demo import DemoFiles, write_demo
from recsys.settings import Settings
from recsys.workspace import Workspace


class Demo:
    """A folder with the demo shop as files, and live in a workspace; each made at its first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def files(self) -> DemoFiles:
        """The demo shop as Parquet files."""
        folder = self.new_folder("files")
        return write_demo(folder)

    @cached_property
    def seconds(self) -> dict[str, Any]:
        """The seconds each step took that made :attr:`home`."""
        home = self.new_folder("home")
        return measure("benchmarks.first_shelf", home=home, timeout=600)

    @property
    def home(self) -> Path:
        """A workspace where the demo shop is live with all four placements."""
        self.seconds  # noqa: B018 - to measure it is to build it
        return self.folder / "home"

    def workspace(self) -> Workspace:
        """Open the live workspace in this process."""
        return Workspace(Settings(home=self.home))

    def new_folder(self, name: str) -> Path:
        """Make an empty folder that ends with the run."""
        folder = self.folder / name
        folder.mkdir()
        return folder
