"""Testing a model on later purchases: the same questions for all models of a dataset."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from recsys.data.content import Content
from recsys.data.dataset import Dataset, Interactions
from recsys.errors import InputError, StorageError
from recsys.evaluation.champion import Manifest
from recsys.evaluation.evidence import (
    FEWEST_QUESTIONS,
    FOLDER,
    Measured,
    evidence_key,
    measure,
    paired,
    read_measured,
    tasks_for,
    write_measured,
)
from recsys.evaluation.lists import K
from recsys.evaluation.metrics import top_k
from recsys.evaluation.parts import Categories, Part, PartName, Twin, part_of_data
from recsys.evaluation.shopper_groups import by_group
from recsys.evaluation.split import SplitBy
from recsys.evaluation.tasks import TASKS, TaskName, task_of
from recsys.models.base import Model, TrainingData
from recsys.models.registry import MODELS
from recsys.models.spaces import Space
from recsys.types import PLACEMENTS, Placement, Report, part_of
from recsys.workspace import Workspace

# Always beside the others; user_cf, which is slow, only when asked for.
BASELINES = ("popularity", "recent_popularity", "buys_again", "random")
# What every model is compared with by name.
AGAINST = ("popularity", "recent_popularity")
_TIMED = 20


@dataclass(frozen=True)
class Exam:
    """A part of a dataset with the key of its questions."""

    dataset: Dataset
    part: Part
    key: str


@dataclass
class Evidence:
    """What a test adds to a model: parts of its manifest, and the files beside it."""

    metrics: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    intervals: dict[str, dict[str, list[float]]] = field(default_factory=dict[str, Any])
    against: dict[str, dict[str, Any]] = field(default_factory=dict[str, Any])
    evidence: dict[str, Any] = field(default_factory=dict[str, Any])
    measured: list[Measured] = field(default_factory=list[Measured])

    def manifest(self) -> dict[str, Any]:
        """Return what goes into the manifest."""
        return {
            "metrics": self.metrics,
            "intervals": self.intervals,
            "against": self.against,
            "evidence": self.evidence,
        }

    def write(self, folder: Path) -> None:
        """Write each question's numbers below a model's folder."""
        (folder / FOLDER).mkdir(exist_ok=True)
        for one in self.measured:
            write_measured(folder / FOLDER, one)


def training_data(dataset: Dataset) -> TrainingData:
    """Return all that models may learn from a dataset.

    Raises
    ------
    InputError
        It has no row to learn from.
    """
    rows = dataset.interactions()
    _check_teaches(dataset, rows)
    return TrainingData(rows, dataset.n_users, dataset.n_items, dataset.guests(), Content(dataset))


def exam_of(
    dataset: Dataset, data: TrainingData, name: PartName = "validation", *, split: SplitBy = "time"
) -> Exam | None:
    """Return the questions of a dataset, or None where its rows cannot be cut."""
    has: Mapping[str, Any] = dataset.manifest["has"]
    part = part_of_data(
        data,
        name,
        split=split,
        graded=bool(has.get("rating")),
        leaves=data.content.leaves if data.content is not None and has.get("category") else None,
        categories=_categories(dataset) if has.get("category") else None,
    )
    if part is None:
        return None
    return Exam(dataset, part, evidence_key(part, dataset.manifest["fingerprint"]))


def examine(
    workspace: Workspace,
    exam: Exam,
    model_class: type[Model],
    twin: Twin,
    report: Report,
    *,
    only: Collection[Placement] = PLACEMENTS,
) -> Evidence:
    """Ask a twin all questions of its placements and compare it with the baselines there are.

    ``only`` leaves out placements for which nobody wants the model.
    """
    found = Evidence()
    part = exam.part
    names = tasks_of_space(model_class, twin.space)
    if len(set(only)) < len(PLACEMENTS):
        wanted = set(tasks_for(frozenset(only)))
        names = sorted(wanted.intersection(names), key=names.index)
    beside = _baselines(workspace, exam)
    for number, name in enumerate(names):
        step = part_of(report, number / len(names), (number + 1) / len(names))
        one = measure(twin, part, name, step)
        found.measured.append(one)
        found.metrics[name] = one.summary()
        found.intervals[name] = one.intervals()
        against: dict[str, Any] = {}
        for kind, folder in beside.items():
            if (folder / FOLDER / f"{name}.npz").is_file():
                against[kind] = paired(one, read_measured(folder, name)).as_dict()
        found.against[name] = against
    found.evidence = {
        "measured_on": part.measured_on,
        "cut_at": part.cut_at,
        "key": exam.key,
        "asked": {one.task: len(one.user) for one in found.measured},
        "fewest": FEWEST_QUESTIONS,
        **part.unknown(),
        "groups": {one.task: by_group(part, one) for one in found.measured if _grouped(one.task)},
        "fit_seconds": twin.fit_seconds,
        "query_ms": query_ms(twin.space, part, names),
    }
    return found


def _grouped(task: TaskName) -> bool:
    return task in {"for_you", "lookalikes"}


def tasks_of_space(model_class: type[Model], space: Space) -> list[TaskName]:
    """Return what a model is asked: what it can feed; of one list for everybody, everything."""
    if space.kind == "scores":
        return list(TASKS)
    names = tasks_for(model_class.placements | model_class.measured)
    return [name for name in names if name != "lookalikes" or space.kind == "factors"]


def _baselines(workspace: Workspace, exam: Exam) -> dict[str, Path]:
    """Return the folders of the newest baselines that answered the same questions."""
    found: dict[str, Path] = {}
    for manifest in workspace.models.manifests():
        kind = manifest["kind"]
        if kind in AGAINST and kind not in found and answers(manifest, exam):
            found[kind] = workspace.models.path(manifest["id"])
    return found


def answers(manifest: Manifest, exam: Exam) -> bool:
    """Tell whether a model was tested with these questions."""
    evidence: Mapping[str, Any] = manifest.get("evidence") or {}
    return evidence.get("key") == exam.key


def missing_baselines(workspace: Workspace, exam: Exam) -> list[str]:
    """Return the kinds of baselines that were not tested with these questions yet."""
    there = {one["kind"] for one in workspace.models.manifests() if answers(one, exam)}
    return [kind for kind in BASELINES if kind in MODELS and kind not in there]


def query_ms(space: Space, part: Part, names: list[TaskName]) -> float:
    """Return the middle time of one exact answer in this process, in milliseconds."""
    if not names:
        return 0.0
    task = task_of(part, names[0])
    seconds: list[float] = []
    for user in task.user[:_TIMED]:
        started = time.perf_counter()
        query = space.shopper_query(int(user))
        if query is not None:
            top_k(space.scores([query]), K)
            seconds.append(time.perf_counter() - started)
    return round(1000 * float(np.median(seconds)), 3) if seconds else 0.0


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def add_evidence(workspace: Workspace, model_id: str, evidence: Evidence, **about: Any) -> None:
    """Add a test to a model that was trained without one; nothing that was there changes.

    The files come first and the manifest last, in one step, so a reader sees all or nothing.
    """
    folder = workspace.models.path(model_id)
    manifest = workspace.models.manifest(model_id) | evidence.manifest() | about
    del manifest["id"]
    evidence.write(folder)
    write_beside(folder, "manifest.json", manifest)


def write_beside(folder: Path, name: str, document: Mapping[str, Any]) -> None:
    """Write a JSON file into a finished model's folder, in one step.

    Raises
    ------
    StorageError
        The disk is full, or the folder is gone.
    """
    part = folder / f".{name}.{os.getpid()}.part"
    try:
        part.write_text(json.dumps(document, indent=2, default=str), encoding="utf-8")
        part.replace(folder / name)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"Writing {name} of the model {folder.name} failed: {error.strerror}.",
            hint="Free some space, then run it again.",
        ) from error


def _check_teaches(dataset: Dataset, rows: Interactions) -> None:
    if not len(rows):
        raise InputError(
            f"No row of {dataset.name} has a shopper, and models learn from shoppers.",
            hint="Check which column holds the shopper.",
        )
    if not (rows.weight > 0).any():
        raise InputError(
            f"{dataset.name} has no row that speaks for a product: all weights are 0 or less.",
            hint="Check which events the file holds.",
        )


def _categories(dataset: Dataset) -> Categories | None:
    items = dataset.items()
    if "category" not in items.column_names:
        return None
    names: dict[str, int] = {}
    codes = [
        -1 if name is None else names.setdefault(name, len(names))
        for name in items.column("category").to_pylist()
    ]
    return Categories(np.array(codes, np.int32), tuple(names))
