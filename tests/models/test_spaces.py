from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from model_shops import checkerboard

from recsys.errors import NotFound
from recsys.models.als import ALS, ALSConfig
from recsys.models.arrays import SparseRows, load_array
from recsys.models.factors import FactorSpace
from recsys.models.spaces import Query, ScoreSpace
from recsys.models.sparse import SparseSpace
from recsys.models.store import open_served
from recsys.settings import Settings
from recsys.types import silent
from recsys.workspace import Workspace


def sparse(dense: list[list[float]]) -> SparseRows:
    from scipy.sparse import csr_matrix

    return SparseRows.from_csr(csr_matrix(np.array(dense, np.float32)))


def test_sparse_rows_survive_a_round_trip(tmp_path: Path) -> None:
    rows = sparse([[0, 2, 0], [0, 0, 0], [1, 0, 3]])
    rows.save(tmp_path, "w")
    loaded = SparseRows.load(tmp_path, "w", 3)
    assert loaded.shape == (3, 3)
    assert [line.tolist() for line in loaded.row(2)] == [[0, 2], [1.0, 3.0]]
    assert len(loaded.row(1)[0]) == 0
    np.testing.assert_array_equal(loaded.to_csr().toarray(), rows.to_csr().toarray())


def test_large_arrays_are_mapped_and_read_only(tmp_path: Path) -> None:
    np.save(tmp_path / "large.npy", np.arange(10_000))
    array = load_array(tmp_path / "large.npy")
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_a_neighbour_score_is_the_sum_over_the_cart() -> None:
    space = SparseSpace(
        items=sparse([[0, 0.5, 0.25], [0.1, 0, 0], [0, 0, 0]]), histories=sparse([[0, 1, 1]])
    )
    query = space.items_query(np.array([2, 1], np.int32), np.array([1, 2], np.float32))
    assert query is not None
    np.testing.assert_allclose(space.scores([query]), [[1.25, 0, 0]])
    parts = space.contributions(
        np.array([2, 1], np.int32), np.array([1, 2], np.float32), np.array([1, 0], np.int32)
    )
    np.testing.assert_allclose(parts, [[0, 0], [0.25, 1.0]])


def test_scores_of_several_neighbour_queries_of_different_length() -> None:
    space = SparseSpace(items=sparse([[0, 0.5], [0.1, 0]]), histories=sparse([[1, 1], [0, 1]]))
    queries = [space.shopper_query(0), space.shopper_query(1), space.item_query(0)]
    found = space.scores([query for query in queries if query is not None])
    np.testing.assert_allclose(found, [[0.5, 0.1], [0.5, 0], [0, 0.1]])


def test_a_cosine_is_1_for_itself_and_0_for_the_unknown() -> None:
    space = FactorSpace(
        items=np.array([[3, 4], [0, 0], [4, -3]], np.float32),
        users=np.zeros((1, 2), np.float32),
        histories=sparse([[0, 0, 0]]),
        regularization=1.0,
    )
    query = space.item_query(0)
    assert query is not None
    np.testing.assert_allclose(space.scores([query], cosine=True), [[1, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(space.scores([query]), [[25, 0, 0]], atol=1e-5)


def test_a_folded_in_history_is_the_shopper_that_the_fit_found() -> None:
    """One half step of ALS; the fit's own last step left the shoppers a little behind."""
    data = checkerboard(20)
    config = ALSConfig(factors=4, iterations=60, regularization=0.5, half_life_days=None)
    space = ALS(config).fit(data, silent)
    query = space.items_query(*space.history(5))
    fit = space.shopper_query(5)
    assert query is not None
    assert fit is not None
    np.testing.assert_allclose(query.values, fit.values, atol=2e-3)


@pytest.mark.parametrize("n", [1, 2])
def test_a_fold_in_is_finite_with_hardly_any_regularization(n: int) -> None:
    space = FactorSpace(
        items=np.full((n, 64), 7.0, np.float32),
        users=np.ones((1, 64), np.float32),
        histories=sparse([[0.01] * n]),
        regularization=0.001,
    )
    query = space.items_query(*space.history(0))
    assert query is not None
    assert np.isfinite(query.values).all()
    assert np.isfinite(space.contributions(*space.history(0), np.arange(n, dtype=np.int32))).all()


def test_scores_without_a_shopper_are_the_same_for_everybody() -> None:
    space = ScoreSpace(np.array([2, 0, 1], np.float32))
    query = Query(np.ones(1, np.float32))
    np.testing.assert_array_equal(space.scores([query, query]), [[2, 0, 1]] * 2)
    assert space.known_items.tolist() == [True, False, True]


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no model 'nope'"):
        open_served(Workspace(Settings(home=tmp_path)), "nope")


@pytest.mark.parametrize("length", [1, 3, 150])
def test_short_and_long_histories_are_answered_by_the_same_sums(length: int) -> None:
    """Both ways to gather a query and both ways to multiply give what numpy gives."""
    random = np.random.default_rng(length)
    asked, held = (
        (random.random((200, 60)) * (random.random((200, 60)) < 0.05)).astype(np.float32)
        for _ in range(2)
    )
    history = random.choice(200, length, replace=False).astype(np.int32)
    weights = random.random(length).astype(np.float32)
    space = SparseSpace(
        items=sparse(held.tolist()),
        histories=sparse([[0] * 200]),
        sources=sparse(asked.tolist()),
        least_overlap=2 if length > 100 else 1,
    )
    wanted = weights @ asked[history]
    wanted[(asked[history] > 0).sum(axis=0) < space.least_overlap] = 0
    query = space.items_query(history, weights)
    if query is None:
        assert not wanted[held.any(axis=0)].any()
        return
    found = space.scores([query, query])
    np.testing.assert_allclose(found, np.tile(held @ wanted, (2, 1)), rtol=1e-5, atol=1e-6)
