"""The list a space gives to each question of a task: full ranking, exact, many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.metrics import top_k
from recsys.evaluation.tasks import Task
from recsys.models.arrays import Floats, Rows
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace, best_rows, depth_for
from recsys.models.spaces import Query, ScoreSpace, Space, unit_rows
from recsys.models.sparse import SparseSpace
from recsys.types import Report, silent

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from recsys.evaluation.tasks import Matrix

K = 20
# Scores of one block: 64 MB.
_BLOCK_SCORES = 16_000_000
# How many sparse additions a dense one is worth: the sparse ones jump about in memory.
_DENSE_PAYS = 6
_NEIGHBOURS = 10


def lists(space: Space, task: Task, k: int = K, report: Report = silent) -> Rows:
    """Return the best items of each question, best first.

    Parameters
    ----------
    space
        Of a model's twin; see :func:`recsys.evaluation.evidence.measure`, which checks that.
    k
        Places of a list.

    Returns
    -------
    ndarray of shape (len(task), k), int32
        Item rows; ties go to the smaller row, which is the smaller item id. -1 where the space
        gives nothing out: a question that it knows nothing about is an empty list.
    """
    return candidates(space, task, k, report)[0]


def candidates(
    space: Space,
    task: Task,
    k: int,
    report: Report = silent,
    *,
    among: NDArray[np.bool_] | None = None,
) -> tuple[Rows, Floats]:
    """Return the same lists, and beside them the scores by which they are ordered.

    The scores of empty places are 0.

    Parameters
    ----------
    among
        The items that may be listed; None for all.
    """
    if task.name == "similar" and task.given is not None and len(task):
        # Everybody who looks at a product gets the same list.
        first, again = np.unique(task.given.indices, return_index=True, return_inverse=True)[1:]
        found, scores = _lists(space, task.take(first), k, report, among)
        return found[again], scores[again]
    return _lists(space, task, k, report, among)


def _lists(
    space: Space, task: Task, k: int, report: Report, among: NDArray[np.bool_] | None
) -> tuple[Rows, Floats]:
    found = np.full((len(task), k), -1, np.int32)
    scores = np.zeros(found.shape, np.float32)
    if not len(task) or not space.n_items:
        return found, scores
    if isinstance(space, ScoreSpace):
        found = _same_for_all(space, task, found, among)
        return found, np.where(found >= 0, space.item_scores[found], 0).astype(np.float32)
    size = max(1, _BLOCK_SCORES // space.n_items)
    able = space.known_items if among is None else space.known_items & among
    known = np.where(able, 0.0, -np.inf).astype(np.float32)
    for start in range(0, len(task), size):
        report(start / len(task), "Testing on later purchases")
        block = slice(start, min(start + size, len(task)))
        _fill(space, task, block, known, (found[block], scores[block]))
    return found, scores


def _fill(space: Space, task: Task, block: slice, known: Floats, into: tuple[Rows, Floats]) -> None:
    found, worth = into
    barred = task.barred[block]
    # Not of a kind of its own, such as means, which is no plain product.
    scores: Floats
    if type(space) is SparseSpace and task.name != "lookalikes":
        asked = _sparse_queries(space, task, block)
        if not _is_dense(space, asked):
            _sparse_lists(asked @ space.by_feature, barred, np.isfinite(known), *into)
            return
        scores = np.ascontiguousarray((space.items.to_csr() @ asked.T.toarray()).T)
    else:
        scores = _scores(space, task, block)
    scores += known
    lines = np.repeat(np.arange(len(scores)), np.diff(barred.indptr))
    scores[lines, barred.indices] = -np.inf
    best = top_k(scores, found.shape[1])
    values = np.take_along_axis(scores, best, axis=1)
    if space.kind != "factors" or task.name in {"similar", "lookalikes"}:
        # The engine gives out no item that shares nothing with the query, and what points the
        # other way (a cosine below 0) is not like it.
        best[values <= 0] = -1
    found[:, : best.shape[1]] = best
    worth[:, : best.shape[1]] = np.where(best >= 0, values, 0)


def _scores(space: Space, task: Task, block: slice) -> Floats:
    """Return the score of every item for each question of a block."""
    if isinstance(space, FactorSpace):
        return _factor_scores(space, task, block)
    if isinstance(space, FusedSpace) and task.name != "lookalikes":
        return _fused_scores(space, task, block)
    if type(space) is SparseSpace and task.name != "lookalikes":
        asked = _sparse_queries(space, task, block)
        return np.ascontiguousarray((space.items.to_csr() @ asked.T.toarray()).T)
    return _scores_one_by_one(space, task, block)


def _fused_scores(space: FusedSpace, task: Task, block: slice) -> Floats:
    """Fuse the best of each part, as :meth:`FusedSpace.scores`, with one product a part."""
    cosine = task.name == "similar"
    if task.given is None:
        histories = [len(space.history(int(user))[0]) for user in task.user[block]]
    else:
        histories = np.diff(task.given[block].indptr).tolist()
    found = np.zeros((len(histories), space.n_items), np.float32)
    for part, weight in zip(space.parts, space.weights, strict=True):
        scores, known = _scores(part, task, block), part.known_items
        for row, history in enumerate(histories):
            if not np.isfinite(scores[row]).any():
                continue
            best = best_rows(part, scores[row], known, depth_for(history), cosine=cosine)
            found[row, best] += weight * space.adds(scores[row][best], np.arange(len(best)))
    return found


def _same_for_all(
    space: ScoreSpace, task: Task, found: Rows, among: NDArray[np.bool_] | None
) -> Rows:
    order = np.argsort(-space.item_scores, kind="stable").astype(np.int32)
    able = space.known_items if among is None else space.known_items & among
    order = order[able[order]]
    k = found.shape[1]
    barred = np.zeros(space.n_items, np.bool_)
    for row in range(len(task)):
        out = _line(task.barred, row)
        best = order[: k + len(out)]
        barred[out] = True
        best = best[~barred[best]][:k]
        barred[out] = False
        found[row, : len(best)] = best
    return found


def _line(matrix: Matrix, row: int) -> NDArray[Any]:
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]


def _factor_scores(space: FactorSpace, task: Task, block: slice) -> Floats:
    """Return one matrix product; a row of an unknown shopper or cart is all ``-inf``."""
    if task.name == "lookalikes":
        return _lookalike_scores(space, task, block)
    if task.name == "similar" and task.given is not None:
        unit = unit_rows(space.items)
        return unit[task.given[block].indices] @ unit.T
    if task.given is None:
        asked = space.users[task.user[block]]
    elif space.fold == "sum":
        asked = np.asarray(task.given[block] @ space.items, np.float32)
    else:
        return _scores_one_by_one(space, task, block)
    nothing = ~asked.any(axis=1)
    if space.bias is not None:
        asked = np.column_stack((asked, np.ones(len(asked), np.float32)))
    scores = np.asarray(asked @ space.dot_items.T, np.float32)
    scores[nothing] = -np.inf
    return scores


def _lookalike_scores(space: FactorSpace, task: Task, block: slice) -> Floats:
    """Add up the similarities of the ten nearest shoppers, for what they bought.

    As :func:`recsys.shelves.placements.lookalikes`; ties go to the item of the smaller row here.
    """
    from scipy.sparse import csr_matrix

    lengths = np.linalg.norm(space.users, axis=1, keepdims=True)
    unit = (space.users / np.maximum(lengths, 1e-12)).astype(np.float32)
    users = task.user[block]
    alike = unit[users] @ unit.T
    alike[np.arange(len(users)), users] = -np.inf
    alike[alike <= 0] = -np.inf
    near = top_k(alike, _NEIGHBOURS)
    line, place = np.nonzero(near >= 0)
    weights = alike[line, near[line, place]]
    shape = (len(users), len(space.users))
    asked: Any = csr_matrix((weights, (line, near[line, place])), shape=shape)
    bought = space.histories.to_csr().copy()
    bought.data = (bought.data > 0).astype(np.float32)
    return np.asarray((asked @ bought).toarray(), np.float32)


def _sparse_queries(space: SparseSpace, task: Task, block: slice) -> Any:
    if task.given is not None:
        return space.queries(task.given[block])
    return space.queries(space.histories.to_csr()[task.user[block]])


def _is_dense(space: SparseSpace, asked: Any) -> bool:
    """Tell whether so many features are asked for that a plain product is quicker."""
    holders = np.diff(space.by_feature.indptr)
    sparse_work = int(holders[asked.indices].sum())
    fits = asked.shape[0] * asked.shape[1] <= _BLOCK_SCORES
    return fits and sparse_work * _DENSE_PAYS > len(space.items.data) * asked.shape[0]


def _sparse_lists(
    scores: csr_matrix[np.float32],
    barred: Matrix,
    known: NDArray[np.bool_],
    found: Rows,
    worth: Floats,
) -> None:
    """Take the k best of each sparse row; only what has a score above 0 is given out."""
    k = found.shape[1]
    able_items = known.copy()
    for row in range(len(found)):
        start, end = scores.indptr[row : row + 2]
        columns, values = scores.indices[start:end], scores.data[start:end]
        here = _line(barred, row)
        able_items[here] = False
        able = able_items[columns] & (values > 0)
        able_items[here] = known[here]
        columns, values = columns[able], values[able]
        if len(values) > k:
            close = values >= np.partition(values, len(values) - k)[len(values) - k]
            columns, values = columns[close], values[close]
        order = np.lexsort((columns, -values))[:k]
        found[row, : len(order)], worth[row, : len(order)] = columns[order], values[order]


def _scores_one_by_one(space: Space, task: Task, block: slice) -> Floats:
    """Ask with a query object each: for spaces that have no product of matrices."""
    numbers = range(*block.indices(len(task)))
    asked = [(row, _query(space, task, number)) for row, number in enumerate(numbers)]
    known = [(row, query) for row, query in asked if query is not None]
    scores = np.full((len(asked), space.n_items), -np.inf, np.float32)
    if known:
        rows = [row for row, _ in known]
        scores[rows] = space.scores([query for _, query in known], cosine=task.name == "similar")
    return scores


def _query(space: Space, task: Task, number: int) -> Query | None:
    if task.given is None:
        return space.shopper_query(int(task.user[number]))
    items = _line(task.given, number).astype(np.int32)
    if task.name == "similar":
        return space.item_query(int(items[0]))
    return space.items_query(items, np.ones(len(items), np.float32))
