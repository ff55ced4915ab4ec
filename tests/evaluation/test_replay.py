from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recsys.errors import JobCancelled
from recsys.evaluation.replay import replay, why_not_comparable
from recsys.types import silent

USERS = np.array([4, 2, 2], np.int32)


def test_a_replay_asks_once_a_question_and_fills_up_short_lists() -> None:
    asked: list[int] = []

    def ask(number: int) -> list[int]:
        asked.append(number)
        return [7, 8, 9][:number]

    found = replay(USERS, ask, 3, silent)
    assert asked == [0, 1, 2]
    assert found.lists.tolist() == [[-1, -1, -1], [7, -1, -1], [7, 8, -1]]
    assert found.users is USERS
    assert len(found) == 3


def test_a_cancelled_replay_asks_no_more() -> None:
    asked: list[int] = []
    seen: list[tuple[float, str]] = []

    def report(share: float, step: str) -> None:
        seen.append((share, step))
        if len(seen) == 3:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        replay(USERS, lambda number: asked.append(number) or [], 3, report, step="For You")
    assert asked == [0, 1]
    assert seen[1] == (1 / 3, "For You")


def manifest(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "label": name.upper(), **fields}


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (manifest("a"), manifest("b"), "A (a) was not tested."),
        (
            manifest("a", metrics={"for_you": {}}),
            manifest("b"),
            "A (a) was tested by an older version of Aisle.",
        ),
        (
            manifest("a", evidence={"key": "k", "asked": {"for_you": 3}}),
            manifest("b", evidence={"key": "k", "asked": {"also_bought": 3}}),
            "B (b) was not tested for For You.",
        ),
        (
            manifest("a", evidence={"key": "k", "asked": {"for_you": 3}}),
            manifest("b", evidence={"key": "other", "asked": {"for_you": 3}}),
            "A (a) and B (b) were tested on different data or questions.",
        ),
        (
            manifest("a", evidence={"key": "k", "asked": {"for_you": 3}}),
            manifest("b", evidence={"key": "k", "asked": {"for_you": 3}}),
            "",
        ),
    ],
)
def test_why_two_tests_cannot_be_compared(
    first: dict[str, Any], second: dict[str, Any], why: str
) -> None:
    assert why_not_comparable(first, second, "for_you") == why
