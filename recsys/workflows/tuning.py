"""Let Aisle choose: one budget, one search, a model for each placement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.errors import InputError
from recsys.evaluation.evidence import DECIDING, FEWEST_QUESTIONS, accuracy
from recsys.evaluation.found import MOST_QUESTIONS, Found, Values
from recsys.evaluation.intervals import bootstrap
from recsys.evaluation.lists import lists
from recsys.evaluation.parts import Part, Twin
from recsys.evaluation.tasks import Task, TaskName, task_of
from recsys.evaluation.tuning import Hunt, Tuned
from recsys.jobs.queue import Job
from recsys.models.base import Model, read_config
from recsys.models.hybrid import Hybrid, hybrid_of, together
from recsys.models.registry import MODELS
from recsys.models.spaces import Space
from recsys.types import PLACEMENTS, Placement, Report, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.publishing import DEFAULT_KIND
from recsys.workflows.training import (
    Lessons,
    lessons_of,
    newest_dataset,
    train_baselines,
    train_on,
)
from recsys.workflows.trials import keep_trial, kept_trials
from recsys.workspace import Workspace

BUDGET_SECONDS = 120.0
_LEAST_BUDGET, _MOST_BUDGET = 10.0, 24 * 3600.0
# What the search may take of the budget; the rest is for training the winners on all purchases
# and testing them whole.
SEARCH_SHARE = 0.5
_HUNTED: tuple[Placement, ...] = ("for_you", "also_bought")
# These take long, and some of them cannot be broken off; or they seldom win what is searched for.
# They take part from this budget on.
_SLOW = {
    "lightgcn": 900.0,
    "nmf": 600.0,
    "bpr": 300.0,
    "item2vec": 300.0,
    "content": 300.0,
    "lsa": 300.0,
}
# Similar and Lookalikes are compared for so many kinds of each search, by this share of their
# questions.
_KINDS_COMPARED, _SHARE_COMPARED = 2, 0.4
_CONTENT = "content"


@dataclass
class Winner:
    """A model for a placement: how to train it, and its twin if there is one already."""

    model: type[Model]
    settings: Mapping[str, Any]
    twin: Twin | None

    @property
    def key(self) -> str:
        """Two winners with the same key are one model."""
        return f"{self.model.name} {sorted(self.settings.items())}"


class Questions:
    """The questions by which is chosen, in an order drawn once."""

    def __init__(self, part: Part, seed: int = 1) -> None:
        self._part = part
        random = np.random.default_rng(seed)
        self._tasks: dict[TaskName, Task] = {}
        for name in PLACEMENTS:
            task = task_of(part, name)
            if len(task) >= FEWEST_QUESTIONS:
                self._tasks[name] = task.take(random.permutation(len(task))[:MOST_QUESTIONS])

    @property
    def hunted(self) -> list[Placement]:
        """Placements that are searched for: those with enough questions to choose by."""
        return [name for name in _HUNTED if name in self._tasks]

    def has(self, placement: Placement) -> bool:
        """Tell whether there are enough questions to choose by."""
        return placement in self._tasks

    def __call__(self, twin: Twin, placement: Placement, share: float) -> Values:
        """Return the deciding metric of the first ``share`` of a placement's questions."""
        task = self._tasks[placement]
        twin.check(task.cut_at)
        some = task.take(np.arange(max(1, int(len(task) * share))))
        found = accuracy(some, lists(twin.space, some, 10), graded=self._part.graded)
        return found[DECIDING[placement]]

    def clearly_better(self, placement: Placement, ours: Values, theirs: Values) -> bool:
        """Tell whether the 95 % interval of the difference, drawn by shopper, lies above 0."""
        users = self._tasks[placement].user[: len(ours)]
        return bootstrap(ours - theirs, groups=users).low > 0


def submit_tuning(
    workspace: Workspace,
    *,
    dataset_id: str | None = None,
    budget: float = BUDGET_SECONDS,
    actor: str,
) -> Job:
    """Queue a search for the best models of all placements.

    Raises
    ------
    InputError
        The budget is not between 10 seconds and a day.
    NotReady, NotFound
        There is no such data.
    """
    if not _LEAST_BUDGET <= budget <= _MOST_BUDGET:
        raise InputError(
            f"The budget is {budget:g} s; it has to be from {_LEAST_BUDGET:g} to"
            f" {_MOST_BUDGET:g} s.",
            hint="120 s do for a shop of a million purchases.",
        )
    dataset = newest_dataset(workspace, dataset_id)
    params = {"dataset_id": dataset.id, "budget": budget}
    return submit(workspace, "tune", params, f"Choose models for {dataset.name}", actor)


