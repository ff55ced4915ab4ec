"""What a fix of the data costs: a quick model before and after it, asked the same questions."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.data.files.readers import connect
from recsys.data.ingest import recipe_of
from recsys.data.recipe import Recipe
from recsys.data.version import build
from recsys.errors import InputError
from recsys.evaluation.evidence import FEWEST_QUESTIONS
from recsys.evaluation.intervals import Interval, bootstrap
from recsys.evaluation.metrics import hit_rate, ndcg
from recsys.evaluation.price import (
    Common,
    Question,
    Sides,
    Window,
    also_bought_questions,
    for_you_questions,
    hits,
)
from recsys.evaluation.replay import title
from recsys.jobs.queue import Job
from recsys.models.base import TrainingData, read_config
from recsys.models.registry import find_model
from recsys.types import Placement, Report, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.fixes import recipe_with, recipe_without
from recsys.workspace import Workspace

KIND = "price_tag"


@dataclass(frozen=True)
class _Task:
    """What is measured for one placement, and the quick model for it."""

    placement: Placement
    kind: str
    settings: dict[str, Any]
    metric: str
    cart: bool


_TASKS = (
    _Task("for_you", "als", {"factors": 32, "iterations": 8}, "ndcg@10", cart=False),
    _Task("also_bought", "copurchase", {}, "hit_rate@10", cart=True),
)


def price_of_fix(
    workspace: Workspace, dataset_id: str, codes: Sequence[str], report: Report = silent
) -> dict[str, Any]:
    """Return what fixes do to quality: those that are applied are undone, the others applied.

    A trial version is made and thrown away. A quick model learns from the rows before the cut, once
    of the version at hand and once of the trial; both are asked about the same shoppers, baskets
    and later purchases, which both versions have, with the same products to choose from. Intervals
    are over shoppers; that a model begins at random shows in the fourth digit.

    Returns
    -------
    dict
        ``applied`` (False: undone), ``rows``, ``shoppers`` and ``items`` before and after,
        ``placements`` with the values, the paired difference and words, and ``words`` in all.

    Raises
    ------
    InputError
        There is no such fix, some are applied and some are not, or the purchases have no dates.
    """
    recipe, applied = _trial(workspace, dataset_id, codes)
    first = Dataset.open(workspace, dataset_id)
    window = Window.of(first.interactions())
    if window is None:
        raise InputError(
            f"The price of a fix cannot be told for {first.name}: its purchases have no dates to"
            " test on later ones.",
            hint="Map the column with the dates.",
        )
    with _built(workspace, first, recipe, part_of(report, 0.0, 0.4)) as second:
        found = _measured((first, second), window, part_of(report, 0.4, 1.0))
        counts = {
            word: {
                "before": first.manifest["counts"][name],
                "after": second.manifest["counts"][name],
            }
            for word, name in (
                ("rows", "interactions"),
                ("shoppers", "shoppers"),
                ("items", "items"),
            )
        }
    return {
        "dataset_id": dataset_id,
        "codes": sorted(codes),
        "applied": applied,
        **counts,
        "cut_at": window.cut_at,
        "placements": found,
        "words": [
            _sum(found, counts["rows"], applied),
            *(part["words"] for part in found.values()),
        ],
    }


def _trial(workspace: Workspace, dataset_id: str, codes: Sequence[str]) -> tuple[Recipe, bool]:
    """Return the recipe of the trial, and whether the fixes are applied in it."""
    have = recipe_of(workspace, dataset_id).fixes
    undone = [code for code in codes if code in have]
    if not undone:
        return recipe_with(workspace, dataset_id, codes), True
    if len(undone) < len(codes):
        raise InputError(
            f"The fix {undone[0]!r} is applied in this version, and others of these are not.",
            hint="Ask for the price of one fix at a time.",
        )
    return recipe_without(workspace, dataset_id, codes), False


@contextmanager
def _built(
    workspace: Workspace, parent: Dataset, recipe: Recipe, report: Report
) -> Generator[Dataset]:
    """Give a version that lies in a scratch folder and goes with the block."""
    with workspace.scratch() as scratch:
        folder = scratch / "trial"
        folder.mkdir()
        with connect(scratch) as connection:
            made = build(connection, folder, recipe, intake=workspace.intakes.path, report=report)
        yield Dataset(folder, {**parent.manifest, **made})


def _measured(
    versions: tuple[Dataset, Dataset], window: Window, report: Report
) -> dict[str, dict[str, Any]]:
    first, second = versions
    common = Common.of((first.user_ids, second.user_ids), (first.item_ids, second.item_ids))
    rows = [version.interactions() for version in versions]
    known, later = (
        Sides(*(common.translated(cut(part), side) for side, part in enumerate(rows)))
        for cut in (window.known, window.later)
    )
    found: dict[str, dict[str, Any]] = {}
    for number, task in enumerate(_TASKS):
        ask = also_bought_questions if task.cart else for_you_questions
        questions = ask(known, later, len(common.items[0]))
        step = part_of(report, number / len(_TASKS), (number + 1) / len(_TASKS))
        values = [
            _values(
                task,
                version,
                window,
                questions,
                common=common,
                side=side,
                report=part_of(step, side / 2, (side + 1) / 2),
            )
            for side, version in enumerate(versions)
        ]
        found[task.placement] = _priced(task, questions, values[0], values[1])
    return found


def _values(
    task: _Task,
    version: Dataset,
    window: Window,
    questions: list[Question],
    *,
    common: Common,
    side: int,
    report: Report,
) -> NDArray[np.float64]:
    """Return what a quick model of one version is worth on each question."""
    model = find_model(task.kind)
    guests = version.guests()
    data = TrainingData(
        window.known(version.interactions()),
        version.n_users,
        version.n_items,
        None if guests is None else window.known(guests),
    )
    space = model(read_config(model, task.settings)).fit(data, part_of(report, 0.0, 0.6))
    found = hits(space, questions, common, side, cart=task.cart, report=part_of(report, 0.6, 1.0))
    if task.cart:
        return hit_rate(found, 10)
    wanted = np.array([len(question.wanted) for question in questions], np.int64)
    return ndcg(found, wanted, 10)


def _priced(task: _Task, questions: list[Question], before: Any, after: Any) -> dict[str, Any]:
    groups = np.array([question.user for question in questions])
    change = bootstrap(after - before, groups=groups)
    asked = len(questions)
    return {
        "metric": task.metric,
        "asked": asked,
        "before": round(float(before.mean()), 5) if asked else None,
        "after": round(float(after.mean()), 5) if asked else None,
        **change.as_dict(),
        "verdict": _verdict(change, asked),
        "words": f"{title(task.placement)}: {_words(change, asked, task)}",
    }


def _verdict(change: Interval, asked: int) -> str:
    """Return better, worse, same (as far as can be told) or unknown."""
    if asked < FEWEST_QUESTIONS:
        return "unknown"
    return "better" if change.low > 0 else "worse" if change.high < 0 else "same"


def _words(change: Interval, asked: int, task: _Task) -> str:
    what = "baskets" if task.cart else "shoppers"
    interval = f"95 %: {change.low:+.4f} to {change.high:+.4f}"
    verdict = _verdict(change, asked)
    if verdict == "unknown":
        return f"only {asked} {what} can be asked, too few to tell."
    if verdict == "same":
        return f"no difference that can be told from chance ({change.value:+.4f}, {interval})."
    return f"{verdict} by {abs(change.value):.4f} {task.metric} ({interval})."


def _sum(found: dict[str, dict[str, Any]], rows: dict[str, int], applied: bool) -> str:
    named: dict[str, list[str]] = {}
    for placement, part in found.items():
        named.setdefault(part["verdict"], []).append(title(placement))
    words = [
        f"{said} {' and '.join(named[verdict])}"
        for verdict, said in (("worse", "costs quality of"), ("better", "improves"))
        if verdict in named
    ]
    if not words:
        words = ["costs nothing that can be measured" if "same" in named else "cannot be judged"]
    gone = rows["before"] - rows["after"]
    words.append(
        "leaves the number of rows as it is"
        if not gone
        else f"{'removes' if gone > 0 else 'brings back'} {abs(gone):,} rows"
    )
    return f"{'Applying' if applied else 'Undoing'} it {', '.join(words[:-1])} and {words[-1]}."


def submit_price_tag(
    workspace: Workspace, dataset_id: str, codes: Sequence[str], *, actor: str
) -> Job:
    """Queue the measuring of what fixes cost; the result is that of :func:`price_of_fix`.

    Raises
    ------
    NotFound
        There is no such version.
    InputError
        There is no such fix, or some are applied and some are not.
    """
    _trial(workspace, dataset_id, codes)
    name = workspace.datasets.manifest(dataset_id)["name"]
    words = "a fix" if len(codes) == 1 else f"{len(codes)} fixes"
    params = {"dataset_id": dataset_id, "codes": list(codes)}
    return submit(workspace, KIND, params, f"What {words} of {name} would cost", actor)


def price_tag_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`submit_price_tag`."""
    found = price_of_fix(workspace, params["dataset_id"], params["codes"], report)
    manifest = {"kind": KIND, "created_at": time.time(), **found}
    with workspace.reports.writing(workspace.reports.new_id(), manifest):
        pass
    return found


def price_tags_of(workspace: Workspace, dataset_id: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the newest price tags of a version, by the codes of their fixes in order."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for kept in workspace.reports.manifests():
        if (kept.get("kind"), kept.get("dataset_id")) == (KIND, dataset_id):
            found.setdefault(tuple(kept["codes"]), kept)
    return found
