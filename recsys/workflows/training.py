from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recsys.data.dataset import Dataset
from recsys.errors import InputError, NotReady
from recsys.evaluation.parts import Twin, fit_twin
from recsys.evaluation.split import SplitBy
from recsys.models.base import Model, TrainingData, read_config
from recsys.models.factors import FactorSpace
from recsys.models.registry import MODELS, find_model
from recsys.models.spaces import Space
from recsys.models.store import SERVED, TWIN, save_space
from recsys.types import PLACEMENTS, Placement, Report, part_of, silent
from recsys.workflows.measuring import (
    Evidence,
    Exam,
    exam_of,
    examine,
    folder_bytes,
    missing_baselines,
    training_data,
)
from recsys.workspace import Workspace

NO_DATES = (
    "This shop's purchases have no dates, so there is no honest test of the future. The last"
    " purchases of each shopper, by the order of the file, can be held back instead: it tells"
    " which model is better, not how it would have done."
)
TOO_FEW_ROWS = "There are too few purchases to hold some of them back for a test."


def newest_dataset(workspace: Workspace, dataset_id: str | None = None) -> Dataset:
    """Open a dataset: the one named, or the newest.

    Raises
    ------
    NotReady
        The workspace has none yet.
    NotFound
        There is none of that id.
    """
    ids = workspace.datasets.ids()
    if dataset_id is None and not ids:
        raise NotReady("There is no data yet.", hint="Load the demo shop or your own files first.")
    return Dataset.open(workspace, dataset_id or ids[0])


def train_model(
    workspace: Workspace,
    kind: str,
    *,
    dataset_id: str | None = None,
    settings: dict[str, Any] | None = None,
    evaluate: bool = True,
    split: SplitBy = "time",
    report: Report = silent,
) -> str:
    """Train a model on a dataset, test it on later purchases, and keep both.

    Two artefacts with one configuration: the evaluation twin, fitted only on the purchases before
    the cut, gives all numbers; the served model is fitted on all purchases. A yardstick, which can
    feed no placement, is only tested. The first test of a dataset tests the baselines, too, each
    as a model of its own.

    Parameters
    ----------
    kind
        A name of :data:`recsys.models.registry.MODELS`.
    dataset_id
        Default: the newest dataset.
    evaluate
        False leaves the twin and the numbers out, for the quickest way to a shelf.
    split
        "last_out" for a shop without dates: hold back the last rows of each shopper.

    Returns
    -------
    str
        The id of the new model.

    Raises
    ------
    BadSetting
        The kind or a setting is unknown or out of range.
    InputError
        The dataset has no row to learn from, or the model learned no numbers.
    """
    model_class = find_model(kind)
    config = read_config(model_class, settings or {})
    dataset = newest_dataset(workspace, dataset_id)
    report(0.0, "Reading the purchases")
    lessons = lessons_of(dataset, evaluate=evaluate, split=split)
    share = 0.0
    if lessons.exam is not None:
        share = 0.1
        train_baselines(workspace, lessons, part_of(report, 0.0, share), but=kind)
    model_id = train_on(workspace, lessons, model_class, config, part_of(report, share, 1.0))
    report(1.0, "Model ready")
    return model_id


@dataclass(frozen=True)
class Lessons:
    """What models of a dataset learn from and are tested on.

    Attributes
    ----------
    exam
        None where nothing is tested.
    untested_because
        Why not; "" where nobody wanted it.
    """

    dataset: Dataset
    data: TrainingData
    exam: Exam | None = None
    untested_because: str = ""


def lessons_of(dataset: Dataset, *, evaluate: bool = True, split: SplitBy = "time") -> Lessons:
    """Read a dataset for training, and for a test where it is wanted and can be made.

    Raises
    ------
    InputError
        The dataset has no row to learn from.
    """
    data = training_data(dataset)
    if not evaluate:
        return Lessons(dataset, data)
    exam = exam_of(dataset, data, split=split)
    if exam is not None:
        return Lessons(dataset, data, exam)
    dated = data.rows.timestamp is not None
    why = TOO_FEW_ROWS if dated or split == "last_out" else NO_DATES
    return Lessons(dataset, data, None, why)


