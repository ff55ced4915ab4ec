from __future__ import annotations

import numpy as np
import pytest

from recsys.data.dataset import Interactions
from recsys.data.matrix import Transform, basket_matrix, interaction_matrix
from recsys.errors import InputError

_DAY = 86_400


def _rows(*rows: tuple[int, int, float, int, int], dated: bool = True) -> Interactions:
    """Make rows of user, item, weight, basket, day."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return Interactions(
        user=table[:, 0].astype(np.int32),
        item=table[:, 1].astype(np.int32),
        weight=table[:, 2].astype(np.float32),
        quantity=np.ones(len(table), np.float32),
        basket=table[:, 3].astype(np.int32),
        timestamp=table[:, 4].astype(np.int64) * _DAY if dated else None,
    )


def test_weights_of_a_pair_are_summed_and_the_shape_is_the_one_asked() -> None:
    rows = _rows((0, 1, 1, 0, 0), (0, 1, 0.5, 1, 0), (2, 0, 1, 2, 0))
    matrix = interaction_matrix(rows, (4, 3))
    assert matrix.dtype == np.float32
    assert matrix.shape == (4, 3)
    assert matrix.toarray().tolist() == [[0, 1.5, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_sums_at_or_below_zero_are_dropped() -> None:
    rows = _rows((0, 0, 0.7, 0, 0), (0, 0, -0.7, 0, 0), (0, 1, -0.5, 0, 0), (0, 2, 1, 0, 0))
    matrix = interaction_matrix(rows, (1, 3))
    assert matrix.nnz == 1
    assert matrix[0, 2] == 1


def test_age_is_measured_from_the_newest_row_given() -> None:
    rows = _rows((0, 0, 1, 0, 100), (0, 1, 1, 0, 110), (0, 2, 1, 0, 120))
    assert interaction_matrix(rows, (1, 3), half_life_days=10).toarray().tolist() == [
        [0.25, 0.5, 1]
    ]
    older = rows.rows(np.array([True, True, False]))
    assert interaction_matrix(older, (1, 3), half_life_days=10).toarray().tolist() == [[0.5, 1, 0]]


def test_without_dates_nothing_fades() -> None:
    rows = _rows((0, 0, 1, 0, 0), (0, 1, 1, 0, 9), dated=False)
    assert interaction_matrix(rows, (1, 2), half_life_days=1).toarray().tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("transform", "scale", "expected"),
    [
        ("sum", 4.0, [1, 4]),
        ("log", 1.0, [np.log(2), np.log(5)]),
        ("log", 4.0, [np.log(5), np.log(17)]),
        ("sqrt", 4.0, [1, 2]),
        ("binary", 4.0, [1, 1]),
    ],
)
def test_a_transform_sees_the_sum_of_a_pair(
    transform: Transform, scale: float, expected: list[float]
) -> None:
    rows = _rows((0, 0, 1, 0, 0), (0, 1, 3, 0, 0), (0, 1, 1, 0, 0), (0, 2, -1, 0, 0))
    matrix = interaction_matrix(rows, (1, 3), transform=transform, scale=scale)
    assert matrix.dtype == np.float32
    assert matrix.nnz == 2
    np.testing.assert_allclose(matrix.toarray()[0], [*expected, 0], rtol=1e-6)


def test_a_weight_that_is_no_number_is_refused() -> None:
    rows = _rows((0, 0, 1, 0, 0), (0, 1, float("nan"), 0, 0), (0, 1, float("inf"), 0, 0))
    with pytest.raises(InputError) as caught:
        interaction_matrix(rows, (1, 2))
    assert str(caught.value) == (
        "2 of 3 interactions have a weight that is no number. "
        "Check the column of the rating or the event weights, then load the file again."
    )


@pytest.mark.parametrize("half_life_days", [None, 30.0])
def test_no_rows_give_an_empty_matrix(half_life_days: float | None) -> None:
    matrix = interaction_matrix(_rows(), (2, 3), half_life_days=half_life_days)
    assert (matrix.shape, matrix.nnz) == ((2, 3), 0)


def test_baskets_are_numbered_anew_and_hold_an_item_once() -> None:
    rows = _rows((5, 0, 1, 7, 1), (5, 0, 1, 7, 3), (5, 2, 1, 7, 2), (3, 1, 1, 90, 9))
    baskets = basket_matrix(rows, 4)
    assert baskets.matrix.toarray().tolist() == [[1, 0, 1, 0], [0, 1, 0, 0]]
    assert baskets.user.tolist() == [5, 3]
    assert baskets.timestamp is not None
    assert baskets.timestamp.tolist() == [3 * _DAY, 9 * _DAY]


def test_what_was_taken_out_of_the_cart_is_in_no_basket() -> None:
    rows = _rows((0, 0, 1, 0, 0), (0, 1, -0.5, 0, 0), dated=False)
    baskets = basket_matrix(rows, 2)
    assert baskets.matrix.toarray().tolist() == [[1, 0]]
    assert baskets.timestamp is None


def test_guests_have_baskets_beside_those_of_shoppers() -> None:
    rows = _rows((0, 0, 1, 4, 1), (0, 1, 1, 4, 2), (1, 2, 1, 6, 3))
    guests = _rows((-1, 1, 1, 5, 7), (-1, 2, 1, 5, 8), (-1, 0, -1, 5, 9))
    baskets = basket_matrix(rows, 3, guests=guests)
    assert baskets.matrix.toarray().tolist() == [[1, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert baskets.user.tolist() == [0, -1, 1]
    assert baskets.timestamp is not None
    assert baskets.timestamp.tolist() == [2 * _DAY, 8 * _DAY, 3 * _DAY]


def test_guests_never_reach_a_matrix_of_shoppers() -> None:
    with pytest.raises(ValueError, match=r"negative .* index"):
        interaction_matrix(_rows((-1, 1, 1, 5, 7)), (2, 3))


def test_slices_keep_the_arrays_parallel() -> None:
    rows = _rows((0, 0, 1, 0, 0), (1, 1, 2, 1, 1))
    last = rows.rows(slice(1, None))
    assert len(last) == 1
    assert (last.user[0], last.item[0], last.weight[0], last.basket[0]) == (1, 1, 2, 1)
    assert last.timestamp is not None
    assert last.timestamp.tolist() == [_DAY]
    assert last.price is None
