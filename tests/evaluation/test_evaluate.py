from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from evaluation_shops import dated, random_shop

from recsys.data.dataset import Interactions
from recsys.evaluation.evaluate import (
    Question,
    also_bought_questions,
    for_you_questions,
    judge_also_bought,
    judge_for_you,
    ranked,
)
from recsys.evaluation.split import Split, split_by_time
from recsys.models.base import TrainingData, read_config
from recsys.models.registry import MODELS
from recsys.models.spaces import ScoreSpace, Space
from recsys.models.store import save_space
from recsys.types import silent

USERS, ITEMS = 30, 40


def rows_of(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int32)


def split(rows: Interactions) -> Split:
    found = split_by_time(rows)
    assert found is not None
    return found


def fit(name: str, rows: Interactions) -> Space:
    model = MODELS[name]
    settings = {"factors": 6, "iterations": 3} if name == "als" else {}
    data = TrainingData(rows, USERS, ITEMS)
    return model(read_config(model, settings)).fit(data, silent)


def test_items_bought_before_are_not_wanted_and_unknown_items_are() -> None:
    train = dated([(0, 0, 1), (0, 1, 1), (1, 2, 2), (2, 0, 3)])
    later = dated([(0, 1, 8), (0, 2, 8), (0, 4, 8), (1, 2, 9), (3, 0, 9)])
    questions, shares = for_you_questions(train, later, (5, 5))
    assert [question.user for question in questions] == [0], "1 buys again, 3 is new, 2 is gone"
    assert questions[0].given.tolist() == [0, 1]
    assert questions[0].wanted.tolist() == [2, 4]
    assert shares == {"unknown_shoppers": 0.3333, "unknown_items": 0.25}


def test_the_hidden_item_of_a_basket_is_not_given() -> None:
    train = dated([(0, item, 1) for item in range(6)])
    later = dated(
        [(1, 0, 8), (1, 1, 8), (1, 2, 8), (2, 3, 9), (3, 4, 9), (3, 7, 9), (0, 5, 10), (0, 4, 10)],
        baskets=[0, 0, 0, 1, 2, 2, 3, 3],
    )
    questions = also_bought_questions(train, later, 8)
    assert [question.user for question in questions] == [1, 0], "small or unknown baskets are out"
    for question, basket in zip(questions, ([0, 1, 2], [4, 5]), strict=True):
        assert len(question.wanted) == 1
        assert question.wanted[0] not in question.given
        assert sorted([*question.given, *question.wanted]) == basket
    again = also_bought_questions(train, later, 8)
    assert [q.wanted.tolist() for q in again] == [q.wanted.tolist() for q in questions]


def test_what_is_given_and_what_is_unknown_is_never_ranked() -> None:
    space = ScoreSpace(np.array([5, 4, 0, 3, 2], np.float32))
    questions = [
        Question(0, given=rows_of(0), wanted=rows_of(3, 2)),
        Question(1, given=rows_of(), wanted=rows_of(0)),
    ]
    found = ranked(space, questions, 6, cart=False, report=silent)
    assert found[0].tolist() == [False, True, False, False, False, False]
    assert found[1].tolist() == [True, False, False, False, False, False]


def test_a_question_that_nothing_is_known_about_is_a_miss() -> None:
    train = dated([(0, 0, 1), (0, 1, 1)])
    space = MODELS["copurchase"](read_config(MODELS["copurchase"], {})).fit(
        TrainingData(train, 2, 3), silent
    )
    questions = [
        Question(1, given=rows_of(2), wanted=rows_of(0)),
        Question(0, given=rows_of(0), wanted=rows_of(1)),
    ]
    found = ranked(space, questions, 2, cart=True, report=silent)
    assert [hits.tolist() for hits in found] == [[False, False], [True, False]]


def test_for_you_is_judged_beside_popularity() -> None:
    mine = ScoreSpace(np.array([1, 2, 3], np.float32))
    popular = ScoreSpace(np.array([3, 2, 1], np.float32))
    questions = [Question(0, rows_of(), rows_of(2)), Question(1, rows_of(), rows_of(2))]
    result = judge_for_you(mine, popular, questions, silent)
    assert result["shoppers"] == 2
    assert result["ndcg@10"]["value"] == 1.0
    assert result["ndcg@10"]["popularity"]["value"] == 0.5
    assert result["ndcg@10"]["difference"]["value"] == 0.5
    assert result["recall@20"]["popularity"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_judging_nothing_gives_zeros() -> None:
    space = ScoreSpace(np.ones(3, np.float32))
    assert judge_for_you(space, space, [], silent)["shoppers"] == 0
    assert judge_also_bought(space, space, [], silent)["hit_rate@10"]["value"] == 0.0


def test_progress_of_judging_never_goes_back() -> None:
    rows = split(random_shop(1))
    space = fit("popularity", rows.train)
    for judge, questions in (
        (judge_for_you, for_you_questions(rows.train, rows.validation, (USERS, ITEMS))[0]),
        (judge_also_bought, also_bought_questions(rows.train, rows.validation, ITEMS)),
    ):
        shares: list[float] = []
        judge(space, space, questions, lambda share, step, seen=shares: seen.append(share))
        assert shares == sorted(shares)
        assert shares[-1] < 1.0


@pytest.mark.parametrize("name", ["als", "copurchase"])
def test_models_find_the_two_tastes_of_a_shop(name: str) -> None:
    rows = split(random_shop(1))
    space, popular = fit(name, rows.train), fit("popularity", rows.train)
    if "for_you" in MODELS[name].placements:
        questions, _ = for_you_questions(rows.train, rows.validation, (USERS, ITEMS))
        result = judge_for_you(space, popular, questions, silent)
        assert result["ndcg@10"]["difference"]["low"] > 0
    baskets = also_bought_questions(rows.train, rows.validation, ITEMS)
    assert judge_also_bought(space, popular, baskets, silent)["hit_rate@10"]["value"] > 0.2


# Content learns from the catalogue, too: tests/models/test_counting.py looks at that.
@pytest.mark.parametrize("name", sorted(set(MODELS) - {"content"}))
def test_the_twin_cannot_see_what_happens_after_the_cut(name: str, tmp_path: Path) -> None:
    """The same purchases before the cut and quite different ones after it: the same twin."""
    real, other = random_shop(1), random_shop(2)
    cut = len(split(real).train)
    changed = Interactions(
        user=np.concatenate([real.user[:cut], other.user[cut:]]),
        item=np.concatenate([real.item[:cut], other.item[cut:]]),
        weight=np.concatenate([real.weight[:cut], 7 * other.weight[cut:]]),
        quantity=real.quantity,
        basket=real.basket,
        timestamp=real.timestamp,
    )
    for folder, rows in (("real", real), ("changed", changed)):
        (tmp_path / folder).mkdir()
        save_space(tmp_path / folder, "twin", fit(name, split(rows).train))
    files = sorted(path.name for path in (tmp_path / "real" / "twin").iterdir())
    assert files
    for file in files:
        ours, theirs = (tmp_path / side / "twin" / file for side in ("real", "changed"))
        assert ours.read_bytes() == theirs.read_bytes(), file


def test_questions_ask_only_for_what_was_bought_in_their_part() -> None:
    rows = split(random_shop(1))
    questions, _ = for_you_questions(rows.train, rows.validation, (USERS, ITEMS))
    part = rows.validation
    bought = set(zip(part.user.tolist(), part.item.tolist(), strict=True))
    asked = {(question.user, int(item)) for question in questions for item in question.wanted}
    assert asked
    assert asked <= bought
