from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from recsys.data.dataset import Dataset, Interactions
from recsys.errors import InputError, NotReady
from recsys.evaluation.evaluate import (
    also_bought_questions,
    for_you_questions,
    judge_also_bought,
    judge_for_you,
)
from recsys.evaluation.split import before, split_by_time
from recsys.models.base import Model, TrainingData, read_config
from recsys.models.popularity import Popularity, PopularityConfig
from recsys.models.registry import MODELS, find_model
from recsys.models.spaces import Space
from recsys.models.store import SERVED, TWIN, save_space
from recsys.types import Placement, Report, part_of, silent
from recsys.workspace import Workspace

NO_DATES = "This shop's purchases have no dates, so there is no honest test of the future."


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
    report: Report = silent,
) -> str:
    """Train a model on a dataset, test it on later purchases, and keep both.

    Two artefacts with one configuration: the evaluation twin, fitted only on the purchases before
    the cut, gives all numbers; the served model is fitted on all purchases.

    Parameters
    ----------
    kind
        A name of :data:`recsys.models.registry.MODELS`.
    dataset_id
        Default: the newest dataset.
    evaluate
        False leaves the twin and the numbers out, for the quickest way to a shelf.

    Returns
    -------
    str
        The id of the new model.

    Raises
    ------
    BadSetting
        The kind or a setting is unknown or out of range.
    InputError
        The dataset has no row to learn from.
    """
    model_class = find_model(kind)
    config = read_config(model_class, settings or {})
    dataset = newest_dataset(workspace, dataset_id)
    started = time.monotonic()
    report(0.0, "Reading the purchases")
    rows = dataset.interactions()
    _check_teaches(dataset, rows)
    data = TrainingData(rows, dataset.n_users, dataset.n_items, dataset.guests())
    twin, metrics = None, {}
    share = 0.0
    if evaluate:
        share = 0.55
        twin, metrics = _evaluate(model_class, config, data, part_of(report, 0.0, share))
    served = model_class(config).fit(data, part_of(report, share, 0.95))
    model_id = workspace.models.new_id()
    manifest: dict[str, Any] = {
        "kind": kind,
        "label": model_class.label,
        "settings": config.model_dump(),
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "dataset_fingerprint": dataset.manifest["fingerprint"],
        "placements": sorted(model_class.placements),
        "metrics": metrics,
        "not_measured_because": "" if metrics or not evaluate else NO_DATES,
        "created_at": time.time(),
        "seconds": round(time.monotonic() - started, 2),
    }
    with workspace.models.writing(model_id, manifest) as folder:
        report(0.97, "Saving the model")
        save_space(folder, SERVED, served)
        if twin is not None:
            save_space(folder, TWIN, twin)
    report(1.0, "Model ready")
    return model_id


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


def _evaluate(
    model_class: type[Model], config: Any, data: TrainingData, report: Report
) -> tuple[Space | None, dict[str, Any]]:
    """Fit the twin on the training part and measure it on the validation part.

    The test part, the newest fifth, is not looked at.
    """
    split = split_by_time(data.rows)
    if split is None:
        return None, {}
    cut_at = _cut_at(split.validation)
    guests = None if data.guests is None or cut_at is None else before(data.guests, cut_at)
    known = TrainingData(split.train, data.n_users, data.n_items, guests)

    def testing(share: float, step: str) -> None:
        report(0.7 * share, f"Test run: {step[:1].lower()}{step[1:]}")

    twin = model_class(config).fit(known, testing)
    popular = Popularity(PopularityConfig()).fit(known, silent)
    metrics: dict[str, Any] = {}
    if "for_you" in model_class.placements:
        questions, shares = for_you_questions(
            split.train, split.validation, (data.n_users, data.n_items)
        )
        found = judge_for_you(twin, popular, questions, part_of(report, 0.7, 0.85))
        metrics["for_you"] = {**found, **shares}
    if "also_bought" in model_class.placements:
        baskets = also_bought_questions(split.train, split.validation, data.n_items)
        found = judge_also_bought(twin, popular, baskets, part_of(report, 0.85, 1.0))
        metrics["also_bought"] = found
    return twin, {"measured_on": "validation", "cut_at": cut_at, **metrics}


def _cut_at(later: Interactions) -> int | None:
    return None if later.timestamp is None else int(later.timestamp[0])


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
