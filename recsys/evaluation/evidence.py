"""What a test finds out about a twin, and the files that keep it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation import metrics
from recsys.evaluation.intervals import Interval, bootstrap, bootstrap_all
from recsys.evaluation.lists import K, lists
from recsys.evaluation.parts import Part, Twin
from recsys.evaluation.shown import shown_metrics
from recsys.evaluation.tasks import TASKS, VERSION, Task, TaskName, task_of
from recsys.models.arrays import Rows, damaged
from recsys.types import Placement, Report, silent

FOLDER = "evidence"
# The number that decides for each task.
DECIDING: dict[TaskName, str] = {
    "for_you": "ndcg@10",
    "for_you_again": "ndcg@10",
    "also_bought": "hit_rate@10",
    "similar": "ndcg@10",
    "lookalikes": "ndcg@10",
}
# A test with fewer shoppers or baskets decides nothing.
FEWEST_QUESTIONS = 30


@dataclass(frozen=True)
class Measured:
    """What one model was found to do in one task.

    Attributes
    ----------
    user
        Shopper of each question (int32).
    lists
        Shape (n, 20), int32: item rows, best first, -1 for empty places.
    values
        Metric -> one number a question (float32); NaN where a list has nothing to measure.
    whole
        Metrics of all lists together, such as coverage.
    """

    task: TaskName
    user: Rows
    lists: Rows
    values: dict[str, NDArray[np.float32]]
    whole: dict[str, float] = field(default_factory=dict[str, float])

    def summary(self) -> dict[str, float]:
        """Return the mean of each metric, and those of all lists together, rounded."""
        means = {
            name: float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
            for name, values in self.values.items()
        }
        return {name: round(value, 5) for name, value in {**means, **self.whole}.items()}

    def intervals(self) -> dict[str, list[float]]:
        """Return 95 % intervals of the deciding metric and of recall@20."""
        names = dict.fromkeys((DECIDING[self.task], "recall@20"))
        found = bootstrap_all({name: self.values[name] for name in names}, groups=self.user)
        return {name: [round(one.low, 5), round(one.high, 5)] for name, one in found.items()}


def tasks_for(placements: Sequence[Placement] | frozenset[Placement]) -> list[TaskName]:
    """Return the tasks of a model's placements."""
    wanted: set[TaskName] = {name for name in TASKS if name in placements}
    if "for_you" in wanted:
        wanted.add("for_you_again")
    return [name for name in TASKS if name in wanted]


def evidence_key(part: Part, fingerprint: str) -> str:
    """Return the key that two models must share to be compared.

    It changes with the data, the cut, and anything that is asked.
    """
    digests = [task_of(part, name).digest() for name in TASKS]
    text = " ".join((fingerprint, part.name, part.measured_on, str(VERSION), *digests))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def measure(twin: Twin, part: Part, name: TaskName, report: Report = silent) -> Measured:
    """Ask a twin all questions of a task and judge the lists.

    Raises
    ------
    ValueError
        The space has learned from rows that it would be tested on.
    """
    return judge(twin, task_of(part, name), part, report)


def judge(twin: Twin, task: Task, part: Part, report: Report = silent) -> Measured:
    """Do the same for some questions of a task, see :meth:`Task.take`."""
    twin.check(task.cut_at)
    found = lists(twin.space, task, K, report)
    values = accuracy(task, found, graded=part.graded)
    per_list, whole = shown_metrics(task, found, part)
    values |= per_list
    return Measured(
        task=task.name,
        user=task.user,
        lists=found,
        values={name: np.asarray(value, np.float32) for name, value in values.items()},
        whole=whole,
    )


def accuracy(task: Task, found: Rows, *, graded: bool = False) -> dict[str, NDArray[np.float64]]:
    """Return how well lists hit what was wanted, one number a question and metric."""
    gains = task.gains(found)
    hits = gains > 0
    relevant = task.relevant()
    ndcg = metrics.ndcg(hits, relevant, 10)
    if graded:
        ndcg = metrics.graded_ndcg(gains[:, :10], task.best_gains(10))
    return {
        "ndcg@10": ndcg,
        "recall@20": metrics.recall(hits, relevant, 20),
        "precision@10": metrics.precision(hits, 10),
        "map@10": metrics.average_precision(hits, relevant, 10),
        "hit_rate@10": metrics.hit_rate(hits, 10),
        "mrr@10": metrics.reciprocal_rank(hits, 10),
    }


def paired(ours: Measured, other: Measured) -> Interval:
    """Return by how much one model is better in the deciding metric, question by question.

    Both must have answered the same questions.
    """
    metric = DECIDING[ours.task]
    mine = ours.values[metric].astype(np.float64)
    return bootstrap(mine - other.values[metric], groups=ours.user)


def write_measured(folder: Path, measured: Measured) -> None:
    """Keep it as ``<task>.npz`` in a folder of that name."""
    arrays: dict[str, Any] = {"user": measured.user, "lists": measured.lists, **measured.values}
    np.savez_compressed(folder / f"{measured.task}.npz", allow_pickle=False, **arrays)


def read_measured(model_folder: Path, task: TaskName) -> Measured:
    """Read what :func:`write_measured` kept below a model's folder.

    Raises
    ------
    StorageError
        It is missing or damaged.
    """
    path = model_folder / FOLDER / f"{task}.npz"
    try:
        # Opened here: numpy leaves a file open that turns out to be no archive.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        user, found = arrays.pop("user"), arrays.pop("lists")
    except (OSError, ValueError, EOFError, KeyError, BadZipFile) as error:
        raise damaged(path, error) from error
    return Measured(task=task, user=user, lists=found, values=arrays)
