"""Models as the leaderboard knows them: a manifest with its numbers, and the numbers a question."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.evaluation.evidence import DECIDING, FOLDER, Measured, write_measured
from recsys.workspace import Workspace

ABLE = {
    "als": ["for_you", "lookalikes", "similar"],
    "copurchase": ["also_bought", "for_you", "similar"],
    "popularity": ["also_bought", "for_you"],
}


def add_model(
    workspace: Workspace,
    name: str,
    kind: str,
    *,
    asked: int = 100,
    noise: int = 0,
    about: dict[str, Any] | None = None,
    **metrics: float,
) -> str:
    """Write a model whose every question has the value of its placement, give or take ``noise``.

    ``about`` changes the manifest; without a metric the model is not measured.
    """
    manifest: dict[str, Any] = {
        "kind": kind,
        "label": kind,
        "settings": {"seed": name},
        "dataset_id": "shop",
        "dataset_name": "Shop",
        "placements": ABLE[kind],
        "created_at": 0.0,
        "metrics": {},
    }
    if metrics:
        manifest["metrics"] = {p: {DECIDING[p]: value} for p, value in metrics.items()}  # type: ignore[index]
        manifest["intervals"] = {p: {DECIDING[p]: [0, 1]} for p in metrics}  # type: ignore[index]
        manifest["against"] = {}
        manifest["evidence"] = {
            "key": "same",
            "asked": dict.fromkeys(metrics, asked),
            "bytes": 10,
            "fit_seconds": 1.0,
            "query_ms": 0.1,
            "groups": {},
        }
    for key, value in (about or {}).items():
        manifest[key] = {**manifest[key], **value} if isinstance(value, dict) else value
    with workspace.models.writing(name, manifest) as folder:
        (folder / FOLDER).mkdir()
        for place, value in metrics.items():
            wobble = np.random.default_rng(noise).normal(0, 1, asked) * bool(noise)
            values = {DECIDING[place]: (value + wobble).astype(np.float32)}  # type: ignore[index]
            lists = np.zeros((asked, 20), np.int32)
            measured = Measured(place, np.arange(asked, dtype=np.int32), lists, values)  # type: ignore[arg-type]
            write_measured(folder / FOLDER, measured)
    return name
