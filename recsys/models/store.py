from __future__ import annotations

import json
from pathlib import Path

from recsys.models.arrays import damaged, load_array
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import ScoreSpace, Space
from recsys.models.sparse import SparseSpace
from recsys.models.user_cf import MeanSpace
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
    StorageError
        Its files are damaged.
    """
    return load_space(workspace.models.path(model_id) / SERVED)


def load_space(folder: Path) -> Space:
    """Map a saved space into memory, read-only.

    Raises
    ------
    StorageError
        A file is missing or damaged.
    """
    path = folder / "space.json"
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error
    if about["kind"] == ScoreSpace.kind:
        return ScoreSpace(load_array(folder / "scores.npy"))
    return _SPACES[about["kind"]].load(folder, about)


_SPACES = {
    FactorSpace.kind: FactorSpace,
    SparseSpace.saved_as: SparseSpace,
    MeanSpace.saved_as: MeanSpace,
    FusedSpace.kind: FusedSpace,
}
