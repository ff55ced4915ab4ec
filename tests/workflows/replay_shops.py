"""Models as an evaluation leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from recsys.types import Placement
from recsys.workspace import Workspace


def add_tested(
    workspace: Workspace,
    name: str,
    dataset_id: str,
    lists: Sequence[Sequence[int]],
    values: Sequence[float],
    *,
    placement: Placement = "for_you",
    users: Sequence[int] = (0, 1, 2, 2),
    key: str = "k",
    metric: str = "ndcg@10",
) -> None:
    """Write a model as an evaluation leaves it: a manifest and the lists it kept."""
    manifest: dict[str, Any] = {
        "kind": "als",
        "label": name.upper(),
        "dataset_id": dataset_id,
        "metrics": {placement: {metric: float(np.mean(values))}},
        "evidence": {"key": key, "measured_on": "validation", "asked": {placement: len(lists)}},
    }
    with workspace.models.writing(name, manifest) as folder:
        (folder / "evidence").mkdir()
        np.savez(
            folder / "evidence" / f"{placement}.npz",
            user=np.array(users, np.int32),
            lists=np.array(lists, np.int32),
            **{metric: np.array(values, np.float32)},
        )
