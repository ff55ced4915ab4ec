from __future__ import annotations

import numpy as np
import pytest

from recsys.errors import BadSetting
from recsys.releases.people import People
from recsys.segments.definition import STAGES
from recsys.segments.lifecycle import DEFAULT_RULES, LifecycleRules, fifths, rfm, stages

DAY = 86_400
NOW = 1_000 * DAY


def people(*lines: tuple[int, int, int], spend: list[float] | None = None) -> People:
    """Lines of orders, days since the first and days since the last purchase."""
    orders = np.array([line[0] for line in lines], np.int32)
    first, last = (
        np.array([NOW - line[k] * DAY if line[0] else 0 for line in lines], np.int64)
        for k in (1, 2)
    )
    money = None if spend is None else np.array(spend)
    return People(orders, orders.astype(np.float32), money, first, last)


def named(found: People, rules: LifecycleRules = DEFAULT_RULES) -> list[str]:
    return [STAGES[code] for code in stages(found, rules)]


def test_each_stage_by_hand() -> None:
    found = people(
        (20, 190, 0),  # every ten days, bought today: the most orders of all
        (3, 100, 20),  # gap 40
        (3, 100, 20),
        (2, 110, 60),  # gap 50, silent for 60 days
        (2, 120, 102),  # gap 18, silent for more than five of them
        (11, 125, 25),  # gap 10, silent for two and a half
        (1, 10, 10),  # first order ten days ago
        (0, 0, 0),
    )
    assert named(found) == [
        "loyal", "active", "active", "active", "lost", "slipping", "new", "new",
    ]  # fmt: skip


def test_of_one_order_the_gap_is_that_of_the_shop() -> None:
    twice = (2, 60, 20)  # gap 40, and so the shop's
    found = people(twice, (1, 70, 70), (1, 81, 81), (1, 201, 201), (1, 0, 0))
    assert named(found) == ["active", "active", "slipping", "lost", "new"]


def test_many_orders_of_a_day_are_no_rhythm_of_minutes() -> None:
    daily = (30, 10, 10)  # thirty orders on one day ten days ago, gap 0
    assert named(people(daily, (1, 0, 0)))[0] == "loyal"
    strict = LifecycleRules(least_gap_days=1)
    assert named(people(daily, (1, 0, 0)), strict)[0] == "lost"


def test_rules_say_themselves() -> None:
    words = LifecycleRules(new_days=1, new_orders=1, loyal_share=0.1).words()
    assert list(words) == list(STAGES)
    assert words["new"] == "First order at most 1 day ago and at most 1 order, or none yet."
    assert words["loyal"] == "Among the 10 % who ordered most often, with at least 3 orders."
    assert words["slipping"].startswith("Silent for more than 2 times their usual gap")


def test_lost_before_slipping_is_refused() -> None:
    with pytest.raises(BadSetting, match="so nobody would be slipping"):
        LifecycleRules(slipping_gaps=3, lost_gaps=3)


def test_without_dates_nobody_has_a_stage() -> None:
    found = People(np.array([1, 2], np.int32), np.ones(2, np.float32))
    assert stages(found, DEFAULT_RULES).tolist() == [-1, -1]
    scores = rfm(found)
    assert (scores.recency.any(), scores.monetary.any()) == (False, False)
    assert scores.frequency.tolist() == [2, 4]


def test_fifths_by_hand_and_ties() -> None:
    everyone = np.ones(5, np.bool_)
    assert fifths(np.array([10, 50, 30, 20, 40]), everyone).tolist() == [1, 5, 3, 2, 4]
    assert fifths(np.full(5, 7), everyone).tolist() == [3] * 5
    # Two of the five are equal at the bottom: their middle is the first fifth of the order.
    assert fifths(np.array([1, 1, 2, 3, 4]), everyone).tolist() == [2, 2, 3, 4, 5]


def test_who_never_bought_has_one_and_moves_nobody() -> None:
    found = rfm(people((1, 9, 9), (0, 0, 0), (2, 9, 1), spend=[5.0, 0.0, 8.0]))
    assert found.recency.tolist() == [2, 1, 4]
    assert found.monetary.tolist() == [2, 1, 4]


def test_a_shop_without_shoppers() -> None:
    found = people()
    assert stages(found, DEFAULT_RULES).tolist() == []
    assert rfm(found).recency.tolist() == []
