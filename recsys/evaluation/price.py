"""Two versions of one dataset, compared on what both of them have.

Row numbers differ between versions, so everything is asked in numbers of its own: those of the
shoppers and items that both versions know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Interactions
from recsys.data.ids import IdMap
from recsys.data.matrix import basket_matrix
from recsys.evaluation.metrics import top_k
from recsys.evaluation.split import before, split_by_time
from recsys.models.arrays import Rows
from recsys.models.spaces import Space
from recsys.types import Report

_BLOCK = 256
_MOST_BASKETS = 3_000
_SEED = 1


@dataclass(frozen=True)
class Question:
    """One list to judge, in common numbers; see :class:`Common`."""

    user: int
    given: Rows
    wanted: Rows


@dataclass(frozen=True)
class Common:
    """Shoppers and items of both versions: the row of each in the first and in the second."""

    users: tuple[Rows, Rows]
    items: tuple[Rows, Rows]

    @classmethod
    def of(cls, users: tuple[IdMap, IdMap], items: tuple[IdMap, IdMap]) -> Common:
        """Match the shop's ids."""
        return cls(_matched(*users), _matched(*items))

    def translated(self, rows: Interactions, side: int) -> Interactions:
        """Return the rows of one version that both could have, in common numbers."""
        user, item = (
            _inverse(known[side], found)[found]
            for known, found in ((self.users, rows.user), (self.items, rows.item))
        )
        kept = (user >= 0) & (item >= 0)
        return replace(rows.rows(kept), user=user[kept], item=item[kept])


@dataclass(frozen=True)
class Window:
    """What is learned from, and what is asked: seconds, the first of each part after it."""

    cut_at: int
    end: int

    @classmethod
    def of(cls, rows: Interactions) -> Window | None:
        """Return the validation part of some rows; None where there are no dates to cut by."""
        split = split_by_time(rows)
        if split is None or split.validation.timestamp is None or split.test.timestamp is None:
            return None
        return cls(int(split.validation.timestamp[0]), int(split.test.timestamp[0]))

    def known(self, rows: Interactions) -> Interactions:
        """Return the rows to learn from."""
        return before(rows, self.cut_at)

    def later(self, rows: Interactions) -> Interactions:
        """Return the rows to ask about."""
        return before(rows, self.end).rows(slice(len(self.known(rows)), None))


@dataclass(frozen=True)
class Sides:
    """The same part of both versions, in common numbers."""

    first: Interactions
    second: Interactions


