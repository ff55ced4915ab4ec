from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from recsys.errors import InputError
from recsys.evaluation.champion import tasks_of
from recsys.evaluation.split import SplitBy
from recsys.models.base import read_config
from recsys.models.registry import find_model
from recsys.models.store import SERVED
from recsys.types import Report, part_of, silent
from recsys.workflows.measuring import Exam, add_evidence, folder_bytes
from recsys.workflows.training import (
    evaluate_twin,
    lessons_of,
    newest_dataset,
    train_baselines,
    train_on,
)
from recsys.workspace import Workspace


def evaluate_models(
    workspace: Workspace,
    model_ids: Iterable[str] = (),
    *,
    yardsticks: Iterable[str] = (),
    dataset_id: str | None = None,
    split: SplitBy = "time",
    report: Report = silent,
) -> list[str]:
    """Test models that were trained without a test, and yardsticks beside them.

    Parameters
    ----------
    model_ids
        Default: all models of the dataset without one.
    yardsticks
        Kinds that are only tested, such as "user_cf", which is slow.

    Returns
    -------
    list[str]
        The ids of the models that now have numbers.

    Raises
    ------
    InputError
        The dataset has no rows to hold back; the message says why.
    """
    chosen = [workspace.models.manifest(model_id) for model_id in model_ids]
    dataset = newest_dataset(workspace, dataset_id or (chosen[0]["dataset_id"] if chosen else None))
    if not chosen:
        every = workspace.models.manifests()
        chosen = [m for m in every if m["dataset_id"] == dataset.id and not tasks_of(m)]
    other = next((m for m in chosen if m["dataset_id"] != dataset.id), None)
    if other is not None:
        raise InputError(
            f"{other['label']} ({other['id']}) was trained on other data than the others.",
            hint="Test the models of one dataset at a time.",
        )
    kinds = [find_model(kind) for kind in yardsticks]
    lessons = lessons_of(dataset, split=split)
    if lessons.exam is None:
        raise InputError(lessons.untested_because)
    train_baselines(workspace, lessons, part_of(report, 0.0, 0.1))
    found: list[str] = []
    works = len(chosen) + len(kinds)
    for number, work in enumerate((*chosen, *kinds)):
        step = part_of(report, 0.1 + 0.9 * number / works, 0.1 + 0.9 * (number + 1) / works)
        if isinstance(work, dict):
            found.append(_add_test(workspace, lessons.exam, work, step))
        else:
            found.append(train_on(workspace, lessons, work, read_config(work, {}), step))
    report(1.0, "Tested")
    return found


def _add_test(workspace: Workspace, exam: Exam, manifest: dict[str, Any], report: Report) -> str:
    model_class = find_model(manifest["kind"])
    config = read_config(model_class, manifest["settings"])
    _, found = evaluate_twin(workspace, exam, model_class, config, report)
    folder = workspace.models.path(manifest["id"])
    found.evidence["bytes"] = folder_bytes(folder / SERVED)
    add_evidence(workspace, manifest["id"], found, not_measured_because="")
    return manifest["id"]
