"""The process that does one job: ``python -m recsys.workflows.child``, started by the worker."""

from __future__ import annotations

import logging

import implicit.cpu.als  # noqa: F401  # pyright: ignore[reportUnusedImport, reportMissingTypeStubs]
import qdrant_edge  # noqa: F401  # pyright: ignore[reportUnusedImport]
import scipy.sparse  # noqa: F401  # pyright: ignore[reportUnusedImport]

from recsys.jobs.child import serve_one
from recsys.workflows.jobs import KINDS
from recsys.workspace import Workspace

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    serve_one(Workspace.from_environment(), KINDS)
