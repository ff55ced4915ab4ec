from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.evaluation.diff import (
    Exposure,
    Facts,
    Move,
    diff_lists,
    diff_replays,
    exposure,
)

lists_of_items = st.lists(st.integers(0, 12), unique=True, max_size=8)


def facts(n: int = 6, **changed: list[float]) -> Facts:
    return Facts(
        category=np.array(changed.get("category", [0, 0, 1, 1, 2, -1]), np.int32)[:n],
        price=np.array(changed.get("price", [1, 2, 3, 4, np.nan, np.nan]))[:n],
        popularity=np.array(changed.get("popularity", [60, 50, 40, 30, 20, 10]), np.float32)[:n],
    )


def test_what_moved_came_went_and_stayed_each_with_its_places_and_reason() -> None:
    found = diff_lists("abcd", "acxb", why={"x": "new taste", "d": "sold out"})
    assert found.moves == (
        Move("a", 1, 1),
        Move("c", 3, 2),
        Move("x", None, 3, "new taste"),
        Move("b", 2, 4),
        Move("d", 4, None, "sold out"),
    )
    assert [move.kind for move in found.moves] == ["stayed", "moved", "came", "moved", "went"]
    assert found.words() == "1 came, 1 went, 2 moved, 1 stayed"


def test_two_empty_lists_differ_in_nothing() -> None:
    assert diff_lists([], []).words() == "nothing"


@settings(deadline=None)
@given(lists_of_items, lists_of_items)
def test_a_diff_applied_to_the_first_list_gives_the_second(
    before: list[int], after: list[int]
) -> None:
    found = diff_lists(before, after)
    assert found.apply(before) == after
    back = diff_lists(after, before)
    assert {(m.item, m.before, m.after) for m in found.moves} == {
        (m.item, m.after, m.before) for m in back.moves
    }


def test_a_diff_refuses_a_list_that_it_was_not_made_of() -> None:
    found = diff_lists([1, 2, 3], [3, 2])
    with pytest.raises(ValueError, match="another list"):
        found.apply([2, 1, 3])
    with pytest.raises(ValueError, match="another list"):
        found.apply([1, 2, 3, 4])


def test_shares_of_slots_and_items_by_hand() -> None:
    before = np.array([[0, 1, 2], [3, 4, -1], [-1, -1, -1], [5, -1, -1]], np.int32)
    after = np.array([[1, 0, 2], [3, 5, 0], [-1, -1, -1], [-1, -1, -1]], np.int32)
    found = diff_replays(before, after, facts())
    # swapped places; one kept, one replaced and one more; nothing twice; a list that went
    assert found.changed == pytest.approx([2 / 3, 2 / 3, 0, 1])
    assert found.replaced == pytest.approx([0, 2 / 3, 0, 1])
    assert found.slots_changed == pytest.approx(5 / 7)
    assert found.items_replaced == pytest.approx(3 / 7)
    assert found.most_changed(2).tolist() == [3, 1]
    assert found.most_changed(9).tolist() == [3, 1, 0]


def test_who_wins_and_loses_exposure_by_hand() -> None:
    before = np.array([[0, 1], [0, 2], [0, 3]], np.int32)
    after = np.array([[4, 1], [0, 4], [4, 2]], np.int32)
    found = diff_replays(before, after, facts(), most=1)
    assert exposure(before, 6).tolist() == [3, 1, 1, 1, 0, 0]
    assert found.wins == (Exposure(4, 0, 3),)
    assert found.losses == (Exposure(0, 3, 1),)
    # category 0: items 0 and 1, of 4 slots 2 are left; 1: 2 -> 1; 2: 0 -> 3
    assert found.categories == (Exposure(2, 0, 3), Exposure(0, 4, 2), Exposure(1, 2, 1))
    assert [one.change for one in found.categories] == [3, -2, -1]


def test_price_coverage_and_popularity_of_what_is_shown_by_hand() -> None:
    before = np.array([[0, 1], [0, 4]], np.int32)
    after = np.array([[4, 5], [5, -1]], np.int32)
    found = diff_replays(before, after, facts())
    assert (found.before.slots, found.before.products) == (4, 3)
    assert found.before.coverage == pytest.approx(3 / 6)
    assert found.before.price == pytest.approx((1 + 2 + 1) / 3)  # item 4 has none
    assert found.before.popularity == pytest.approx((60 + 50 + 60 + 20) / 4)
    assert (found.after.slots, found.after.price) == (3, None)


def test_shorter_lists_are_compared_with_longer_ones() -> None:
    found = diff_replays(np.array([[0, 1]], np.int32), np.array([[0, 1, 2, 3]], np.int32), facts())
    assert found.changed == pytest.approx([0.5])
    assert found.replaced == pytest.approx([0.5])


def test_no_question_at_all_and_a_shop_without_categories() -> None:
    none = np.empty((0, 5), np.int32)
    found = diff_replays(none, none, facts(category=[-1] * 6))
    assert (found.slots_changed, found.items_replaced, found.categories) == (0, 0, ())
    assert (found.before.coverage, found.before.popularity) == (0, 0)


def test_replays_of_different_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="2 lists before and 1 after"):
        diff_replays(np.zeros((2, 3), np.int32), np.zeros((1, 3), np.int32), facts())


@settings(deadline=None)
@given(st.lists(st.tuples(lists_of_items, lists_of_items), max_size=6))
def test_turning_two_replays_round_turns_wins_into_losses(
    pairs: list[tuple[list[int], list[int]]],
) -> None:
    def padded(lists: list[list[int]]) -> np.ndarray:
        return np.array([[*one, *[-1] * (8 - len(one))] for one in lists], np.int32).reshape(-1, 8)

    about = Facts(np.arange(13, dtype=np.int32) % 3, np.arange(13.0), np.ones(13, np.float32))
    first, second = padded([a for a, _ in pairs]), padded([b for _, b in pairs])
    there = diff_replays(first, second, about, most=13)
    back = diff_replays(second, first, about, most=13)
    assert {(w.row, w.before, w.after) for w in there.wins} == {
        (loss.row, loss.after, loss.before) for loss in back.losses
    }
    assert there.changed.tolist() == back.changed.tolist()
    assert there.replaced.tolist() == back.replaced.tolist()
    assert (there.replaced <= there.changed + 1e-6).all()
