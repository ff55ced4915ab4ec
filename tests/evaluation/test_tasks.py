from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_shops import dated, random_shop

from recsys.data.dataset import EventKind, Interactions
from recsys.evaluation.parts import Part, Twin, fit_twin, part_of_data
from recsys.evaluation.split import split_by_time, split_last_out
from recsys.evaluation.tasks import TASKS, Task, task_of
from recsys.models.base import TrainingData, read_config
from recsys.models.registry import MODELS
from recsys.types import silent

USERS, ITEMS = 30, 40


def part_with(train: Interactions, later: Interactions, shape: tuple[int, int]) -> Part:
    assert later.timestamp is not None
    cut_at = int(later.timestamp[0])
    return Part("validation", "validation", TrainingData(train, *shape), later, cut_at)


def rows_of(task: Task, name: str) -> list[list[int]]:
    matrix = getattr(task, name)
    return [
        matrix.indices[a:b].tolist() for a, b in zip(matrix.indptr, matrix.indptr[1:], strict=False)
    ]


TRAIN = dated([(0, 0, 1), (0, 1, 1), (1, 2, 2), (2, 0, 3)])
LATER = dated([(0, 1, 8), (0, 2, 8), (0, 4, 8), (1, 2, 9), (3, 0, 9)])


def test_items_bought_before_are_not_wanted_and_unknown_items_are() -> None:
    part = part_with(TRAIN, LATER, (5, 5))
    task = task_of(part, "for_you")
    assert task.user.tolist() == [0], "1 buys again, 3 is new, 2 is gone"
    assert rows_of(task, "barred") == [[0, 1]]
    assert rows_of(task, "wanted") == [[2, 4]]
    assert part.unknown() == {"unknown_shoppers": 0.3333, "unknown_items": 0.25}
    again = task_of(part, "lookalikes")
    assert (again.user.tolist(), rows_of(again, "wanted")) == ([0], [[2, 4]])


def test_with_repeats_all_later_purchases_are_wanted_and_nothing_is_barred() -> None:
    task = task_of(part_with(TRAIN, LATER, (5, 5)), "for_you_again")
    assert task.user.tolist() == [0, 1]
    assert rows_of(task, "wanted") == [[1, 2, 4], [2]]
    assert rows_of(task, "barred") == [[], []]


def test_a_view_is_neither_wanted_nor_bars_a_product() -> None:
    bought, seen = EventKind.PURCHASED, EventKind.VIEWED
    train = replace(TRAIN, event=np.array([bought, seen, bought, bought], np.int8))
    later = replace(LATER, event=np.array([bought, seen, bought, bought, bought], np.int8))
    task = task_of(part_with(train, later, (5, 5)), "for_you")
    assert rows_of(task, "barred") == [[0]]
    assert rows_of(task, "wanted") == [[1, 4]], "1 was only looked at before"


def test_ratings_are_what_a_hit_is_worth_the_best_of_several() -> None:
    later = replace(LATER, weight=np.array([1, 2, 5, 3, 4], np.float32))
    later = replace(later, item=np.array([1, 4, 4, 2, 0], np.int32))
    part = replace(part_with(TRAIN, later, (5, 5)), graded=True)
    task = task_of(part, "for_you")
    assert rows_of(task, "wanted") == [[4]]
    assert task.gains(np.array([[2, 4, -1]])).tolist() == [[0, 5, 0]]
    assert task.best_gains(3).tolist() == [[5, 0, 0]]


def test_the_best_gains_are_the_largest_first() -> None:
    later = dated([(0, 2, 8), (0, 3, 8), (0, 4, 8), (1, 1, 8)])
    later = replace(later, weight=np.array([2, 5, 3, 4], np.float32))
    task = task_of(replace(part_with(TRAIN, later, (5, 5)), graded=True), "for_you")
    assert task.best_gains(2).tolist() == [[5, 3], [4, 0]]


def test_of_each_basket_of_3_to_30_known_items_one_is_hidden() -> None:
    train = dated([(0, item, 1) for item in range(33)])
    sizes = (2, 3, 30, 31)
    lines = [(user, item, 8 + user) for user, size in enumerate(sizes) for item in range(size)]
    later = dated([*lines, (4, 0, 20), (4, 1, 20), (4, 39, 20)])
    task = task_of(part_with(train, later, (5, 40)), "also_bought")
    assert task.user.tolist() == [1, 2], "4 has two known items"
    assert task.relevant().tolist() == [1, 1]
    assert task.given is not None
    for row, size in enumerate((3, 30)):
        given, wanted = rows_of(task, "given")[row], rows_of(task, "wanted")[row]
        assert sorted(given + wanted) == list(range(size))
    assert rows_of(task, "barred") == rows_of(task, "given")


def test_similar_asks_for_the_other_new_products_of_the_same_shopper() -> None:
    train = dated([(user, item, 1) for user in range(3) for item in (0, 1, 2, 3)])
    train = dated([(0, 0, 1), (1, 1, 1), (2, 2, 1), (2, 3, 1), (2, 4, 1)])
    later = dated([(0, 0, 8), (0, 2, 8), (0, 3, 8), (1, 2, 8), (0, 9, 8)])
    task = task_of(part_with(train, later, (3, 10)), "similar")
    found = dict(
        zip([given[0] for given in rows_of(task, "given")], rows_of(task, "wanted"), strict=True)
    )
    assert found == {2: [3, 9], 3: [2, 9]}, "0 is no news, 9 is unknown, 1 bought one thing"
    assert task.user.tolist() == [0, 0]
    assert rows_of(task, "barred") == rows_of(task, "given")