def train_baselines(
    workspace: Workspace, lessons: Lessons, report: Report, *, but: str = ""
) -> None:
    """Test the baselines that have not answered these questions yet, each as a model of its own.

    Without the job's id: a job that is tried again must not take a baseline for its result.
    """
    assert lessons.exam is not None
    missing = [kind for kind in missing_baselines(workspace, lessons.exam) if kind != but]
    for number, kind in enumerate(missing):
        step = part_of(report, number / len(missing), (number + 1) / len(missing))
        config = read_config(MODELS[kind], {})
        train_on(workspace.for_job(""), lessons, MODELS[kind], config, step)


def train_on(
    workspace: Workspace,
    lessons: Lessons,
    model_class: type[Model],
    config: Any,
    report: Report,
    *,
    twin: Twin | None = None,
    only: Collection[Placement] = PLACEMENTS,
) -> str:
    """Train and test one model, and keep it; return its id.

    A ``twin`` that was fitted with this configuration before is tested instead of a new one;
    ``only`` names the placements for which it is tested.
    """
    dataset, data, exam = lessons.dataset, lessons.data, lessons.exam
    started = time.monotonic()
    share = 0.0
    found = Evidence()
    if exam is not None:
        share = 0.55 if model_class.placements else 0.95
        twin, found = evaluate_twin(
            workspace,
            exam,
            model_class,
            config,
            part_of(report, 0.0, share),
            twin=twin,
            only=only,
        )
    served = None
    if model_class.placements:
        served = model_class(config).fit(data, part_of(report, share, 0.95))
        check_numbers(model_class, served)
    model_id = workspace.models.new_id()
    manifest: dict[str, Any] = {
        "kind": model_class.name,
        "label": model_class.label,
        "settings": config.model_dump(),
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "dataset_fingerprint": dataset.manifest["fingerprint"],
        "placements": sorted(model_class.placements),
        **found.manifest(),
        "not_measured_because": lessons.untested_because,
        "created_at": time.time(),
    }
    with workspace.models.writing(model_id, manifest) as folder:
        report(0.97, "Saving the model")
        _save(folder, found, served, twin)
        manifest["seconds"] = round(time.monotonic() - started, 2)
    return model_id


def _save(folder: Path, found: Evidence, served: Space | None, twin: Twin | None) -> None:
    if served is not None:
        save_space(folder, SERVED, served)
    if twin is not None:
        found.evidence["bytes"] = folder_bytes(folder / SERVED) if served is not None else 0
        found.write(folder)
        if served is not None:  # a yardstick is asked once and never again
            save_space(folder, TWIN, twin.space)


def evaluate_twin(
    workspace: Workspace,
    exam: Exam,
    model_class: type[Model],
    config: Any,
    report: Report,
    *,
    twin: Twin | None = None,
    only: Collection[Placement] = PLACEMENTS,
) -> tuple[Twin, Evidence]:
    """Fit the twin on what was known before the cut and ask it the questions of the exam."""

    def testing(share: float, step: str) -> None:
        report(0.6 * share, f"Test run: {step[:1].lower()}{step[1:]}")

    if twin is None:
        twin = fit_twin(model_class, config, exam.part.known, testing)
    check_numbers(model_class, twin.space)
    asked = part_of(report, 0.6, 1.0)
    return twin, examine(workspace, exam, model_class, twin, asked, only=only)


def check_numbers(model_class: type[Model], space: Space) -> None:
    """Refuse vectors that are no numbers: the training ran away.

    Raises
    ------
    InputError
        Some number is not finite; the advice names what to change.
    """
    if not isinstance(space, FactorSpace):
        return
    for vectors, of in ((space.items, "products"), (space.users, "shoppers")):
        broken = int((~np.isfinite(vectors).all(axis=1)).sum())
        if broken:
            raise InputError(
                f"{model_class.label} found no numbers for {broken:,} {of}: the training ran away.",
                hint="Raise regularization, or lower alpha or the learning rate.",
            )


@dataclass(frozen=True)
class Setting:
    """One setting of a kind of model, as a form shows it."""

    name: str
    default: int | float | None
    description: str


@dataclass(frozen=True)
class ModelKind:
    """A kind of model that can be trained."""

    name: str
    label: str
    summary: str
    placements: frozenset[Placement]
    settings: tuple[Setting, ...]


def model_kinds() -> list[ModelKind]:
    """Return the kinds of model there are, with their settings."""
    return [
        ModelKind(
            name=model.name,
            label=model.label,
            summary=model.summary,
            placements=model.placements,
            settings=tuple(
                Setting(name, field.default, field.description or "")
                for name, field in model.Config.model_fields.items()
            ),
        )
        for model in MODELS.values()
    ]
