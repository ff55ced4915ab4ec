"""Lists of many questions at once against one question at a time."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from evaluation_shops import dated, random_shop

from recsys.evaluation import lists as module
from recsys.evaluation.lists import candidates, lists
from recsys.evaluation.parts import Part, part_of_data
from recsys.evaluation.tasks import Task, TaskName, task_of
from recsys.models.arrays import SparseRows
from recsys.models.base import TrainingData, read_config
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.registry import MODELS
from recsys.models.spaces import ScoreSpace, Space
from recsys.models.sparse import SparseSpace
from recsys.types import silent

USERS, ITEMS = 30, 40
ASKED: tuple[TaskName, ...] = ("for_you", "for_you_again", "also_bought", "similar")


@cache
def shop() -> Part:
    part = part_of_data(TrainingData(random_shop(1), USERS, ITEMS))
    assert part is not None
    return part


@cache
def space_of(name: str) -> Space:
    model = MODELS[name]
    small = {"factors": 6, "iterations": 3, "epochs": 2, "neighbours": 5, "min_overlap": 1}
    settings = {key: value for key, value in small.items() if key in model.Config.model_fields}
    return model(read_config(model, settings)).fit(shop().known, silent)


def csr(rows: list[list[float]]) -> SparseRows:
    from scipy.sparse import csr_matrix

    return SparseRows.from_csr(csr_matrix(np.array(rows, np.float32)))


def features(seed: int, **more: int) -> SparseSpace:
    """Features that are no items: 12 of them, some asked for by several products."""
    random = np.random.default_rng(seed)
    held, asked = ((random.random((ITEMS, 12)) * (random.random((ITEMS, 12)) < 0.3)) for _ in "ab")
    known = shop().known.rows
    histories = np.zeros((USERS, ITEMS))
    histories[known.user, known.item] = 1
    return SparseSpace(csr(held.tolist()), csr(histories.tolist()), csr(asked.tolist()), **more)


def slowly(space: Space, task: Task, number: int) -> np.ndarray:
    """Return the scores of one question, as a shelf asks it; -inf for what is not given out."""
    if task.given is None:
        query = space.shopper_query(int(task.user[number]))
    elif task.name == "similar":
        query = space.item_query(int(task.given[number].indices[0]))
    else:
        items = task.given[number].indices.astype(np.int32)
        query = space.items_query(items, np.ones(len(items), np.float32))
    if query is None:
        return np.full(space.n_items, -np.inf)
    scores = space.scores([query], cosine=task.name == "similar")[0].astype(np.float64)
    scores[~space.known_items] = -np.inf
    scores[task.barred[number].indices] = -np.inf
    if space.kind in {"sparse", "fused"} or (space.kind == "factors" and task.name == "similar"):
        scores[scores <= 0] = -np.inf
    return scores


def scored(space: Space, task: Task, k: int = 8) -> None:
    """Compare the scores of what is listed with the best ones, place by place."""
    ours, worth = candidates(space, task, k)
    np.testing.assert_array_equal(ours, lists(space, task, k))
    assert ours.shape == (len(task), k)
    for number, row in enumerate(ours):
        scores = slowly(space, task, number)
        best = np.sort(scores[np.isfinite(scores)])[::-1][:k]
        listed = row[row >= 0]
        assert len(set(listed.tolist())) == len(listed) == len(best)
        np.testing.assert_allclose(scores[listed], best, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(worth[number, : len(listed)], best, rtol=1e-4, atol=1e-6)
        assert not worth[number, len(listed) :].any()
    among = np.arange(space.n_items) % 3 == 0
    some, _ = candidates(space, task, k, among=among)
    every, _ = candidates(space, task, space.n_items)
    for row, whole in zip(some, every, strict=True):
        assert row[row >= 0].tolist() == [one for one in whole if one >= 0 and among[one]][:k]


@pytest.mark.parametrize("task", ASKED)
@pytest.mark.parametrize(
    # Of each way to a list one at least; the content of a catalogue is asked like other features.
    "name",
    [
        "popularity",
        "als",
        "svd",
        "bpr",
        "item2vec",
        "copurchase",
        "item_item",
        "user_knn",
        "user_cf",
    ],
)
def test_many_at_once_are_the_same_as_one_by_one(name: str, task: TaskName) -> None:
    scored(space_of(name), task_of(shop(), task))


@pytest.mark.parametrize("task", ASKED)
@pytest.mark.parametrize(
    "more", [{}, {"most": 3}, {"least_overlap": 2}, {"most": 2, "least_overlap": 2}]
)
def test_features_are_asked_for_the_same_way(more: dict[str, int], task: TaskName) -> None:
    scored(features(3, **more), task_of(shop(), task))


@pytest.mark.parametrize("task", ASKED)
def test_a_dense_product_gives_what_the_sparse_one_gives(
    task: TaskName, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, asked = features(4), task_of(shop(), task)
    monkeypatch.setattr(module, "_DENSE_PAYS", 0)
    sparse = lists(space, asked)
    monkeypatch.setattr(module, "_DENSE_PAYS", 1_000_000)
    np.testing.assert_array_equal(lists(space, asked), sparse)


def test_a_fusion_is_asked_like_its_parts() -> None:
    space = FusedSpace((space_of("als"), space_of("item_item")), (1.0, 0.5))
    for task in ASKED[:2]:
        scored(space, task_of(shop(), task))


def test_small_blocks_give_the_same_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("als", "copurchase"):
        whole = lists(space_of(name), task_of(shop(), "for_you"))
        monkeypatch.setattr(module, "_BLOCK_SCORES", 3 * ITEMS)
        np.testing.assert_array_equal(lists(space_of(name), task_of(shop(), "for_you")), whole)
        monkeypatch.undo()


def test_a_bias_raises_items_for_shoppers_and_not_between_items() -> None:
    random = np.random.default_rng(0)
    items, users = (random.normal(size=(n, 3)).astype(np.float32) for n in (ITEMS, USERS))
    bias = np.zeros(ITEMS, np.float32)
    bias[7] = 1_000
    histories = csr(np.zeros((USERS, ITEMS)).tolist())
    space = FactorSpace(items, users, histories, fold="sum", bias=bias)
    for task in ASKED:
        scored(space, task_of(shop(), task))
    task = task_of(shop(), "for_you_again")
    assert (lists(space, task, 1) == 7).all()
    plain = FactorSpace(items, users, histories, fold="sum")
    similar = task_of(shop(), "similar")
    np.testing.assert_array_equal(lists(space, similar), lists(plain, similar))


def test_lookalikes_add_up_the_similarities_of_those_who_bought() -> None:
    """Shopper 0 is like 1 (cosine 1) and 2 (0.8), and not like 3."""
    users = np.array([[1, 0], [2, 0], [0.8, 0.6], [-1, 0]], np.float32)
    histories = csr([[1, 0, 0, 0, 0], [0, 0, 2, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 9]])
    space = FactorSpace(np.ones((5, 2), np.float32), users, histories)
    rows = dated([(0, 0, 1), (1, 2, 1), (2, 1, 1), (3, 4, 1)])
    later = dated([(0, 3, 9)])
    part = Part("validation", "validation", TrainingData(rows, 4, 5), later, 9)
    task = task_of(part, "lookalikes")
    assert lists(space, task, 5).tolist() == [[2, 1, 3, -1, -1]]


def test_what_nobody_knows_about_is_an_empty_list() -> None:
    train = dated([(0, 0, 1), (0, 1, 1), (1, 2, 2)])
    later = dated([(0, 2, 8), (1, 0, 8)])
    part = Part("validation", "validation", TrainingData(train, 2, 3), later, 8)
    task = task_of(part, "for_you")
    lonely = SparseSpace(csr([[0, 1, 0], [1, 0, 0], [1, 0, 0]]), csr([[1, 1, 0], [0, 0, 1]]))
    assert lists(lonely, task, 2).tolist() == [[2, -1], [-1, -1]]
    unknown = FactorSpace(
        np.ones((3, 2), np.float32),
        np.array([[1, 1], [0, 0]], np.float32),
        csr([[1, 1, 0], [0, 0, 1]]),
    )
    assert lists(unknown, task, 2).tolist() == [[2, -1], [-1, -1]]


def test_popularity_leaves_out_what_is_barred_or_unknown_and_ties_go_by_row() -> None:
    train = dated([(0, 0, 1), (1, 1, 1)])
    later = dated([(0, 3, 8), (1, 0, 8)])
    part = Part("validation", "validation", TrainingData(train, 2, 5), later, 8)
    space = ScoreSpace(np.array([5, 4, 0, 4, 2], np.float32))
    assert lists(space, task_of(part, "for_you"), 5).tolist() == [
        [1, 3, 4, -1, -1],
        [0, 3, 4, -1, -1],
    ]


def test_nothing_asked_gives_no_lists() -> None:
    task = task_of(shop(), "for_you").take(np.empty(0, np.int64))
    for name in ("popularity", "als", "copurchase"):
        assert lists(space_of(name), task).shape == (0, 20)


def test_progress_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK_SCORES", 5 * ITEMS)
    shares: list[float] = []
    lists(
        space_of("als"), task_of(shop(), "for_you"), report=lambda share, step: shares.append(share)
    )
    assert shares == sorted(shares)
    assert len(shares) > 1
    assert shares[-1] < 1.0
