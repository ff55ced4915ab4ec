"""Lists of past questions by a model's evaluation twin, put in order by two rule books.

Nothing of today is applied: no stock, no hidden products, no prices of this morning. The twin
knows only what was bought before the cut, and is asked what shoppers went on to buy.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from recsys.data.dataset import Dataset
from recsys.errors import StorageError
from recsys.evaluation.lists import candidates
from recsys.evaluation.parts import WITHOUT_DATES, Part, Twin, part_of_data
from recsys.evaluation.tasks import Task, TaskName, purchases, task_of
from recsys.models.arrays import Floats, Rows
from recsys.models.base import TrainingData
from recsys.models.spaces import Space
from recsys.models.store import TWIN, load_space
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule
from recsys.rules.shelf_settings import ShelfSettings
from recsys.shelves.arrange import POOL, arrange, shopper_beside
from recsys.shelves.compiled import Applied, Compiled, compile_book
from recsys.shelves.facts import Facts, by_vectors, dense_of, facts_of_table
from recsys.types import LIMITS, Placement, Report, ShelfName, part_of
from recsys.workflows.measuring import training_data
from recsys.workflows.rule_price_document import Wares
from recsys.workspace import Workspace

QUESTIONS = 2_000
_SEED = 1
_DAY = 86_400
_TICK = 100  # questions between two reports
Held = tuple[tuple[Rule, ...], ShelfSettings]


class Unasked(Exception):
    """Why a placement cannot be replayed; it never leaves the workflow."""


@dataclass(frozen=True)
class Past:
    """A dataset cut where the twins of some models were cut; read once for all placements."""

    dataset: Dataset
    data: TrainingData

    @classmethod
    def open(cls, workspace: Workspace, dataset_id: str) -> Past:
        """Read the interactions of a dataset."""
        dataset = Dataset.open(workspace, dataset_id)
        return cls(dataset, training_data(dataset))

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The validation part by how it was cut; filled by :meth:`part`."""
        return {}

    def part(self, measured_on: str) -> Part:
        """Return the validation part as a model's test cut it."""
        if measured_on not in self.parts:
            graded = bool(self.dataset.manifest["has"].get("rating"))
            split = "last_out" if measured_on == WITHOUT_DATES else "time"
            found = part_of_data(self.data, "validation", split=split, graded=graded)
            if found is None:
                raise Unasked("The purchases cannot be cut into older and later ones.")
            self.parts[measured_on] = found
        return self.parts[measured_on]

    def wares(self, part: Part) -> Wares:
        """Return what is known of the products, worked out once a part."""
        if "wares" not in part.memo:
            part.memo["wares"] = Wares.of(self.dataset, part)
        return part.memo["wares"]

    def facts(self, part: Part, space: Space) -> Facts:
        """Return what rules go by: the catalogue, and a twin's vectors for what is alike."""
        dense = dense_of(space)
        return facts_of_table(
            self.dataset.items(),
            buyers=self.wares(part).buyers,
            alike=None if dense is None else by_vectors(dense),
        )


@dataclass(frozen=True)
class Stage:
    """One placement, ready to be asked.

    Attributes
    ----------
    k
        Places of the shelf.
    """

    shelf: Placement
    past: Past
    part: Part
    task: Task
    space: Space
    facts: Facts
    k: int

    @property
    def wares(self) -> Wares:
        """What is known of the products."""
        return self.past.wares(self.part)


def set_stage(
    workspace: Workspace,
    past: Past,
    shelf: ShelfName,
    manifest: dict[str, Any],
    books: Iterable[RuleBook],
    *,
    questions: int = QUESTIONS,
) -> Stage:
    """Open the evaluation twin of the model that feeds a placement, and its questions.

    Raises
    ------
    Unasked
        There is no twin to ask; the message says why.
    """
    if shelf == "buy_again":
        raise Unasked("Buy again goes by each shopper's own purchases, and has no model to test.")
    name = f"{manifest['label']} ({manifest['id']})"
    evidence: dict[str, Any] = manifest.get("evidence") or {}
    if shelf not in evidence.get("asked", {}):
        raise Unasked(f"{name}, which feeds it, was not tested. Train it with a test.")
    folder = workspace.models.path(manifest["id"]) / TWIN
    if not folder.is_dir():
        raise Unasked(f"{name}, which feeds it, was tested later on. Train it anew, with a test.")
    try:
        space = load_space(folder)
    except StorageError as error:
        raise Unasked(error.message) from error
    part = past.part(evidence["measured_on"])
    task = task_of(part, _task_name(shelf, books))
    Twin(space, evidence["cut_at"]).check(task.cut_at)
    if len(task) > questions:
        chosen = np.random.default_rng(_SEED).choice(len(task), questions, replace=False)
        task = task.take(np.sort(chosen))
    return Stage(shelf, past, part, task, space, past.facts(part, space), LIMITS[shelf][0])


def _task_name(shelf: Placement, books: Iterable[RuleBook]) -> TaskName:
    """Where bought products may come again, ask for all that was bought later."""
    settings = [book.of(shelf) for book in books]
    again = any(not one.leave_out_bought or one.repurchase_days is not None for one in settings)
    return "for_you_again" if shelf == "for_you" and again else shelf


