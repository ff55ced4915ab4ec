"""The questions of a part of a dataset: the same for all models, one task a placement."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Interactions
from recsys.data.matrix import basket_matrix
from recsys.evaluation.parts import Part
from recsys.models.arrays import Rows

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    Matrix = csr_matrix[np.float32]

TaskName = Literal["for_you", "for_you_again", "also_bought", "similar", "lookalikes"]
TASKS: tuple[TaskName, ...] = get_args(TaskName)
# Whoever changes what is asked or how it is judged raises this: old numbers are then set apart.
VERSION = 2
SEED = 1
_SMALLEST_BASKET, _LARGEST_BASKET = 3, 30
_ANCHORS, _MOST_ANCHORS = 5, 2_000


@dataclass(frozen=True)
class Task:
    """What one placement is asked, row ``q`` of everything being one question.

    Attributes
    ----------
    cut_at
        See :class:`recsys.evaluation.parts.Part`.
    user
        Row number of each question's shopper (int32): intervals draw shoppers.
    given
        csr_matrix of shape (n, n_items): the cart, or the one product; None where the shopper
        alone is asked about.
    barred
        Same shape: what may not be shown.
    wanted
        Same shape: what is to be found, with 1, or the rating where ratings count.
    """

    name: TaskName
    cut_at: int
    user: Rows
    given: Matrix | None
    barred: Matrix
    wanted: Matrix

    def __len__(self) -> int:
        return len(self.user)

    def relevant(self) -> NDArray[np.int64]:
        """Return how many items each question wants."""
        return np.diff(self.wanted.indptr).astype(np.int64)

    def take(self, questions: NDArray[Any]) -> Task:
        """Return some of the questions: a mask or row numbers, for a quick look."""
        given = None if self.given is None else self.given[questions]
        return Task(
            name=self.name,
            cut_at=self.cut_at,
            user=self.user[questions],
            given=given,
            barred=self.barred[questions],
            wanted=self.wanted[questions],
        )

    def gains(self, lists: Rows) -> NDArray[np.float32]:
        """Return what each place of each list is worth: 0 where it holds nothing wanted.

        Shape of ``lists``, which has item rows and -1 for empty places.
        """
        if not self.wanted.nnz:
            return np.zeros(lists.shape, np.float32)
        width = self.wanted.shape[1] + 1
        lines = np.repeat(np.arange(len(self), dtype=np.int64), self.relevant())
        wanted = lines * width + self.wanted.indices  # in order, as the rows are
        items = np.where(lists < 0, width - 1, lists)
        shown = np.arange(len(self), dtype=np.int64)[:, None] * width + items
        place = np.minimum(np.searchsorted(wanted, shown), len(wanted) - 1)
        return np.where(wanted[place] == shown, self.wanted.data[place], 0).astype(np.float32)

    def best_gains(self, k: int) -> NDArray[np.float32]:
        """Return the same for the best possible list of k."""
        lines = np.repeat(np.arange(len(self)), self.relevant())
        order = np.lexsort((-self.wanted.data, lines))
        place = np.arange(len(order)) - np.repeat(self.wanted.indptr[:-1], self.relevant())
        best = np.zeros((len(self), k), np.float32)
        best[lines[place < k], place[place < k]] = self.wanted.data[order][place < k]
        return best

    def digest(self) -> str:
        """Return a hash of all that is asked."""
        found = hashlib.sha256(f"{self.name} {self.cut_at} {VERSION}".encode())
        for matrix in (self.given, self.barred, self.wanted):
            if matrix is not None:
                for array in (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)):
                    found.update(array.tobytes())
        found.update(self.wanted.data.tobytes())
        found.update(self.user.tobytes())
        return found.hexdigest()[:16]


def task_of(part: Part, name: TaskName) -> Task:
    """Return a task of a part; it is worked out once and kept."""
    key = f"task {name}"
    if key not in part.memo:
        part.memo[key] = _BUILD[name](part)
    return part.memo[key]


def _for_you(part: Part) -> Task:
    """Ask for what a known shopper bought later for the first time.

    Items unknown before the cut stay wanted: nobody can find them, and that is the truth.
    Shoppers unknown before the cut are asked nothing, and counted (:meth:`Part.unknown`).
    """
    found = purchases(part)
    asked = np.flatnonzero(part.known_users & (np.diff(found.new.indptr) > 0))
    user = asked.astype(np.int32)
    return Task("for_you", part.cut_at, user, None, found.known[asked], found.new[asked])


def _lookalikes(part: Part) -> Task:
    """Ask the same as For You, of lists made from what similar shoppers bought."""
    return replace(task_of(part, "for_you"), name="lookalikes")


def _for_you_again(part: Part) -> Task:
    """Ask for all that a known shopper bought later, new to them or not."""
    later = purchases(part).later
    asked = np.flatnonzero(part.known_users & (np.diff(later.indptr) > 0))
    nobody = np.empty(0, np.int64)
    nothing = _csr(nobody, nobody, nobody, (len(asked), part.known.n_items))
    user = asked.astype(np.int32)
    return Task("for_you_again", part.cut_at, user, None, nothing, later[asked])


def _also_bought(part: Part) -> Task:
    """Ask for one item of each later basket, hidden at random; the others are the cart.

    Items unknown before the cut are dropped; of what is left, all baskets of 3 to 30 items are
    asked about.
    """
    kept = part.later.purchased() & part.known_items[part.later.item]
    baskets = basket_matrix(part.later.rows(kept), part.known.n_items)
    sizes = np.diff(baskets.matrix.indptr)
    fits = np.flatnonzero((sizes >= _SMALLEST_BASKET) & (sizes <= _LARGEST_BASKET))
    chosen = baskets.matrix[fits]
    chosen.sort_indices()
    sizes = np.diff(chosen.indptr)
    hidden = chosen.indptr[:-1] + (np.random.default_rng(SEED).random(len(sizes)) * sizes).astype(
        np.int64
    )
    is_hidden = np.zeros(chosen.nnz, np.bool_)
    is_hidden[hidden] = True
    given = _picked(chosen, ~is_hidden)
    wanted = _picked(chosen, is_hidden)
    user = baskets.user[fits].astype(np.int32)
    return Task("also_bought", part.cut_at, user, given, given, wanted)


def _similar(part: Part) -> Task:
    """Ask for what else a shopper bought later for the first time, given one such product.

    Up to five products a shopper, and 5,000 in all, drawn at random, each a question of its own:
    does the list agree with how people go from one product to another?
    """
    new = purchases(part).new
    line = np.repeat(np.arange(new.shape[0]), np.diff(new.indptr))
    enough = np.diff(new.indptr)[line] > 1
    able = np.flatnonzero(enough & part.known_items[new.indices] & part.known_users[line])
    shuffled = np.random.default_rng(SEED).permutation(able)
    # The place of each among those of its shopper, in the shuffled order.
    order = np.argsort(line[shuffled], kind="stable")
    first = np.searchsorted(line[shuffled][order], line[shuffled][order])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - first
    anchors = np.sort(shuffled[place < _ANCHORS][:_MOST_ANCHORS])
    shape = (len(anchors), new.shape[1])
    given = _csr(np.ones(len(anchors)), np.arange(len(anchors)), new.indices[anchors], shape)
    wanted = _without(new[line[anchors]], given)
    return Task("similar", part.cut_at, line[anchors].astype(np.int32), given, given, wanted)


@dataclass(frozen=True)
class Purchases:
    """What each shopper bought: csr_matrices of shape (n_users, n_items).

    Attributes
    ----------
    known
        Before the cut, all 1.
    later
        After it, 1 or the best rating.
    new
        After it for the first time.
    """

    known: Matrix
    later: Matrix
    new: Matrix


def purchases(part: Part) -> Purchases:
    """Return what each shopper bought before and after the cut; worked out once and kept."""
    if "purchases" not in part.memo:
        shape = (part.known.n_users, part.known.n_items)
        known = _pairs(part.known.rows, shape, graded=False)
        later = _pairs(part.later, shape, graded=part.graded)
        part.memo["purchases"] = Purchases(known, later, _without(later, known))
    return part.memo["purchases"]


def _pairs(rows: Interactions, shape: tuple[int, int], *, graded: bool) -> Matrix:
    rows = rows.rows(rows.purchased())
    if not graded:
        found = _csr(np.ones(len(rows)), rows.user, rows.item, shape)
        found.data[:] = 1.0
        return found
    pair = rows.user.astype(np.int64) * shape[1] + rows.item
    order = np.lexsort((-rows.weight, pair))  # of several ratings the best
    pairs, first = np.unique(pair[order], return_index=True)
    return _csr(rows.weight[order][first], pairs // shape[1], pairs % shape[1], shape)


def _without(matrix: Matrix, other: Matrix) -> Matrix:
    """Return the entries of ``matrix`` that ``other``, which is all 1, does not have."""
    found: Any = matrix - matrix.multiply(other)
    found = found.tocsr()
    found.eliminate_zeros()
    found.sort_indices()
    return cast("Matrix", found)


def _picked(matrix: Matrix, kept: NDArray[np.bool_]) -> Matrix:
    line = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    shape = (matrix.shape[0], matrix.shape[1])
    return _csr(matrix.data[kept], line[kept], matrix.indices[kept], shape)


def _csr(data: Any, line: Any, column: Any, shape: tuple[int, int]) -> Matrix:
    from scipy.sparse import csr_matrix

    found = csr_matrix((np.asarray(data, np.float32), (line, column)), shape=shape)
    found.sum_duplicates()
    return found


_BUILD = {
    "for_you": _for_you,
    "for_you_again": _for_you_again,
    "also_bought": _also_bought,
    "similar": _similar,
    "lookalikes": _lookalikes,
}
