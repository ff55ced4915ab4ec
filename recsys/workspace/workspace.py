from __future__ import annotations

import copy
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from recsys.errors import StorageError
from recsys.settings import Settings
from recsys.workspace.artefacts import ArtefactFolder, part_path, sweep_parts
from recsys.workspace.database import Database


class Workspace:
    """Where everything of one shop lives: artefact folders and the metadata database.

    Attributes
    ----------
    intakes, datasets, models, releases, reports
        The immutable artefacts; an intake is a shop's files as they came, a report what was found
        out about a release.
    maps, proofs
        Pictures of models' spaces, and how well lookalikes of some seeds are found.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = settings.home
        self.intakes = ArtefactFolder(self.home / "intakes", "intake")
        self.datasets = ArtefactFolder(self.home / "datasets", "dataset")
        self.models = ArtefactFolder(self.home / "models", "model")
        self.releases = ArtefactFolder(self.home / "releases", "release")
        self.reports = ArtefactFolder(self.home / "reports", "report")
        self.maps = ArtefactFolder(self.home / "maps", "map")
        self.proofs = ArtefactFolder(self.home / "proofs", "proof")
        try:
            for folder in self._folders().values():
                folder.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The workspace {self.home} cannot be made: {error.strerror}.",
                hint="Choose a folder you can write to with AISLE_HOME.",
            ) from error

    def _folders(self) -> dict[str, ArtefactFolder]:
        held = ("intakes", "datasets", "models", "releases", "reports", "maps", "proofs")
        return {name: getattr(self, name) for name in held}

    @classmethod
    def from_environment(cls) -> Workspace:
        """Open the workspace that the environment names."""
        return cls(Settings.from_environment())

    @cached_property
    def database(self) -> Database:
        """The metadata database, connected at its first use."""
        return Database(self.settings.database_url or f"sqlite:///{self.home / 'aisle.db'}")

    def for_job(self, job_id: str) -> Workspace:
        """Return this workspace for one job: artefacts carry its id, and it finds them again.

        A job that is tried twice asks with :meth:`ArtefactFolder.of_job` what the first try did.
        """
        self.database  # noqa: B018  # connect first, so that both share it
        ours = copy.copy(self)
        for name, folder in self._folders().items():
            setattr(ours, name, ArtefactFolder(folder.root, folder.word, job_id=job_id))
        return ours

    @property
    def uploads(self) -> Path:
        """The folder of finished uploads: ``uploads/<upload id>/<file>``."""
        return self.home / "uploads"

    def sweep(self) -> None:
        """Remove what killed processes left half written, so that it does not fill the disk."""
        for folder in self._folders().values():
            sweep_parts(folder.root)
        sweep_parts(self.home / "tmp")

    @contextmanager
    def scratch(self) -> Generator[Path]:
        """Give a temporary folder inside the workspace, removed at the end of the block.

        What a killed process left there goes when the next one asks.
        """
        parent = self.home / "tmp"
        sweep_parts(parent)
        folder = part_path(parent, secrets.token_hex(6))
        try:
            folder.mkdir(parents=True)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
