from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recsys.data.ids import IdMap
from recsys.errors import InputError
from recsys.maps.align import align, rows_before
from recsys.maps.clustering import cluster, how_many
from recsys.maps.naming import Traits, name_groups, traits_of_columns, traits_of_words
from recsys.maps.near import nearest, nearest_across
from recsys.maps.start import beside_neighbours, scaled, two_widest
from recsys.maps.telling import favoured
from recsys.maps.vectors import Vectors, drawable, finite_unit_rows, vectors_of
from recsys.models.arrays import Floats, SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import ScoreSpace
from recsys.models.sparse import SparseSpace
from recsys.types import silent


def random_rows(count: int, width: int = 8, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


def sparse_rows(matrix: np.ndarray) -> SparseRows:
    return SparseRows.from_csr(csr_matrix(matrix.astype(np.float32)))


def factors(items: Floats, users: Floats | None = None) -> FactorSpace:
    users = np.ones((6, items.shape[1]), np.float32) if users is None else users
    return FactorSpace(items, users, sparse_rows(np.zeros((len(users), len(items)))))


def brute(unit: Floats, k: int) -> np.ndarray:
    scores = unit @ unit.T
    np.fill_diagonal(scores, 2)  # each itself first
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("count", [5, 37, 400])
def test_the_nearest_of_dense_vectors_are_those_of_all_cosines(count: int) -> None:
    unit = finite_unit_rows(random_rows(count))
    k = min(count, 15)
    near = nearest(
        Vectors(unit, count, np.ones(count, bool)), np.arange(count), 15, seed=1, report=silent
    )
    assert near.rows.shape == (count, k)
    assert (near.rows == brute(unit, k)).mean() > 0.999  # of two equal in float32 either is first
    scores = np.take_along_axis(unit @ unit.T, near.rows, axis=1)
    np.testing.assert_allclose(near.distances[:, 1:], 1 - scores[:, 1:], atol=1e-5)
    assert (near.distances[:, 0] == 0).all()


def test_the_nearest_of_sparse_vectors_end_where_nothing_is_shared() -> None:
    rows = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 2]])
    space = SparseSpace(sparse_rows(rows), sparse_rows(np.zeros((3, 5))))
    vectors = vectors_of(space, "items")
    near = nearest(vectors, np.arange(5), 4, seed=1, report=silent)
    assert near.rows.tolist() == [
        [0, 1, 2, -1],
        [1, 0, -1, -1],
        [2, 0, -1, -1],
        [3, 4, -1, -1],
        [4, 3, -1, -1],
    ]
    np.testing.assert_allclose(near.distances[0], [0, 1 - 0.5**0.5, 1 - 0.5**0.5, 1], atol=1e-6)


def test_of_many_equal_vectors_each_is_nearest_to_itself() -> None:
    unit = finite_unit_rows(np.ones((50, 3), np.float32))
    near = nearest(Vectors(unit, 50, np.ones(50, bool)), np.arange(50), 6, seed=1, report=silent)
    assert (near.rows[:, 0] == np.arange(50)).all()
    assert all(len(set(line)) == 6 for line in near.rows.tolist())
    np.testing.assert_allclose(near.distances, 0, atol=1e-6)


def test_the_nearest_products_of_shoppers() -> None:
    items, shoppers = finite_unit_rows(random_rows(90)), finite_unit_rows(random_rows(7, seed=2))
    rows, distances = nearest_across(shoppers, items, 5, report=silent)
    scores = shoppers @ items.T
    assert rows.tolist() == np.argsort(-scores, axis=1)[:, :5].tolist()
    np.testing.assert_allclose(distances[:, 0], 1 - scores.max(axis=1), atol=1e-5)


def test_rows_of_zeros_and_of_nan_are_not_on_the_map() -> None:
    items = random_rows(9)
    items[2], items[5, 1], items[6, 0] = 0, np.nan, np.inf
    vectors = vectors_of(factors(items), "items")
    assert np.flatnonzero(~vectors.known).tolist() == [2, 5, 6]
    lengths = np.linalg.norm(vectors.all, axis=1)
    np.testing.assert_allclose(lengths[vectors.known], 1, atol=1e-6)


