from __future__ import annotations

from dataclasses import replace

import numpy as np
from evaluation_shops import dated, random_shop

from recsys.data.ids import IdMap
from recsys.evaluation.price import (
    Common,
    Sides,
    Window,
    also_bought_questions,
    for_you_questions,
    hits,
    in_both,
)
from recsys.models.spaces import ScoreSpace
from recsys.types import silent

COMMON = Common.of(
    (IdMap(("ann", "bea", "cat")), IdMap(("bea", "cat", "dan"))),
    (IdMap(("p", "q", "r", "s")), IdMap(("a", "p", "r", "s"))),
)


def test_rows_of_two_versions_meet_through_the_shops_ids() -> None:
    assert [rows.tolist() for rows in COMMON.users] == [[1, 2], [0, 1]]
    assert [rows.tolist() for rows in COMMON.items] == [[0, 2, 3], [1, 2, 3]]
    first = COMMON.translated(dated([(0, 0, 1), (1, 0, 2), (1, 1, 3), (2, 3, 4)]), 0)
    assert (first.user.tolist(), first.item.tolist()) == ([0, 1], [0, 2])
    second = COMMON.translated(dated([(0, 1, 2), (1, 3, 4), (2, 1, 5), (0, 0, 6)]), 1)
    assert (second.user.tolist(), second.item.tolist()) == ([0, 1], [0, 2])
    assert second.timestamp is not None
    assert second.timestamp.tolist() == [2, 4]


def test_only_rows_of_the_same_shopper_item_and_second_are_in_both() -> None:
    first = dated([(0, 0, 1), (0, 0, 2), (0, 1, 2), (1, 0, 2)])
    second = dated([(0, 0, 2), (0, 1, 3), (1, 0, 2)])
    kept = in_both(Sides(first, second), 5)
    assert list(zip(kept.user.tolist(), kept.item.tolist(), strict=True)) == [(0, 0), (1, 0)]
    assert len(in_both(Sides(first, dated([])), 5)) == 0


def test_what_either_version_knew_is_given_and_what_both_saw_later_is_wanted() -> None:
    known = Sides(dated([(0, 0, 1), (1, 0, 1), (2, 0, 1)]), dated([(0, 1, 1), (1, 0, 1)]))
    later = Sides(
        dated([(0, 0, 5), (0, 2, 5), (0, 3, 5), (1, 0, 6), (2, 3, 7)]),
        dated([(0, 2, 5), (0, 1, 5), (1, 0, 6), (2, 3, 7)]),
    )
    (question,) = for_you_questions(known, later, 4)
    # shopper 1 buys again, 2 is unknown to the second, 3 is in the first only
    assert (question.user, question.given.tolist(), question.wanted.tolist()) == (0, [0, 1], [2])


def test_baskets_hold_what_both_versions_knew_and_have() -> None:
    known = Sides(dated([(0, 0, 1), (0, 1, 1), (0, 2, 1)]), dated([(0, 0, 1), (0, 1, 1)]))
    later = dated([(0, 0, 5), (0, 1, 5), (0, 2, 5), (0, 0, 6), (0, 2, 6)])
    (question,) = also_bought_questions(known, Sides(later, later), 3)
    assert sorted([*question.given.tolist(), *question.wanted.tolist()]) == [0, 1]
    assert len(question.wanted) == 1


def test_candidates_are_the_same_for_both_and_the_rest_is_never_ranked() -> None:
    (question,) = for_you_questions(
        Sides(dated([(0, 0, 1)]), dated([(0, 0, 1)])),
        Sides(dated([(0, 1, 2)]), dated([(0, 1, 2)])),
        3,
    )
    # common items p, r, s: wanted is r, which q and a, each of one version only, would beat
    scores = (np.array([4, 9, 2, 3], np.float32), np.array([9, 4, 3, 2], np.float32))
    places = [
        np.flatnonzero(
            hits(ScoreSpace(one), [question], COMMON, side, cart=False, report=silent, k=3)[0]
        ).tolist()
        for side, one in enumerate(scores)
    ]
    assert places == [[1], [0]]


def test_the_window_is_the_validation_part_by_the_second() -> None:
    rows = random_shop(3)
    window = Window.of(rows)
    assert window is not None
    assert rows.timestamp is not None
    known, later = window.known(rows), window.later(rows)
    assert known.timestamp is not None
    assert later.timestamp is not None
    assert known.timestamp.max() < window.cut_at == later.timestamp.min()
    assert later.timestamp.max() < window.end <= rows.timestamp.max()
    assert len(known) == 576
    assert len(later) == 144
    assert Window.of(replace(rows, timestamp=None)) is None
