from __future__ import annotations

from recsys.copywriting.budget import Budget
from recsys.copywriting.pace import Pace
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.runs import Spent


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_pause_is_for_all_and_halves_what_is_under_way_once() -> None:
    clock = Clock()
    pace = Pace(8, clock)
    sent = clock.now
    clock.now += 1
    for _ in range(3):  # three that were under way together say the same
        pace.hold(sent, 2.0)
    assert (pace.allowed, pace.wait()) == (4, 2.0)
    clock.now += 2
    assert pace.wait() == 0.0
    for _ in range(8 * 4):
        pace.answered()
    assert pace.allowed == 8


def test_without_a_word_from_the_provider_pauses_double_up_to_a_minute() -> None:
    clock = Clock()
    pace = Pace(8, clock)
    waits: list[float] = []
    for _ in range(9):
        pace.hold(clock.now)
        waits.append(pace.wait())
        clock.now += pace.wait()
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert pace.allowed == 1
    pace.answered()
    pace.hold(clock.now)
    assert pace.wait() == 0.5


def test_three_in_a_row_without_an_answer_are_for_the_provider() -> None:
    clock = Clock()
    pace = Pace(8, clock)
    for row in (1, 1, 1, 2):
        pace.lost(row)
    assert not pace.general
    clock.now += 5
    pace.lost(3)
    assert pace.general
    assert pace.without_answer == 5.0
    pace.answered()
    assert (pace.general, pace.without_answer) == (False, 0.0)


def test_what_is_under_way_counts_towards_a_cap() -> None:
    budget = Budget(cap=1.0, cap_tokens=None)
    one = Usage(input=10, output=10)
    assert budget.allows(Spent(cost=0.5), one, 0.5)
    budget.take(one, 0.1)
    assert not budget.allows(Spent(cost=0.5), one, 0.5)
    budget.give_back(one, 0.1)
    assert budget.allows(Spent(cost=0.5), one, 0.5)
    # Without a price nobody could tell.
    assert not budget.allows(Spent(), one, None)
    tokens = Budget(cap=None, cap_tokens=100)
    assert tokens.allows(Spent(input=80), one, None)
    assert not tokens.allows(Spent(input=81), one, None)