def test_both_have_the_products_first() -> None:
    vectors = vectors_of(factors(random_rows(9), random_rows(4, seed=3)), "both")
    assert (vectors.all.shape, vectors.n_items) == ((13, 8), 9)


def test_four_points_are_no_map() -> None:
    with pytest.raises(InputError) as caught:
        vectors_of(factors(random_rows(4)), "items")
    assert caught.value.message == "The model knows 4 products, and a map needs 5."


def test_popularity_has_no_map() -> None:
    with pytest.raises(InputError) as caught:
        drawable(ScoreSpace(np.ones(9, np.float32)))
    assert caught.value.message == (
        "This model has one number for each product and no vectors, so there is nothing to draw."
    )


def test_of_a_fusion_the_dense_part_is_drawn() -> None:
    dense = factors(random_rows(5))
    sparse = SparseSpace(sparse_rows(np.eye(5)), sparse_rows(np.zeros((6, 5))))
    scores = ScoreSpace(np.ones(5, np.float32))
    assert drawable(FusedSpace((scores, sparse, dense), (1, 1, 1))) == (dense, 2)
    assert drawable(FusedSpace((scores, sparse), (1, 1))) == (sparse, 1)


def test_the_shoppers_of_a_sparse_space_are_what_they_ask_for() -> None:
    histories = np.array([[1, 0, 2, 0, 0], [0, 0, 0, 0, 0], [0, 1, 0, 0, 1]])
    sources = np.eye(5)[:, ::-1]  # each item asks for the feature opposite
    space = SparseSpace(sparse_rows(np.eye(5)), sparse_rows(histories), sparse_rows(sources))
    vectors = vectors_of(space, "both")
    assert vectors.known.tolist() == [True] * 5 + [True, False, True]
    np.testing.assert_allclose(
        vectors.all[5:].toarray()[0], np.array([0, 0, 2, 0, 1]) / 5**0.5, atol=1e-6
    )


def test_a_map_turned_mirrored_stretched_and_moved_is_put_back() -> None:
    before = random_rows(60, 2)
    angle = 2.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (before @ turn * [1, -1] * 3.7 + [40, -7]).astype(np.float32)
    with_new = before.copy()
    with_new[50:] = np.nan
    fitted = align(moved, with_new)
    assert fitted is not None
    assert fitted.common == 50
    assert fitted.shift < 1e-5
    np.testing.assert_allclose(fitted.points, before, atol=1e-4)


def test_the_shift_is_a_share_of_the_width() -> None:
    before = np.array([(x, y) for x in range(11) for y in range(11)], np.float32)
    moved = before.copy()
    moved[::2, 0] += 1  # half of them to the right, half of them stay
    fitted = align(moved, before)
    assert fitted is not None
    assert fitted.shift == pytest.approx(0.5 / 11, rel=0.1)


def test_too_few_in_common_or_all_on_one_spot_align_nothing() -> None:
    points = random_rows(9, 2)
    before = np.full((9, 2), np.nan, np.float32)
    before[:4] = points[:4]
    assert align(points, before) is None
    assert align(points, np.zeros((9, 2), np.float32)) is None


def test_ids_join_two_maps_not_rows() -> None:
    found = rows_before(IdMap(("a", "b", "d")), IdMap(("b", "c", "d", "e")))
    assert found.tolist() == [1, -1, 2, -1]


def test_new_points_begin_beside_their_neighbours() -> None:
    nan = np.nan
    old = np.array([(0, 0), (2, 0), (nan, nan), (nan, nan), (nan, nan)], np.float32)
    near = np.array([[0, 1, -1], [1, 0, -1], [2, 0, 1], [3, 2, -1], [4, -1, -1]], np.int32)
    otherwise = np.full((5, 2), 9, np.float32)
    found = beside_neighbours(old, near, otherwise)
    # The last but one lies beside the one before, which got its place first.
    assert found.tolist() == [[0, 0], [2, 0], [1, 0], [1, 0], [9, 9]]


def test_the_widest_directions_never_flip() -> None:
    rows = random_rows(200) * np.array([5, 3, 1, 1, 1, 1, 1, 1], np.float32)
    points = two_widest(rows)
    assert np.abs(np.corrcoef(points[:, 0], rows[:, 0])[0, 1]) > 0.95
    np.testing.assert_allclose(points, two_widest(rows[:, ::-1]), atol=1e-3)


