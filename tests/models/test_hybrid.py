"""Hybrids: several models asked together, and what their fusion is made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_shops import checkerboard

from recsys.errors import BadSetting
from recsys.models.base import TrainingData, read_config
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.hybrid import Hybrid, hybrid_of
from recsys.models.registry import find_model
from recsys.models.spaces import Query, ScoreSpace, Space
from recsys.models.store import load_space, save_space
from recsys.types import silent

N = 20
ALS = {"factors": 8, "regularization": 0.1}


@pytest.fixture(scope="module")
def board() -> TrainingData:
    return checkerboard(N)


def fitted(kind: str, board: TrainingData, **settings: Any) -> Space:
    model = find_model(kind)
    return model(read_config(model, settings)).fit(board, silent)


def hybrid(board: TrainingData, how: str, kinds: tuple[str, ...], *weights: float) -> Space:
    settings = {"als": ALS}
    parts = [
        {"kind": kind, "weight": weight, "settings": settings.get(kind, {})}
        for kind, weight in zip(kinds, weights, strict=True)
    ]
    return fitted("hybrid", board, parts=parts, how=how)


def places(scores: np.ndarray) -> np.ndarray:
    found = np.empty(len(scores), np.int64)
    found[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return found


def test_by_place_adds_up_the_places_in_both_lists(board: TrainingData) -> None:
    space = hybrid(board, "rrf", ("als", "popularity"), 0.7, 0.3)
    query = space.shopper_query(3)
    assert query is not None
    als = fitted("als", board, **ALS)
    asked = als.shopper_query(3)
    assert asked is not None
    mine, buyers = als.scores([asked])[0], np.full(N, N / 2 - 1)
    expected = 0.7 / (60 + places(mine)) + 0.3 / (60 + places(buyers))
    np.testing.assert_allclose(space.scores([query])[0], expected, rtol=1e-5)


def test_by_score_a_weight_means_the_same_for_large_and_small_scores(board: TrainingData) -> None:
    space = hybrid(board, "weighted", ("als", "popularity"), 1.0, 1.0)
    assert isinstance(space, FusedSpace)
    queries = [space.shopper_query(user) for user in range(N)]
    parts = [
        [weight * part.scores([query.parts[place]]).max() for query in queries if query is not None]
        for place, (part, weight) in enumerate(zip(space.parts, space.weights, strict=True))
    ]
    assert [float(np.median(best)) for best in parts] == pytest.approx([1, 1], rel=1e-5)


def test_by_score_contributions_add_up_to_the_score(board: TrainingData) -> None:
    space = hybrid(board, "weighted", ("als", "copurchase"), 0.5, 0.5)
    # Both parts weigh a history alike here, so that one set of weights asks both.
    items, ones = np.array([2, 4, 6], np.int32), np.ones(3, np.float32)
    query = space.items_query(items, ones)
    assert query is not None
    parts = space.contributions(items, ones, np.arange(N, dtype=np.int32))
    assert parts is not None
    np.testing.assert_allclose(parts.sum(axis=1), space.scores([query])[0], rtol=1e-3, atol=1e-5)


def test_without_the_item_that_adds_most_a_place_is_lost(board: TrainingData) -> None:
    space = hybrid(board, "rrf", ("als", "copurchase"), 0.5, 0.5)
    history = np.array([1, 2, 3, 5], np.int32)
    ones = np.ones(4, np.float32)
    parts = space.contributions(history, ones, np.array([7], np.int32))
    assert parts is not None
    fewer = np.delete(history, int(parts[0].argmax()))
    before, after = space.items_query(history, ones), space.items_query(fewer, ones[:3])
    assert before is not None
    assert after is not None
    scores = [space.scores([query])[0] for query in (before, after)]
    # Item 8 is of the other colour: what spoke for item 7 spoke against it.
    assert scores[0][7] - scores[0][8] > scores[1][7] - scores[1][8]


def test_one_vector_holds_the_weighted_sum_of_both_scores(board: TrainingData) -> None:
    space = hybrid(board, "vector", ("als", "als"), 0.9, 0.1)
    assert isinstance(space, FactorSpace)
    assert space.items.shape == (N, 16)
    als = fitted("als", board, **ALS)
    query, asked = space.shopper_query(3), als.shopper_query(3)
    assert query is not None
    assert asked is not None
    mine, theirs = space.scores([query])[0], als.scores([asked])[0]
    # The same model twice, so all that the scales and weights do is to scale its scores.
    np.testing.assert_allclose(mine / mine.max(), theirs / theirs.max(), atol=1e-5)


def test_one_vector_needs_vectors(board: TrainingData) -> None:
    with pytest.raises(BadSetting, match="Only models with vectors"):
        hybrid(board, "vector", ("als", "copurchase"), 1, 1)


def test_a_shopper_whom_only_one_model_knows(board: TrainingData) -> None:
    space = FusedSpace(
        (ScoreSpace(np.arange(N, dtype=np.float32)), fitted("copurchase", board)), (1.0, 1.0)
    )
    query = space.items_query(np.empty(0, np.int32), np.empty(0, np.float32))
    assert query is not None
    assert query.parts[1] is None
    assert space.scores([query])[0].argmax() == N - 1


class TestBounds:
    def test_are_the_score_itself_without_ties(self, board: TrainingData) -> None:
        random = np.random.default_rng(2)
        space = FusedSpace(
            (
                ScoreSpace(random.random(300).astype(np.float32)),
                ScoreSpace(random.random(300).astype(np.float32)),
            ),
            (0.6, 0.4),
        )
        query = space.shopper_query(0)
        assert query is not None
        low, high = space.bounds(query, slack=0.0)
        np.testing.assert_allclose(low, space.scores([query])[0], rtol=1e-5)
        np.testing.assert_allclose(high, low)
        assert (low == 0).any(), "below the depth of both"

    @pytest.mark.parametrize("how", ["rrf", "weighted"])
    def test_hold_whatever_order_equal_scores_take(self, how: str) -> None:
        random = np.random.default_rng(3)
        scores = [random.integers(1, 6, 500).astype(np.float32) for _ in range(2)]
        space = FusedSpace(tuple(map(ScoreSpace, scores)), (0.6, 0.4), how)  # pyright: ignore
        query = space.shopper_query(0)
        assert query is not None
        low, high = space.bounds(query, slack=0.0)
        for seed in range(20):
            order = np.random.default_rng(seed).permutation(500)
            turned = FusedSpace(
                tuple(ScoreSpace(one[order]) for one in scores),
                space.weights,
                space.how,
            )
            found = np.empty(500, np.float32)
            found[order] = turned.scores([query])[0]
            assert (found >= low - 1e-6).all()
            assert (found <= high + 1e-6).all()
        assert (high > low).any()


class TestSettings:
    def test_a_short_text(self) -> None:
        config: Any = read_config(Hybrid, {"parts": "als:0.7, popularity"})
        assert [(part.kind, part.weight) for part in config.parts] == [
            ("als", 0.7), ("popularity", 1.0),
        ]  # fmt: skip

    def test_json_with_settings(self) -> None:
        text = json.dumps([{"kind": "als", "settings": {"factors": 8}}, {"kind": "copurchase"}])
        config: Any = read_config(Hybrid, {"parts": text, "how": "weighted"})
        assert config.parts[0].settings == {"factors": 8}

    def test_tuning_makes_one_of_the_best_it_found(self) -> None:
        found = hybrid_of([("als", {"factors": 8}, 0.8), ("copurchase", {}, 0.2)], "weighted")
        assert read_config(Hybrid, found).model_dump() == found
        assert found["parts"][0] == {"kind": "als", "weight": 0.8, "settings": {"factors": 8}}

    @pytest.mark.parametrize(
        ("parts", "said"),
        [
            ("als", "at least 2 items"),
            ("als,als,als,als,als", "at most 4 items"),
            ("als,hybrid", "hybrid of hybrids"),
            ("als,asl", "'asl'"),
            ("als:0,copurchase", "greater than 0"),
            ("[als", "Expecting value"),
            ([{"kind": "als", "settings": {"factorz": 3}}, {"kind": "als"}], "factorz"),
        ],
    )
    def test_wrong_ones_are_refused_before_training(self, parts: Any, said: str) -> None:
        with pytest.raises(BadSetting, match=said):
            read_config(Hybrid, {"parts": parts})


def test_saved_and_loaded_asks_the_same(board: TrainingData, tmp_path: Path) -> None:
    space = hybrid(board, "rrf", ("als", "copurchase"), 0.7, 0.3)
    save_space(tmp_path, "served", space)
    loaded = load_space(tmp_path / "served")
    assert isinstance(loaded, FusedSpace)
    assert isinstance(space, FusedSpace)
    assert (loaded.weights, loaded.how) == (space.weights, space.how)
    queries: list[Query] = [q for user in range(N) if (q := space.shopper_query(user)) is not None]
    again = [q for user in range(N) if (q := loaded.shopper_query(user)) is not None]
    np.testing.assert_array_equal(loaded.scores(again), space.scores(queries))