def replay_books(
    stage: Stage, books: tuple[RuleBook, RuleBook], report: Report
) -> tuple[Rows, Rows]:
    """Return the lists of all questions by two rule books, shape ``(n, k)`` each."""
    task = stage.task
    now = time.time()
    pool = candidates(stage.space, task, POOL, part_of(report, 0.0, 0.3))
    found: list[Rows] = []
    seen: list[Held] = []
    # The same rule is about other products where a set that it names has changed.
    one, other = ({key: kept.version for key, kept in book.sets.items()} for book in books)
    for side, book in enumerate(books):
        step = part_of(report, 0.3 + 0.35 * side, 0.65 + 0.35 * side)
        compiled = compile_book(book, stage.facts)
        applied = [_applied(stage, compiled, number, now) for number in range(len(task))]
        rows, scores = _included(stage, applied, pool)
        lists = np.full((len(task), stage.k), -1, np.int32)
        held = [_held(rules) for rules in applied]
        for number, rules in enumerate(applied):
            if number % _TICK == 0:
                step(number / len(task), "Putting lists in order by the rules")
            if side and one == other and held[number] == seen[number]:
                lists[number] = found[0][number]
                continue
            line = _in_order(stage, number, rows[number], scores[number], rules)
            lists[number, : len(line)] = line
        found.append(lists)
        seen = held
    return found[0], found[1]


def _held(applied: Applied) -> Held:
    """Return what decides on a list, so that the same is not worked out twice."""
    every = (*applied.pins, *applied.hides, *applied.only, *applied.boosts)
    return tuple(held.rule for held in every), applied.settings


def _included(
    stage: Stage, applied: Sequence[Applied], pool: tuple[Rows, Floats]
) -> tuple[Rows, Floats]:
    """Return the candidates; where only some products are let in, the best of these."""
    questions: dict[tuple[int, ...], list[int]] = {}
    for number, one in enumerate(applied):
        if one.only:
            questions.setdefault(tuple(held.rule.id for held in one.only), []).append(number)
    if not questions:
        return pool
    rows, scores = pool[0].copy(), pool[1].copy()
    every = np.arange(len(stage.facts.item_ids))
    for some in questions.values():
        among = applied[some[0]].kept(every)
        some_task = stage.task.take(np.array(some))
        found, worth = candidates(stage.space, some_task, POOL, among=among)
        able = found[:, 0] >= 0  # where nothing is left, the rule gives way
        chosen = np.array(some)[able]
        rows[chosen], scores[chosen] = found[able], worth[able]
    return rows, scores


def _applied(stage: Stage, compiled: Compiled, number: int, now: float) -> Applied:
    user = int(stage.task.user[number])
    user_id = stage.past.dataset.user_ids.id(user) if user >= 0 else ""
    return compiled.applied(
        stage.shelf, user_id=user_id, anchors=_given(stage.task, number).tolist(), now=now
    )


def _given(task: Task, number: int) -> Rows:
    if task.given is None:
        return np.empty(0, np.int32)
    return task.given.indices[task.given.indptr[number] : task.given.indptr[number + 1]]


def _in_order(stage: Stage, number: int, rows: Rows, scores: Floats, applied: Applied) -> Rows:
    """Return one list by the rules that hold for it."""
    user = int(stage.task.user[number])
    kept = rows >= 0
    if stage.task.name == "for_you_again" and applied.settings.leave_out_bought:
        kept &= ~np.isin(rows, _bought(stage, user, applied.settings.repurchase_days))
    able = rows[kept].astype(np.int64)
    shopper = shopper_beside(
        stage.facts,
        history=_history(stage, user),
        anchors=_given(stage.task, number),
        seed=str(user),
    )
    found = arrange(able, scores[kept], applied, n=stage.k, shopper=shopper)
    return found.rows[: stage.k].astype(np.int32)


def _history(stage: Stage, user: int) -> Rows:
    """Return what a shopper bought before the cut."""
    if user < 0:
        return np.empty(0, np.int32)
    known = purchases(stage.part).known
    return known.indices[known.indptr[user] : known.indptr[user + 1]]


def _bought(stage: Stage, user: int, again_after: int | None) -> Rows:
    """Return what may not be shown, since it was bought, and not longer ago than a setting says."""
    rows = stage.part.known.rows
    if again_after is None or rows.timestamp is None:
        return _history(stage, user)
    mine = _rows_of(stage, user)
    lately = rows.timestamp[mine] > stage.part.cut_at - again_after * _DAY
    return np.intersect1d(_history(stage, user), rows.item[mine[lately]])


def _rows_of(stage: Stage, user: int) -> Any:
    """Return the places of a shopper's rows before the cut."""
    memo = stage.part.memo
    if "rows by user" not in memo:
        users = stage.part.known.rows.user
        order = np.argsort(users, kind="stable")
        ends = np.searchsorted(users[order], np.arange(stage.part.known.n_users + 1))
        memo["rows by user"] = (order, ends)
    order, ends = memo["rows by user"]
    return order[ends[user] : ends[user + 1]]
