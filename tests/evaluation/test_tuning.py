"""The search for settings, with small models whose values are known."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pytest
from evaluation_shops import random_shop
from pydantic import Field

from recsys.errors import InputError, JobCancelled
from recsys.evaluation.parts import Twin
from recsys.evaluation.studies import Study
from recsys.evaluation.trial import Trial
from recsys.evaluation.tuning import Hunt
from recsys.models.base import Model, ModelConfig, Range, Search, TrainingData
from recsys.models.spaces import ScoreSpace, Space
from recsys.types import Placement, Report, silent

QUESTIONS = 200
DATA = TrainingData(random_shop(1, rows=90), 30, 40)


class HillConfig(ModelConfig):
    """One number; the best is 0.3."""

    x: float = Field(0.9, ge=0, le=1)
    mode: str = "plain"


class Hill:
    """A model whose only item scores ``1 - |x - 0.3|``; it can also fail, or take its time."""

    name: ClassVar[str] = "hill"
    label: ClassVar[str] = "Hill"
    summary: ClassVar[str] = "For tests."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = ""
    search: ClassVar[Search] = Search({"x": Range(0, 1)}, first=({}, {"x": 0.8}))
    Config: ClassVar[type[ModelConfig]] = HillConfig

    def __init__(self, config: Any) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        report(0.5, "half way")
        if self.config.mode == "broken":
            raise InputError("This model never works.")
        if self.config.mode == "slow":
            for step in range(10_000):
                report(step / 10_000, "slowly")
                time.sleep(0.001)
        return ScoreSpace(np.array([1 - abs(self.config.x - 0.3)], np.float32))


class Flat(Hill):
    """Always half as good as the hill at its best."""

    name: ClassVar[str] = "flat"
    search: ClassVar[Search] = Search({"x": (0.8,)}, first=({"x": 0.8},))


def mode(name: str, **chosen: Any) -> type[Model]:
    """A hill in some mode, as a kind of its own."""
    search = Search({"x": Range(0, 1), "mode": (name,)}, first=({"mode": name},))
    return type(f"Hill{name}", (Hill,), {"name": name, "search": search, **chosen})


def score(twin: Twin, placement: Placement, share: float) -> np.ndarray:
    """The score of the only item, with the same noise for every space."""
    assert isinstance(twin.space, ScoreSpace)
    noise = np.random.default_rng(0).normal(0, 0.2, QUESTIONS)
    return (float(twin.space.item_scores[0]) + noise)[: int(QUESTIONS * share)]


def hunt(*models: type[Model], seconds: float = 1.5, **given: Any) -> Hunt:
    return Hunt(DATA, models, ["for_you"], score, seconds=seconds, **given)


def test_first_guesses_come_first_and_the_search_climbs() -> None:
    tuned = hunt(Hill).run(silent)
    assert [trial.settings["x"] for trial in tuned.trials[:2]] == [0.9, 0.8]
    best = tuned.best["for_you"][0].trial
    assert abs(best.settings["x"] - 0.3) < 0.05
    assert best.value == max(t.value for t in tuned.trials if t.state == "measured")


def test_settings_clearly_behind_are_given_up_after_a_quarter_of_the_questions() -> None:
    tuned = hunt(Hill).run(silent)
    early = [trial for trial in tuned.trials if trial.state == "given up early"]
    assert early
    nearest = abs(tuned.best["for_you"][0].trial.settings["x"] - 0.3)
    assert all(abs(trial.settings["x"] - 0.3) > nearest for trial in early)


def test_it_ends_on_a_plateau_and_says_so() -> None:
    tuned = hunt(Hill, seconds=60).run(silent)
    assert tuned.ended.startswith("Stopped after ")
    assert "tries found nothing better by more than 0.0003" in tuned.ended


def test_a_kind_whose_settings_are_all_tried_ends_the_search() -> None:
    tuned = hunt(Flat, seconds=60).run(silent)
    assert len(tuned.trials) == 1
    assert tuned.ended.startswith("Nothing is left to try after ")


def test_what_cannot_be_trained_is_noted_and_the_others_go_on() -> None:
    tuned = hunt(mode("broken"), Hill).run(silent)
    failed = [trial for trial in tuned.trials if trial.kind == "broken"]
    assert failed
    assert {(one.state, one.note) for one in failed} == {("failed", "This model never works.")}
    assert [found.trial.kind for found in tuned.best["for_you"]] == ["hill"]


def test_a_fit_that_would_take_the_whole_budget_is_broken_off() -> None:
    tuned = hunt(mode("slow"), Hill, seconds=5).run(silent)
    slow = [trial for trial in tuned.trials if trial.kind == "slow"]
    assert [(one.state, one.note) for one in slow] == [
        ("too slow", "longer than 2 s to learn or to test"),
    ]
    assert tuned.best["for_you"][0].trial.kind == "hill"


def test_a_search_that_is_cancelled_has_told_what_it_tried() -> None:
    told: list[Trial] = []

    def cancelled(share: float, step: str) -> None:
        assert 0 <= share <= 1
        if len(told) == 4:
            assert step.startswith("Try 5: Hill, best so far hill 0.")
            raise JobCancelled("Cancelled.")

    with pytest.raises(JobCancelled):
        hunt(Hill, told=told.append).run(cancelled)
    assert len(told) == 4


def test_what_an_earlier_search_found_best_is_the_first_guess() -> None:
    before = [
        Trial("for_you", "hill", {"x": 0.31, "mode": "plain"}, 0.99, 1.0),
        Trial("for_you", "hill", {"x": 0.7, "mode": "plain"}, 0.6, 1.0),
        Trial("for_you", "hill", {"x": 0.3, "mode": "plain"}, 1.2, 1.0, "given up early"),
    ]
    tuned = hunt(Hill, known=before).run(silent)
    assert tuned.trials[0].settings["x"] == 0.31


def test_the_same_seed_proposes_the_same() -> None:
    def proposals(seed: int) -> list[Mapping[str, Any] | None]:
        study = Study(Hill, [{}], seed)
        found: list[Mapping[str, Any] | None] = []
        for _ in range(8):
            found.append(study.propose())
            study.tell(0.5)
        return found

    assert proposals(1) == proposals(1)
    assert proposals(1) != proposals(2)