def test_vectors_all_alike_and_of_one_dimension_have_a_picture() -> None:
    alike = two_widest(np.ones((7, 4), np.float32))
    np.testing.assert_allclose(alike, 0, atol=1e-6)
    assert len(np.unique(scaled(alike, seed=1), axis=0)) == 7
    line = two_widest(np.arange(5, dtype=np.float32)[:, None])
    assert line[:, 0].tolist() == [-2, -1, 0, 1, 2]
    assert not line[:, 1].any()


def test_two_blobs_are_two_of_the_groups_and_a_seeded_run_is_equal() -> None:
    rows = finite_unit_rows(random_rows(40) * 0.05 + np.repeat(np.eye(2, 8, dtype="f4"), 20, 0))
    groups = cluster(rows, seed=4)
    assert set(groups[:20].tolist()).isdisjoint(groups[20:].tolist())
    assert groups.tolist() == cluster(rows, seed=4).tolist()
    sizes = np.bincount(groups)
    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_vectors_all_alike_are_one_group() -> None:
    assert cluster(np.ones((30, 3), np.float32), seed=1).tolist() == [0] * 30


def test_how_many_groups_so_many_points_fall_into() -> None:
    assert [how_many(n) for n in (5, 24, 1_000, 68_000)] == [2, 3, 7, 12]


def test_a_group_is_named_by_what_it_has_more_often() -> None:
    groups = np.repeat(np.array([0, 1, 2], np.int16), 30)
    categories = ["Tea"] * 30 + ["Milk"] * 18 + ["Cheese"] * 12 + ["Bread"] * 30
    names = name_groups(groups, 3, traits_of_columns([categories]))
    assert names == ["Tea", "Milk and Cheese", "Bread"]


def test_groups_of_one_category_are_told_apart_by_words() -> None:
    groups = np.repeat(np.array([0, 1, 2, 3], np.int16), 30)
    categories = ["Tea"] * 90 + ["Milk"] * 30
    names = ["Green leaf"] * 30 + ["Black leaf"] * 30 + ["Leaf"] * 30 + ["Whole"] * 30
    found = name_groups(groups, 4, traits_of_columns([categories]), traits_of_words(names))
    assert found == ["Tea", "Tea: black", "Tea: leaf", "Milk"]


def test_without_categories_words_name_and_without_both_a_number() -> None:
    groups = np.repeat(np.array([0, 1], np.int16), 20)
    words = traits_of_words(["Red wool hat"] * 20 + ["Blue jeans"] * 20)
    nothing = Traits.of((), np.empty(0, np.int64), np.empty(0, np.int64))
    assert name_groups(groups, 2, nothing, words) == ["Hat", "Blue"]
    assert name_groups(groups, 2, nothing) == [
        "Mixed: a bit of everything",
        "Mixed 2",
    ]


def test_groups_of_shoppers_without_words_are_told_apart_by_what_else_they_have() -> None:
    groups = np.repeat(np.array([0, 1, 2], np.int16), 30)
    rows = np.concatenate([np.arange(90), np.arange(30, 40)])
    codes = np.repeat([0, 1, 2], [60, 30, 10])
    traits = Traits.of(("Tea", "Milk", "Mugs"), rows, codes)
    assert name_groups(groups, 3, traits) == ["Tea", "Tea: Mugs", "Milk"]
    traits = Traits.of(("Tea", "Milk"), rows[:90], codes[:90])
    assert name_groups(groups, 3, traits) == ["Tea", "Tea 2", "Milk"]


def test_who_buys_much_does_not_favour_everything() -> None:
    # Ten kinds of ten products: a heavy shopper has half of everything, a light one only tea.
    kinds = traits_of_columns([[f"kind {item // 10}" for item in range(100)]])
    users = np.repeat(np.array([0, 1, 2]), [50, 3, 12])
    heavy, light = np.arange(0, 100, 2), np.array([0, 1, 2])
    tilted = np.concatenate([np.arange(10, 18), [20, 30, 40, 50]])
    found = favoured(kinds, users, np.concatenate([heavy, light, tilted]))
    names = [
        (int(row), found.values[code]) for row, code in zip(found.rows, found.codes, strict=True)
    ]
    assert names == [(1, "kind 0"), (2, "kind 1")]
