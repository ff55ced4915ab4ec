from __future__ import annotations

from pathlib import Path

from recsys.models.spaces import Space, load_space
from recsys.workspace import Workspace

SERVED = "served"
TWIN = "twin"


def save_space(folder: Path, name: str, space: Space) -> None:
    """Write a model's space below its folder: the served one or the evaluation twin."""
    (folder / name).mkdir()
    space.save(folder / name)


def open_served(workspace: Workspace, model_id: str) -> Space:
    """Open the space that was fitted on all rows.

    Raises
    ------
    NotFound
        There is no model of that id.
    """
    return load_space(workspace.models.path(model_id) / SERVED)