def test_similar_asks_at_most_five_times_a_shopper() -> None:
    train = dated([(0, item, 1) for item in range(20)] + [(1, 20, 2)])
    later = dated([(1, item, 8) for item in range(20)])
    task = task_of(part_with(train, later, (2, 21)), "similar")
    assert task.user.tolist() == [1] * 5
    assert task.relevant().tolist() == [19] * 5


@pytest.mark.parametrize("name", TASKS)
def test_the_same_data_gives_the_same_questions_and_other_data_others(name: str) -> None:
    shape = (USERS, ITEMS)

    def digest(rows: Interactions) -> str:
        part = part_of_data(TrainingData(rows, *shape))
        assert part is not None
        return task_of(part, name).digest()  # pyright: ignore[reportArgumentType]

    assert digest(random_shop(1)) == digest(random_shop(1))
    assert digest(random_shop(1)) != digest(random_shop(2))


@pytest.mark.parametrize("name", TASKS)
def test_only_what_was_bought_after_the_cut_is_wanted(name: str) -> None:
    part = part_of_data(TrainingData(random_shop(1), USERS, ITEMS))
    assert part is not None
    task = task_of(part, name)  # pyright: ignore[reportArgumentType]
    bought = set(zip(part.later.user.tolist(), part.later.item.tolist(), strict=True))
    lines = np.repeat(task.user, task.relevant())
    assert set(zip(lines.tolist(), task.wanted.indices.tolist(), strict=True)) <= bought
    assert not task.wanted.multiply(task.barred).nnz, "nothing barred is wanted"
    some = task.take(np.array([2, 0]))
    assert rows_of(some, "wanted") == [rows_of(task, "wanted")[2], rows_of(task, "wanted")[0]]


def test_the_test_part_is_known_only_up_to_its_own_cut() -> None:
    rows = random_shop(1)
    cut = split_by_time(rows)
    part = part_of_data(TrainingData(rows, USERS, ITEMS, guests=rows), "test")
    assert cut is not None
    assert part is not None
    assert len(part.known.rows) == len(cut.train) + len(cut.validation)
    assert part.later.timestamp is not None
    assert part.cut_at == part.later.timestamp[0]
    assert part.known.guests is not None
    assert part.known.guests.timestamp is not None
    assert part.known.guests.timestamp.max() < part.cut_at


def test_a_space_that_learned_from_what_it_is_asked_is_refused() -> None:
    """The served model, fitted on all rows, can never be scored; the twin can."""
    data = TrainingData(random_shop(1), USERS, ITEMS)
    part = part_of_data(data)
    assert part is not None
    model, config = MODELS["popularity"], read_config(MODELS["popularity"], {})
    twin = fit_twin(model, config, part.known, silent)
    twin.check(part.cut_at)
    served = fit_twin(model, config, data, silent)
    with pytest.raises(ValueError, match="cannot be tested on what happened from"):
        served.check(part.cut_at)
    test = part_of_data(data, "test")
    assert test is not None
    twin.check(test.cut_at)
    with pytest.raises(ValueError, match="cannot be tested"):
        fit_twin(model, config, test.known, silent).check(part.cut_at)


def test_what_guests_did_after_the_cut_counts_as_learned_too() -> None:
    data = TrainingData(random_shop(1), USERS, ITEMS)
    part = part_of_data(data)
    assert part is not None
    model, config = MODELS["popularity"], read_config(MODELS["popularity"], {})
    known = replace(part.known, guests=random_shop(2))
    with pytest.raises(ValueError, match="cannot be tested"):
        fit_twin(model, config, known, silent).check(part.cut_at)


def test_without_dates_the_last_rows_of_each_shopper_are_held_back() -> None:
    rows = replace(random_shop(1), timestamp=None)
    data = TrainingData(rows, USERS, ITEMS)
    assert part_of_data(data) is None
    part = part_of_data(data, split="last_out")
    assert part is not None
    assert part.measured_on == "last rows, no dates"
    assert len(task_of(part, "for_you")) > 5
    model, config = MODELS["popularity"], read_config(MODELS["popularity"], {})
    fit_twin(model, config, part.known, silent).check(part.cut_at)
    with pytest.raises(ValueError, match="cannot be tested"):
        fit_twin(model, config, data, silent).check(part.cut_at)


def test_last_out_keeps_baskets_whole_and_shoppers_with_one_row() -> None:
    lines = [(0, item, 0) for item in range(6)] + [(1, 0, 0), (2, 0, 0), (2, 1, 0), (2, 2, 0)]
    baskets = [0, 0, 0, 0, 1, 1, 2, 3, 3, 3]
    split = split_last_out(replace(dated(lines, baskets=baskets), timestamp=None))
    assert split is not None
    pairs = set(zip(split.test.user.tolist(), split.test.item.tolist(), strict=True))
    assert pairs == {(0, 4), (0, 5), (2, 2)}, "0: the last basket; 2 has one basket, torn apart"
    assert 1 in split.train.user
    assert len(split.train) + len(split.validation) + len(split.test) == 10
    assert len(split.known_before_test) == 7


def test_a_twin_says_how_far_it_has_seen() -> None:
    part = part_of_data(TrainingData(random_shop(1), USERS, ITEMS))
    assert part is not None
    model = MODELS["popularity"]
    twin = fit_twin(model, read_config(model, {}), part.known, silent)
    assert part.known.rows.timestamp is not None
    assert twin.fitted_before == part.known.rows.timestamp.max() + 1
    assert isinstance(twin, Twin)
