"""Two kinds that find different things are asked together, and only then."""

from __future__ import annotations

import time

import numpy as np
import pytest

from recsys.evaluation.found import Found
from recsys.evaluation.fusing import fused_best
from recsys.evaluation.parts import Twin
from recsys.evaluation.trial import Trial
from recsys.models.als import ALS
from recsys.models.base import Model
from recsys.models.hybrid import Hybrid
from recsys.models.item_item import ItemItem
from recsys.models.spaces import ScoreSpace
from recsys.types import Placement

N_ITEMS, USERS, QUESTIONS = 50, 20, 400
# Half of the questions want item 0, the other half item 1.
WANTED = np.arange(QUESTIONS) % 2


def score(twin: Twin, placement: Placement, share: float) -> np.ndarray:
    """1 where the wanted item is among the best two."""
    query = twin.space.shopper_query(0)
    assert query is not None
    best = np.argsort(-twin.space.scores([query])[0], kind="stable")[:2]
    return np.isin(WANTED, best)[: int(QUESTIONS * share)].astype(np.float64)


def found(model: type[Model], *best: int) -> Found:
    scores = np.full(N_ITEMS, 0.1, np.float32)
    scores[list(best)] = np.array([1.0, 0.7], np.float32)[: len(best)]
    twin = Twin(ScoreSpace(scores), 1)
    values = score(twin, "for_you", 1.0)
    return Found(Trial("for_you", model.name, {}, float(values.mean()), 0.1), model, twin, values)


def test_two_kinds_that_find_different_halves_are_fused() -> None:
    tried: list[Trial] = []
    one, other = found(ALS, 0, 7), found(ItemItem, 1, 8)
    best = fused_best(
        [one, other], score, n_users=USERS, until=time.monotonic() + 60, told=tried.append
    )
    assert best is not None
    assert (one.trial.value, other.trial.value, best.trial.value) == (0.5, 0.5, 1.0)
    assert best.model is Hybrid
    assert [part["kind"] for part in best.trial.settings["parts"]] == ["als", "item_item"]
    # Only with equal weights are the first of both among the best two.
    looked = [(trial.value, trial.state) for trial in tried]
    early = "given up early"
    assert looked == [(0.5, early), (1.0, early), (0.5, early), (1.0, "measured")]
    assert [part["weight"] for part in best.trial.settings["parts"]] == [1.0, 1.0]


def test_two_kinds_that_find_the_same_are_not() -> None:
    same = [found(ALS, 0, 7), found(ItemItem, 0, 8)]
    until = time.monotonic() + 60
    assert fused_best(same, score, n_users=USERS, until=until, told=lambda _: None) is None


@pytest.mark.parametrize("kinds", [1, 2])
def test_one_kind_or_no_time_gives_nothing(kinds: int) -> None:
    tried: list[Trial] = []
    all_found = [found(ALS, 0, 7), found(ItemItem, 1, 8)][:kinds]
    until = time.monotonic() - 1 if kinds == 2 else time.monotonic() + 60
    assert fused_best(all_found, score, n_users=USERS, until=until, told=tried.append) is None
    assert not tried