def tune_models(
    workspace: Workspace,
    *,
    dataset_id: str | None = None,
    budget: float = BUDGET_SECONDS,
    report: Report = silent,
) -> tuple[dict[Placement, str], str]:
    """Search for the best settings, then train and test the winner of each placement.

    Every try is kept as soon as it is over, so that a search that is cancelled has lost nothing:
    the next one on the same data begins with the best it found.

    Parameters
    ----------
    budget
        Seconds for everything; half of them are for the search.

    Returns
    -------
    strategies
        Placement -> model id.
    ended
        Why the search ended, in words.

    Raises
    ------
    InputError
        Nothing can be chosen by so few later purchases.
    NotReady, NotFound
        There is no such data.
    """
    dataset = newest_dataset(workspace, dataset_id)
    report(0.0, "Reading the purchases")
    lessons = lessons_of(dataset)
    if lessons.exam is None:
        lessons = lessons_of(dataset, split="last_out")
    exam = lessons.exam
    questions = None if exam is None else Questions(exam.part)
    if exam is None or questions is None or not questions.hunted:
        raise InputError(
            f"{dataset.name} has too few later purchases to choose models by: fewer than"
            f" {FEWEST_QUESTIONS} shoppers bought something new.",
            hint="Train a model by hand, or load more purchases.",
        )
    key, part = exam.key, exam.part
    hunt = Hunt(
        part.known,
        contenders(budget),
        questions.hunted,
        questions,
        seconds=budget * SEARCH_SHARE,
        known=kept_trials(workspace, dataset.id, key),
        told=lambda trial: keep_trial(workspace, dataset.id, key, trial),
    )
    tuned = hunt.run(part_of(report, 0.02, 0.55))
    report(0.55, "Comparing the best with each other")
    winners = winners_of(tuned, questions, part)
    for placement in PLACEMENTS:  # what no test could decide gets the usual model
        winners.setdefault(placement, Winner(MODELS[DEFAULT_KIND[placement]], {}, None))
    train_baselines(workspace, lessons, part_of(report, 0.58, 0.65))
    return _keep(workspace, lessons, winners, part_of(report, 0.65, 1.0)), tuned.ended


def contenders(budget: float) -> list[type[Model]]:
    """Return the kinds that take part in a search with a budget, in the order of first tries."""
    return [model for model in MODELS.values() if _SLOW.get(model.name, 0.0) <= budget]


def winners_of(tuned: Tuned, questions: Questions, part: Part) -> dict[Placement, Winner]:
    """Choose the model of each placement from what a search found best.

    Of models that cannot be told apart the simpler one wins. Similar and Lookalikes are measured
    for the best kinds only. Similar asks behaviour and content together where the two disagree,
    which no test of behaviour alone can settle.
    """
    winners: dict[Placement, Winner] = {}
    every = [
        found
        for best in tuned.best.values()
        for found in [one for one in best if one.model is not Hybrid][:_KINDS_COMPARED]
    ]
    for placement in PLACEMENTS:
        if not questions.has(placement):
            continue
        if placement in tuned.best:
            able = [(found, found.values) for found in tuned.best[placement]]
        else:
            able = [
                (found, questions(found.twin, placement, _SHARE_COMPARED))
                for found in every
                if placement in found.model.placements
            ]
        if able:
            found = _best(able, placement, questions)
            winners[placement] = Winner(found.model, found.trial.settings, found.twin)
            if placement == "similar":
                winners[placement] = _with_content(found, part) or winners[placement]
    return winners


def _best(able: list[tuple[Found, Values]], placement: Placement, questions: Questions) -> Found:
    leader, values = max(able, key=lambda one: float(one[1].mean()))
    tied = [
        found
        for found, theirs in able
        if found is leader or not questions.clearly_better(placement, values, theirs)
    ]
    return min(tied, key=lambda one: (one.model.complexity, one is not leader))


def _with_content(behaviour: Found, part: Part) -> Winner | None:
    """Return a hybrid with what the catalogue says, where that agrees more about categories."""
    task = task_of(part, "similar")
    if part.known.content is None or part.leaves is None or behaviour.model.name == _CONTENT:
        return None
    content = MODELS[_CONTENT]
    try:
        space = content(read_config(content, {})).fit(part.known, silent)
    except InputError:  # the catalogue has no words
        return None
    ours, theirs = (_same_leaf(one, task, part.leaves) for one in (behaviour.twin.space, space))
    if theirs <= ours:
        return None
    fused = together([behaviour.twin.space, space], [1.0, 1.0], "rrf", n_users=part.known.n_users)
    settings = hybrid_of(
        [(behaviour.model.name, dict(behaviour.trial.settings), 1.0), (_CONTENT, {}, 1.0)]
    )
    return Winner(Hybrid, settings, Twin(fused, behaviour.twin.fitted_before))


def _same_leaf(space: Space, task: Task, leaves: Any) -> float:
    """Return how many of the products shown are of the anchor's category."""
    assert task.given is not None
    some = task.take(np.arange(min(len(task), 1_000)))
    found = lists(space, some, 10)
    anchors = leaves[some.given.indices][:, None] if some.given is not None else leaves
    return float(((found >= 0) & (leaves[found] == anchors) & (anchors >= 0)).mean())


def _keep(
    workspace: Workspace, lessons: Lessons, winners: dict[Placement, Winner], report: Report
) -> dict[Placement, str]:
    """Train the winners on all purchases and keep them; one that wins twice is one model."""
    made: dict[str, str] = {}
    keys: dict[Placement, str] = {place: winner.key for place, winner in winners.items()}
    for number, winner in enumerate(winners.values()):
        if winner.key in made:
            continue
        made[winner.key] = train_on(
            workspace.for_job(""),
            lessons,
            winner.model,
            read_config(winner.model, dict(winner.settings)),
            part_of(report, number / len(winners), (number + 1) / len(winners)),
            twin=winner.twin,
            only=[place for place, key in keys.items() if key == winner.key],
        )
    return {place: made[key] for place, key in keys.items()}
