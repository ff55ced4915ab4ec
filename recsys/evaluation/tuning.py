"""Search for the settings with which a shop's own later purchases are found best.

Every kind of model gets its first guesses; kinds that stay clearly behind drop out; the rest of
the budget goes to the leaders, whose settings a tree of Parzen estimators proposes (Bergstra et al.
2011, from Optuna). All of it sees the training and the validation part only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.errors import InputError
from recsys.evaluation.found import FIRST_LOOK, Found, Score, Values, clearly_behind
from recsys.evaluation.fusing import fused_best
from recsys.evaluation.parts import Twin, fit_twin
from recsys.evaluation.studies import Study
from recsys.evaluation.trial import State, Trial
from recsys.models.base import Model, TrainingData, read_config
from recsys.types import Placement, Report

# How long all questions will take is told by this share of them.
_GLANCE = 0.02
# One fit may take this share of the budget; a kind that needs longer is too slow for it.
_LONGEST_FIT = 0.3
# The search has come to rest when so many tries in a row found nothing better than this; seeds
# alone move NDCG@10 by some .0003.
_REST_TRIES, _REST_GAIN = 12, 0.0003
# After this share of the time the best kinds are fused with each other.
_SEARCHED = 0.85


@dataclass
class Tuned:
    """What a search found.

    Attributes
    ----------
    best
        Placement -> the best of each kind, best first; a fusion of two of them before them, where
        that is clearly better.
    trials
        All tries in their order.
    ended
        Why it ended, in words.
    """

    best: dict[Placement, list[Found]]
    trials: list[Trial]
    ended: str


class _TooSlow(Exception):
    """Raised inside a fit that takes too much of the budget."""


@dataclass
class _Contender:
    """One kind of model for one placement."""

    model: type[Model]
    placement: Placement
    study: Study
    best: Found | None = None
    tries: int = 0
    out: str = ""


class Hunt:
    """A search under way.

    Parameters
    ----------
    data
        The training part.
    models
        The kinds that take part, in the order of their first tries.
    placements
        What is searched for; each has questions in ``score``.
    score
        How a twin does; see :class:`Score`.
    seconds
        The budget.
    known
        Tries of an earlier search on the same data: they are not repeated, and the best of each
        kind is a first guess.
    told
        Is called after each try.
    """

    def __init__(
        self,
        data: TrainingData,
        models: Sequence[type[Model]],
        placements: Sequence[Placement],
        score: Score,
        *,
        seconds: float,
        seed: int = 1,
        known: Sequence[Trial] = (),
        told: Callable[[Trial], None] = lambda trial: None,
    ) -> None:
        self._data, self._score, self._seconds, self._told = data, score, seconds, told
        self._started = time.monotonic()
        self.trials: list[Trial] = []
        self._since_better = 0
        self._spent: dict[Placement, float] = dict.fromkeys(placements, 0.0)
        self._contenders = [
            _contender(model, placement, seed, known)
            for placement in placements
            for model in models
            if placement in model.placements and model.search.first
        ]

    def run(self, report: Report) -> Tuned:
        """Search until the budget is spent or nothing better turns up.

        Raises
        ------
        JobStopped
            The report asked to stop. What was told is kept by whoever was told.
        """
        ended = f"The budget of {self._seconds:.0f} s is spent."
        while (left := self._left()) > (1 - _SEARCHED) * self._seconds:
            contender = self._next()
            if contender is None:
                ended = f"Nothing is left to try after {self._seconds - left:.0f} s."
                break
            if self._since_better >= _REST_TRIES and contender.tries:
                contender = self._unheard()
            if contender is None:
                ended = (
                    f"Stopped after {self._seconds - left:.0f} of {self._seconds:.0f} s: the last"
                    f" {self._since_better} tries found nothing better by more than {_REST_GAIN}."
                )
                break
            self._try(contender, report)
        best = self._ranked()
        for number, (placement, found) in enumerate(best.items(), 1):
            report(min(1.0, 1.0 - self._left() / self._seconds), "Asking the best kinds together")
            fused = fused_best(
                found,
                self._score,
                n_users=self._data.n_users,
                until=time.monotonic() + self._left() * 1 / (len(best) - number + 1),
                told=self._tell,
            )
            if fused is not None:
                best[placement] = [fused, *found]
        return Tuned(best, self.trials, ended)

    def _tell(self, trial: Trial) -> None:
        self.trials.append(trial)
        self._told(trial)

    def _left(self) -> float:
        return self._seconds - (time.monotonic() - self._started)

    def _next(self) -> _Contender | None:
        """Return who is next: each kind once, then the leaders of the placement served least.

        Every third try goes to the runner-up, so that a kind whose first guess was unlucky still
        gets its chance.
        """
        able = [one for one in self._contenders if not one.out]
        if not able:
            return None
        new = [one for one in able if one.tries == 0]
        if new:
            placement = self._poorest(new)
            return next(one for one in new if one.placement == placement)
        placement = self._poorest(able)
        close = [one for one in able if one.placement == placement and one.best is not None]
        close.sort(key=lambda one: -one.best.trial.value if one.best else 0.0)
        return close[len(self.trials) % 3 == 2 and len(close) > 1] if close else None

    def _unheard(self) -> _Contender | None:
        """Return the best of those still in the running whose first guesses are not all tried."""
        able = [one for one in self._contenders if one.best and one.study.guesses and not one.out]
        return max(able, key=lambda one: one.best.trial.value if one.best else 0.0, default=None)

    def _poorest(self, of: Sequence[_Contender]) -> Placement:
        """Return the placement of some contenders on which least time was spent."""
        return min((one.placement for one in of), key=lambda one: self._spent[one])

    def _try(self, contender: _Contender, report: Report) -> None:
        settings = contender.study.propose()
        if settings is None:
            contender.out = "all settings are tried"
            return
        started = time.monotonic()
        contender.tries += 1
        state: State = "measured"
        values, twin, note = np.empty(0), None, ""
        try:
            twin = self._fit(contender, settings, report)
            values, state = self._judge(contender, twin)
        except _TooSlow:
            state, note = "too slow", f"longer than {self._longest():.0f} s to learn or to test"
            if contender.best is None:  # else it is these settings that are too slow
                contender.out = note
        except InputError as error:
            state, note = "failed", error.message
        value = float(values.mean()) if len(values) else 0.0
        taken = time.monotonic() - started
        kind, placement = contender.model.name, contender.placement
        trial = Trial(placement, kind, settings, value, taken, state, note)
        self._spent[placement] += taken
        self._note(contender, trial)
        leader = self._leader(placement)
        if twin is not None and state == "measured":
            self._keep(contender, Found(trial, contender.model, twin, values))
        self._since_better += 1
        now = self._leader(placement)
        if now is not None and now is not leader:
            gain = now.trial.value - (leader.trial.value if leader else 0.0)
            self._since_better = 0 if gain > _REST_GAIN else self._since_better
        self._drop_out(placement)

    def _keep(self, contender: _Contender, found: Found) -> None:
        if contender.best is None or found.trial.value > contender.best.trial.value:
            contender.best = found

    def _longest(self) -> float:
        return max(_LONGEST_FIT * self._seconds, 2.0)

    def _fit(self, contender: _Contender, settings: Mapping[str, Any], report: Report) -> Twin:
        started = time.monotonic()
        leader = self._leader(contender.placement)
        best = f", best so far {leader.trial.kind} {leader.trial.value:.4f}" if leader else ""
        label = f"Try {len(self.trials) + 1}: {contender.model.label}{best}"

        def watched(share: float, step: str) -> None:
            taken = time.monotonic() - started
            report(min(1.0, 1.0 - self._left() / self._seconds), label)
            # What will not be ready in time is not waited for.
            if taken > self._longest() or (share > 0.1 and taken / share > 2 * self._longest()):
                raise _TooSlow

        config = read_config(contender.model, dict(settings))
        return fit_twin(contender.model, config, self._data, watched)

    def _judge(self, contender: _Contender, twin: Twin) -> tuple[Values, State]:
        """Score a twin, giving up where it is clearly behind its own kind's best or the leader.

        Raises
        ------
        _TooSlow
            All questions would take longer than a fit may.
        """
        placement = contender.placement
        started = time.monotonic()
        self._score(twin, placement, _GLANCE)
        taken = time.monotonic() - started
        if taken > self._longest() * _GLANCE * 2:
            raise _TooSlow
        against = contender.best or self._leader(placement)
        if against is not None:
            values = self._score(twin, placement, FIRST_LOOK)
            if clearly_behind(values, against.values[: len(values)]):
                return values, "given up early"
        return self._score(twin, placement, 1.0), "measured"

    def _note(self, contender: _Contender, trial: Trial) -> None:
        if trial.state == "measured":
            contender.study.tell(trial.value)
        elif trial.state == "given up early":
            contender.study.prune(trial.value)
        else:
            contender.study.fail()
        self._tell(trial)

    def _leader(self, placement: Placement) -> Found | None:
        found = [one.best for one in self._contenders if one.placement == placement and one.best]
        return max(found, key=lambda one: one.trial.value) if found else None

    def _drop_out(self, placement: Placement) -> None:
        """Drop kinds that are clearly behind after two tries; the best four at most go on."""
        leader = self._leader(placement)
        if leader is None:
            return
        for one in self._contenders:
            if one.placement != placement or one.out or one.tries < 2 or one.study.guesses:
                continue
            if one.best is None:
                one.out = "no try could be measured"
            elif one.best is not leader and clearly_behind(one.best.values, leader.values):
                one.out = "clearly behind"

    def _ranked(self) -> dict[Placement, list[Found]]:
        best: dict[Placement, list[Found]] = {placement: [] for placement in self._spent}
        for one in self._contenders:
            if one.best is not None:
                best[one.placement].append(one.best)
        for found in best.values():
            found.sort(key=lambda one: -one.trial.value)
        return best


def _contender(
    model: type[Model], placement: Placement, seed: int, known: Sequence[Trial]
) -> _Contender:
    before = [
        one
        for one in known
        if (one.placement, one.kind, one.state) == (placement, model.name, "measured")
    ]
    guesses = [max(before, key=lambda one: one.value).settings] if before else []
    guesses += [guess for guess in model.search.first if guess not in guesses]
    return _Contender(model, placement, Study(model, guesses, seed))
