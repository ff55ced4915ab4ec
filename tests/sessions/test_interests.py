from __future__ import annotations

import numpy as np

from recsys.sessions.interests import interests_of, same_category, seated


def test_two_interests_are_told_apart_by_nearness() -> None:
    alike = np.array([[1, 0.8, 0], [0.8, 1, 0.1], [0, 0.1, 1]], np.float32)
    tea, coffee = interests_of(np.array([1, 0.5, 0.5], np.float32), alike)
    assert (tea.places, tea.share) == ((0, 1), 0.75)
    assert (coffee.places, coffee.share) == ((2,), 0.25)


def test_a_product_joins_by_its_nearness_to_all_of_a_group() -> None:
    # 2 is near to 0 and far from 1: on average too far from both.
    alike = np.array([[1, 0.9, 0.4], [0.9, 1, -0.4], [0.4, -0.4, 1]], np.float32)
    found = interests_of(np.array([3, 2, 1], np.float32), alike)
    assert [one.places for one in found] == [(0, 1), (2,)]


def test_small_interests_are_left_out_and_three_are_enough() -> None:
    weights = np.array([5, 4, 3, 2, 0.1], np.float32)
    found = interests_of(weights, np.eye(5, dtype=np.float32))
    assert [one.places for one in found] == [(0,), (1,), (2,)]
    small = interests_of(np.array([5, 0.1], np.float32), np.eye(2, dtype=np.float32))
    assert [one.places for one in small] == [(0,)]


def test_equal_weights_are_taken_in_their_order() -> None:
    ones = np.ones(4, np.float32)
    assert [one.places for one in interests_of(ones, np.eye(4, dtype=np.float32))] == [
        (0,), (1,), (2,),
    ]  # fmt: skip


def test_without_vectors_categories_tell_and_unknown_ones_are_not_alike() -> None:
    found = same_category(np.array([3, 3, -1, -1]))
    assert found.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


def test_an_interest_that_is_not_on_the_list_gets_its_last_place() -> None:
    loud, quiet = np.zeros(30, np.float32), np.zeros(30, np.float32)
    loud[:15] = 1
    quiet[[20, 25]] = 0.2, 0.3
    order = seated([loud, quiet], 10)
    assert order[:10].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 25]
    assert sorted(order.tolist()) == list(range(30))


def test_each_interest_has_a_place_of_its_own_and_the_first_is_never_given_away() -> None:
    speaks = []
    for place in (20, 21, 22):
        one = np.zeros(30, np.float32)
        one[place] = 1
        speaks.append(one)
    assert seated(speaks, 4)[:4].tolist() == [0, 20, 21, 22]
    assert seated(speaks, 1)[:1].tolist() == [0]
    assert seated([np.zeros(30, np.float32)], 4).tolist() == list(range(30))
    assert seated([], 4).tolist() == []


def test_a_place_by_which_another_interest_is_there_is_not_taken() -> None:
    first, second = np.zeros(30, np.float32), np.zeros(30, np.float32)
    first[3] = 1
    second[20] = 1
    assert seated([first, second], 4)[:4].tolist() == [0, 1, 3, 20]
