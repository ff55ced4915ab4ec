"""How well a space finds what shoppers did next. Popularity always stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Interactions
from recsys.data.matrix import basket_matrix, interaction_matrix
from recsys.evaluation.metrics import bootstrap, ndcg, recall, top_k
from recsys.models.arrays import Rows
from recsys.models.spaces import Query, Space
from recsys.types import Report, part_of

_BLOCK = 256
_BASKETS = 3_000


@dataclass(frozen=True)
class Question:
    """One list to judge: what is known, and what should be found.

    Attributes
    ----------
    user
        Row number of the shopper.
    given
        Items that may not be shown: the history, or the rest of the basket.
    wanted
        The items to find.
    """

    user: int
    given: Rows
    wanted: Rows


def for_you_questions(
    train: Interactions, later: Interactions, shape: tuple[int, int]
) -> tuple[list[Question], dict[str, float]]:
    """Return the questions of For You, and what share of later shoppers and items is new.

    Wanted are the items that a shopper known before the cut bought later for the first time.
    Items unknown before the cut stay wanted: nobody can find them, and that is the truth.
    Shoppers unknown before the cut are asked nothing, and counted.
    """
    before = interaction_matrix(train, shape)
    after = interaction_matrix(later, shape)
    known_users = np.diff(before.indptr) > 0
    known_items = np.bincount(before.indices, minlength=shape[1]) > 0
    questions: list[Question] = []
    for user in np.flatnonzero(known_users & (np.diff(after.indptr) > 0)):
        given = before.indices[before.indptr[user] : before.indptr[user + 1]]
        bought = after.indices[after.indptr[user] : after.indptr[user + 1]]
        wanted = np.setdiff1d(bought, given)
        if len(wanted):
            questions.append(Question(int(user), given, wanted))
    shares = {
        "unknown_shoppers": round(float(np.mean(~known_users[np.unique(later.user)])), 4),
        "unknown_items": round(float(np.mean(~known_items[np.unique(later.item)])), 4),
    }
    return questions, shares


def also_bought_questions(
    train: Interactions, later: Interactions, n_items: int, *, seed: int = 1
) -> list[Question]:
    """Return one question a later basket: one item hidden at random, the others given.

    Only items known before the cut count; at most 3,000 baskets are drawn.
    """
    known = np.bincount(train.item, minlength=n_items) > 0
    baskets = basket_matrix(later.rows(known[later.item]), n_items)
    random = np.random.default_rng(seed)
    large = np.flatnonzero(np.diff(baskets.matrix.indptr) > 1)
    chosen = np.sort(random.permutation(large)[:_BASKETS])
    questions: list[Question] = []
    for basket in chosen:
        start, end = baskets.matrix.indptr[basket : basket + 2]
        items = baskets.matrix.indices[start:end]
        hidden = random.integers(len(items))
        questions.append(
            Question(int(baskets.user[basket]), np.delete(items, hidden), items[[hidden]])
        )
    return questions


def ranked(
    space: Space, questions: list[Question], k: int, *, cart: bool, report: Report
) -> list[NDArray[np.bool_]]:
    """Return for each question which of the k places hold a wanted item.

    A question that the space knows nothing about gets k misses.
    """
    hits = [np.zeros(k, np.bool_) for _ in questions]
    for start in range(0, len(questions), _BLOCK):
        report(start / len(questions), "Testing on later purchases")
        block = list(enumerate(questions[start : start + _BLOCK], start))
        asked: list[tuple[int, Question, Query]] = []
        for number, question in block:
            query = (
                space.items_query(question.given, np.ones(len(question.given), np.float32))
                if cart
                else space.shopper_query(question.user)
            )
            if query is not None:
                asked.append((number, question, query))
        if not asked:
            continue
        scores = space.scores([query for _, _, query in asked])
        scores[:, ~space.known_items] = -np.inf
        for row, (_, question, _) in enumerate(asked):
            scores[row, question.given] = -np.inf
        if space.kind == "sparse":
            scores[scores <= 0] = -np.inf  # the engine returns no item without a common neighbour
        best = top_k(scores, k)
        for row, (number, question, _) in enumerate(asked):
            found = np.isin(best[row], question.wanted)
            hits[number][: len(found)] = found
    return hits


def judge_for_you(
    space: Space, popular: Space, questions: list[Question], report: Report
) -> dict[str, Any]:
    """Return NDCG@10 and recall@20 over shoppers, beside popularity and the difference to it."""
    result: dict[str, Any] = {"shoppers": len(questions)}
    ours = ranked(space, questions, 20, cart=False, report=part_of(report, 0.0, 0.5))
    theirs = ranked(popular, questions, 20, cart=False, report=part_of(report, 0.5, 1.0))
    sizes = [len(question.wanted) for question in questions]
    for name, measure, k in (("ndcg@10", ndcg, 10), ("recall@20", recall, 20)):
        mine, other = (
            np.array([measure(hits[:k], size) for hits, size in zip(all_hits, sizes, strict=True)])
            for all_hits in (ours, theirs)
        )
        result[name] = _beside(mine, other)
    return result


def judge_also_bought(
    space: Space, popular: Space, questions: list[Question], report: Report
) -> dict[str, Any]:
    """Return the hit rate@10 of the hidden item over baskets, drawn by shopper."""
    ours = ranked(space, questions, 10, cart=True, report=part_of(report, 0.0, 0.5))
    theirs = ranked(popular, questions, 10, cart=True, report=part_of(report, 0.5, 1.0))
    mine, other = (
        np.array([hits.any() for hits in all_hits], np.float64) for all_hits in (ours, theirs)
    )
    users = np.array([question.user for question in questions])
    return {
        "baskets": len(questions),
        "hit_rate@10": _beside(mine, other, users),
    }


def _beside(
    mine: NDArray[np.float64], other: NDArray[np.float64], groups: NDArray[Any] | None = None
) -> dict[str, Any]:
    return {
        **bootstrap(mine, groups=groups).as_dict(),
        "popularity": bootstrap(other, groups=groups).as_dict(),
        "difference": bootstrap(mine - other, groups=groups).as_dict(),
    }
