"""The last test: a published champion on the part of the data that no choice has looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recsys.data.dataset import Dataset
from recsys.evaluation.champion import tasks_of
from recsys.evaluation.evidence import DECIDING, Measured, measure, paired
from recsys.evaluation.parts import WITHOUT_DATES, Twin, fit_twin
from recsys.evaluation.tasks import TaskName
from recsys.models.base import read_config
from recsys.models.registry import MODELS
from recsys.types import Placement, Report, part_of, silent
from recsys.workflows.measuring import (
    AGAINST,
    Exam,
    exam_of,
    tasks_of_space,
    training_data,
    write_beside,
)
from recsys.workspace import Workspace

FILE = "test.json"


def score_champions(
    workspace: Workspace,
    dataset: Dataset,
    strategies: Mapping[Placement, str],
    report: Report,
) -> dict[str, Any]:
    """Return how the chosen models do on the test part, by placement, beside the baselines.

    A twin of each, with the same settings, learns from all rows before the test part. A model is
    scored once, when it is first published, and the result is kept beside it; models without a
    test on validation are not scored.

    Returns
    -------
    dict
        Placement -> model_id, metric, value, low, high, asked, baselines (kind -> value), against
        (kind -> the paired difference).
    """
    manifests = {model: workspace.models.manifest(model) for model in strategies.values()}
    wanted = [model for model, manifest in manifests.items() if tasks_of(manifest)]
    missing = [model for model in wanted if _kept(workspace, model) is None]
    if missing:
        evidence = manifests[missing[0]]["evidence"]
        data = training_data(dataset)
        dated = evidence["measured_on"] != WITHOUT_DATES
        exam = exam_of(dataset, data, "test", split="time" if dated else "last_out")
        if exam is None:
            return {}
        beside = {
            kind: _ask(exam, kind, {}, part_of(report, 0.1 * number, 0.1 * (number + 1)))
            for number, kind in enumerate(kind for kind in AGAINST if kind in MODELS)
        }
        for number, model in enumerate(missing):
            step = part_of(
                report, 0.2 + 0.8 * number / len(missing), 0.2 + 0.8 * (number + 1) / len(missing)
            )
            ours = _ask(exam, manifests[model]["kind"], manifests[model]["settings"], step)
            found = {name: _line(one, beside) for name, one in ours.items()}
            document = {"key": exam.key, "cut_at": exam.part.cut_at, "tasks": found}
            write_beside(workspace.models.path(model), FILE, document)
    result: dict[str, Any] = {}
    for placement, model in strategies.items():
        kept = _kept(workspace, model) if model in wanted else None
        if kept is not None and placement in kept["tasks"]:
            result[placement] = {"model_id": model, **kept["tasks"][placement]}
    return result


def _ask(
    exam: Exam, kind: str, settings: dict[str, Any], report: Report
) -> dict[TaskName, Measured]:
    model_class = MODELS[kind]
    fitting = part_of(report, 0.0, 0.6)

    def last(share: float, step: str) -> None:
        fitting(share, f"Last test: {step[:1].lower()}{step[1:]}")

    twin: Twin = fit_twin(model_class, read_config(model_class, settings), exam.part.known, last)
    names = tasks_of_space(model_class, twin.space)
    return {name: measure(twin, exam.part, name, silent) for name in names}


def _line(one: Measured, beside: Mapping[str, Mapping[TaskName, Measured]]) -> dict[str, Any]:
    metric = DECIDING[one.task]
    rivals = {kind: found[one.task] for kind, found in beside.items() if one.task in found}
    low, high = one.intervals()[metric]
    return {
        "metric": metric,
        "value": one.summary()[metric],
        "low": low,
        "high": high,
        "asked": len(one.user),
        "metrics": one.summary(),
        "baselines": {kind: other.summary()[metric] for kind, other in rivals.items()},
        "against": {kind: paired(one, other).as_dict() for kind, other in rivals.items()},
    }


def _kept(workspace: Workspace, model_id: str) -> dict[str, Any] | None:
    path: Path = workspace.models.path(model_id) / FILE
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
