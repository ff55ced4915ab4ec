from __future__ import annotations

from dataclasses import replace

import numpy as np
from evaluation_shops import dated
from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.split import before, split_by_time


def test_the_last_fifth_is_the_test_and_validation_the_last_fifth_of_the_rest() -> None:
    split = split_by_time(dated([(0, 0, second) for second in range(100)]))
    assert split is not None
    assert [len(part) for part in (split.train, split.validation, split.test)] == [64, 16, 20]
    assert split.validation.timestamp is not None
    assert split.validation.timestamp[0] == 64


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60))
def test_no_second_is_cut_in_two(seconds: list[int]) -> None:
    rows = dated([(0, 0, second) for second in sorted(seconds)])
    split = split_by_time(rows)
    if split is None:
        return
    parts = [split.train.timestamp, split.validation.timestamp, split.test.timestamp]
    assert all(part is not None and len(part) for part in parts)
    found = [part for part in parts if part is not None]
    assert np.concatenate(found).tolist() == sorted(seconds)
    assert found[0].max() < found[1].min()
    assert found[1].max() < found[2].min()


def test_without_dates_there_is_no_honest_test() -> None:
    assert split_by_time(replace(dated([(0, 0, 1)] * 10), timestamp=None)) is None


def test_one_second_only_cannot_be_cut() -> None:
    assert split_by_time(dated([(0, 0, 5)] * 50)) is None


def test_what_was_before_a_second() -> None:
    rows = dated([(0, 0, 3), (0, 1, 5), (0, 2, 5), (0, 3, 8)])
    assert before(rows, 5).item.tolist() == [0]
    assert before(rows, 9).item.tolist() == [0, 1, 2, 3]
    assert len(before(rows, 3)) == 0


def test_hardly_any_rows_cannot_be_cut() -> None:
    assert split_by_time(dated([(0, 0, 1), (0, 1, 2)])) is None
