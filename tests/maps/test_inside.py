from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.maps.inside import inside

SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]


def held(points: list[tuple[float, float]], polygon: list[tuple[float, float]]) -> list[bool]:
    return inside(np.array(points, np.float32), np.array(polygon)).tolist()


def test_points_in_a_square_on_its_border_and_outside() -> None:
    points = [(2, 2), (0, 0), (4, 4), (4, 2), (2, 0), (2, 4), (4.01, 2), (-0.01, 0), (2, -1)]
    assert held(points, SQUARE) == [True] * 6 + [False] * 3


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_the_direction_and_a_repeated_first_corner_change_nothing(
    closed: bool, turned: bool
) -> None:
    polygon = SQUARE[::-1] if turned else SQUARE
    polygon = [*polygon, polygon[0]] if closed else polygon
    assert held([(1, 1), (5, 1), (0, 2)], polygon) == [True, False, True]


def test_a_ray_through_a_corner_counts_once() -> None:
    diamond = [(0, -2), (2, 0), (0, 2), (-2, 0)]
    # Left of, in and right of it, at the height of its corners.
    assert held([(-3, 0), (-1, 0), (1, 0), (3, 0), (-3, 2), (3, -2)], diamond) == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]


def test_what_a_line_goes_around_twice_is_outside() -> None:
    angles = np.pi / 2 + 4 * np.pi / 5 * np.arange(5)
    star = list(zip(np.cos(angles).tolist(), np.sin(angles).tolist(), strict=True))
    assert held([(0, 0), (0, 0.8), (0.9, -0.9)], star) == [False, True, False]


def test_the_bay_of_a_concave_line_is_outside() -> None:
    bay = [(0, 0), (6, 0), (6, 6), (3, 1), (0, 6)]
    assert held([(3, 3), (1, 3), (5, 3), (3, 0.5)], bay) == [False, True, True, True]


def test_a_point_without_a_place_is_outside() -> None:
    assert held([(np.nan, 1), (1, np.nan), (np.nan, np.nan), (1, 1)], SQUARE) == [
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "polygon",
    [
        [],
        [(1, 1)],
        [(0, 0), (4, 4)],
        [(0, 0), (2, 2), (4, 4)],
        [(1, 1), (1, 1), (1, 1), (1, 1)],
        [(0, 0), (4, 0), (np.nan, 4)],
    ],
)
def test_what_has_no_area_holds_nothing(polygon: list[tuple[float, float]]) -> None:
    points = np.array([(1, 1), (2, 2)], np.float32)
    assert inside(points, np.array(polygon, float).reshape(-1, 2)).tolist() == [False, False]


def test_no_points_and_a_lasso_around_nothing() -> None:
    assert held([], []) == []
    assert held([(10, 10), (-3, 2)], SQUARE) == [False, False]


corners = st.tuples(st.integers(-6, 6), st.integers(-6, 6))


@given(st.lists(corners, min_size=3, max_size=9))
def test_any_line_holds_what_counting_crossings_says(polygon: list[tuple[int, int]]) -> None:
    # Half-way points are never on a corner; those on an edge are left out of the comparison.
    grid = [(x + 0.5, y + 0.25) for x in range(-7, 7) for y in range(-7, 7)]
    found = held(grid, polygon)
    for point, one in zip(grid, found, strict=True):
        crossings = _crossings(point, polygon)
        if crossings is not None:
            assert one == (crossings % 2 == 1)


def _crossings(point: tuple[float, float], polygon: list[tuple[int, int]]) -> int | None:
    x, y = point
    count = 0
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) == (y2 > y):
            continue
        at = x1 + (y - y1) / (y2 - y1) * (x2 - x1)
        if abs(at - x) < 1e-9:
            return None
        count += at > x
    return count


def test_a_long_lasso_around_two_hundred_thousand_points_is_quick() -> None:
    points = np.random.default_rng(3).normal(size=(200_000, 2)).astype(np.float32)
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    lasso = np.column_stack((np.cos(angles), np.sin(angles)))
    inside(points, lasso)
    started = time.process_time()
    found = inside(points, lasso)
    assert time.process_time() - started < 0.15  # some 0.02; machines differ
    away = np.linalg.norm(points, axis=1)
    assert found[away < 0.999].all()
    assert not found[away > 1].any()