def for_you_questions(known: Sides, later: Sides, n_items: int) -> list[Question]:
    """Return who bought what for the first time, by both versions.

    Asked are shoppers whom both knew before the cut; whatever either of them knew of a shopper is
    given, and never shown.
    """
    first, second = (_pairs(part, n_items) for part in (known.first, known.second))
    given = np.union1d(first, second)
    able = np.intersect1d(first // n_items, second // n_items)
    bought = np.setdiff1d(_pairs(in_both(later, n_items), n_items), given)
    bought = bought[np.isin(bought // n_items, able)]
    users = np.unique(bought // n_items)
    histories_of, wanted_of = _by_user(given, users, n_items), _by_user(bought, users, n_items)
    return [
        Question(int(user), history, wanted)
        for user, history, wanted in zip(users, histories_of, wanted_of, strict=True)
    ]


def also_bought_questions(known: Sides, later: Sides, n_items: int) -> list[Question]:
    """Return baskets with one item hidden at random; only items that both versions knew count.

    At most 3,000, drawn with a seed.
    """
    able = np.intersect1d(known.first.item, known.second.item)
    rows = in_both(later, n_items)
    baskets = basket_matrix(rows.rows(np.isin(rows.item, able)), n_items)
    random = np.random.default_rng(_SEED)
    large = np.flatnonzero(np.diff(baskets.matrix.indptr) > 1)
    questions: list[Question] = []
    for basket in np.sort(random.permutation(large)[:_MOST_BASKETS]):
        start, end = baskets.matrix.indptr[basket : basket + 2]
        items = baskets.matrix.indices[start:end]
        hidden = random.integers(len(items))
        user = int(baskets.user[basket])
        questions.append(Question(user, np.delete(items, hidden), items[[hidden]]))
    return questions


def in_both(part: Sides, n_items: int) -> Interactions:
    """Return the rows of the first version that the second has, too: shopper, item and second."""
    first, second = part.first, part.second
    assert first.timestamp is not None
    assert second.timestamp is not None
    every = np.concatenate((_keys(first, n_items), _keys(second, n_items)))
    pair = np.unique(every, return_inverse=True)[1]
    seconds = np.concatenate((first.timestamp, second.timestamp))
    second_code = np.unique(seconds, return_inverse=True)[1]
    code = pair.astype(np.int64) * (int(second_code.max(initial=0)) + 1) + second_code
    return first.rows(np.isin(code[: len(first)], code[len(first) :]))


def hits(
    space: Space,
    questions: list[Question],
    common: Common,
    side: int,
    *,
    cart: bool,
    report: Report,
    k: int = 10,
) -> NDArray[np.bool_]:
    """Return which of the k places of each list hold a wanted item, shape ``(n, k)``.

    Only items of both versions are candidates. A question that the space knows nothing about gets
    k misses.

    Parameters
    ----------
    side
        Whose space it is: 0 of the first version, 1 of the second.
    """
    users, items = common.users[side], common.items[side]
    unknown = ~space.known_items[items]
    found = np.zeros((len(questions), k), np.bool_)
    for start in range(0, len(questions), _BLOCK):
        report(start / len(questions), "Testing on later purchases")
        block = questions[start : start + _BLOCK]
        queries = [
            space.items_query(items[one.given], np.ones(len(one.given), np.float32))
            if cart
            else space.shopper_query(int(users[one.user]))
            for one in block
        ]
        asked = [number for number, query in enumerate(queries) if query is not None]
        if not asked:
            continue
        scores = space.scores([query for query in queries if query is not None])[:, items]
        scores[:, unknown] = -np.inf
        if space.kind == "sparse":
            scores[scores <= 0] = -np.inf  # the engine gives out none of these
        for row, number in enumerate(asked):
            scores[row, block[number].given] = -np.inf
        for row, number in zip(top_k(scores, k), asked, strict=True):
            found[start + number, : len(row)] = np.isin(row, block[number].wanted)
    return found


def _matched(first: IdMap, second: IdMap) -> tuple[Rows, Rows]:
    pairs = [(row, second.row(one)) for row, one in enumerate(first.ids) if one in second]
    found = np.array(pairs, np.int32).reshape(-1, 2)
    return found[:, 0].copy(), found[:, 1].copy()


def _inverse(known: Rows, found: Rows) -> Rows:
    """Return the common number of each row of a version, -1 for none."""
    size = int(max(known.max(initial=-1), found.max(initial=-1))) + 1
    numbers = np.full(size, -1, np.int32)
    numbers[known] = np.arange(len(known), dtype=np.int32)
    return numbers


def _keys(rows: Interactions, n_items: int) -> NDArray[np.int64]:
    return rows.user.astype(np.int64) * n_items + rows.item


def _pairs(rows: Interactions, n_items: int) -> NDArray[np.int64]:
    """Return shopper and item as one number, each once, of rows that speak for the item."""
    return np.unique(_keys(rows.rows(rows.weight > 0), n_items))


def _by_user(
    pairs: NDArray[np.int64], users: NDArray[np.int64], n_items: int
) -> list[NDArray[np.int32]]:
    """Return the items of each of some users."""
    starts = np.searchsorted(pairs, users * n_items)
    ends = np.searchsorted(pairs, (users + 1) * n_items)
    items = (pairs % n_items).astype(np.int32)
    return [items[start:end] for start, end in zip(starts, ends, strict=True)]
