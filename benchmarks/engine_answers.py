"""The same lists once more, as the engine answers them, with the size of the index."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.quality_shops import Asked
from recsys.evaluation.evidence import accuracy
from recsys.evaluation.parts import fit_twin
from recsys.evaluation.tasks import Task, task_of
from recsys.models.base import read_config
from recsys.models.fused import FusedSpace
from recsys.models.spaces import Query, Space
from recsys.releases.build import space_vectors
from recsys.releases.engine import answer, asked_of, part_name
from recsys.types import Placement, silent
from recsys.vectors.base import Points, Vectors
from recsys.vectors.edge import EdgeStore

_K = 20
_NAME = "asked"


@dataclass(frozen=True)
class EngineAnswer:
    """What the engine found, and what that takes."""

    metric: str
    value: float
    questions: int
    megabytes: float
    milliseconds: float

    def __str__(self) -> str:
        return (
            f"As answered by the engine: {self.metric} {self.value:.4f} over {self.questions:,}"
            f" lists; index {self.megabytes:,.1f} MB on disk,"
            f" {self.milliseconds:.1f} ms a query with all that was bought fetched and dropped."
        )


def answered_by_engine(
    model: Any, settings: dict[str, Any], asked: Asked, placement: Placement
) -> EngineAnswer:
    """Build an index of the model's twin, ask it every question, and score what it says."""
    task = task_of(asked.test, placement)
    twin = fit_twin(model, read_config(model, settings), asked.test.known, silent)
    twin.check(task.cut_at)
    space = twin.space
    with TemporaryDirectory(prefix="aisle-index-") as folder:
        store = EdgeStore(Path(folder))
        points = Points(space.n_items, _vectors(space), {}, {})
        store.build("items", points, silent)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        index = store.open("items")
        found = np.full((len(task), _K), -1, np.int32)
        started = time.monotonic()
        for number in range(len(task)):
            barred = task.barred.indices[
                task.barred.indptr[number] : task.barred.indptr[number + 1]
            ]
            query = _query(space, task, number)
            if query is None:
                continue
            hits = answer(index, asked_of(_NAME, space, query), limit=_K + len(barred))
            order = np.lexsort((hits.rows, -hits.scores))
            rows = hits.rows[order]
            rows = rows[~np.isin(rows, barred)][:_K]
            found[number, : len(rows)] = rows
        seconds = time.monotonic() - started
    metric = asked.metric[placement]
    value = float(accuracy(task, found, graded=asked.test.graded)[metric].mean())
    return EngineAnswer(metric, value, len(task), size / 1e6, seconds / max(len(task), 1) * 1e3)


def _vectors(space: Space) -> dict[str, Vectors]:
    """Return the vectors of a space by name; of a fusion those of its parts."""
    if not isinstance(space, FusedSpace):
        return {_NAME: space_vectors(space)}
    return {
        part_name(_NAME, number): space_vectors(part) for number, part in enumerate(space.parts)
    }


def _query(space: Space, task: Task, number: int) -> Query | None:
    if task.given is None:
        return space.shopper_query(int(task.user[number]))
    start, end = task.given.indptr[number : number + 2]
    items = task.given.indices[start:end].astype(np.int32)
    return space.items_query(items, np.ones(len(items), np.float32))
