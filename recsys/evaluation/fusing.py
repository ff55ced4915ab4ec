"""The best kinds of a search asked together: where two find different things, both find more."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from recsys.evaluation.found import FIRST_LOOK, Found, Score, Values, clearly_behind
from recsys.evaluation.parts import Twin
from recsys.evaluation.trial import State, Trial
from recsys.models.hybrid import Hybrid, hybrid_of, together

# Weights of the runner-up beside 1 of the leader, scores brought to one scale before. They are
# tried in this order as long as each is better than the one before.
_WEIGHTS = (0.5, 1.0, 2.0)
_RUNNERS_UP = 2


@dataclass
class _Try:
    twin: Twin
    settings: dict[str, Any]
    values: Values
    seconds: float

    @property
    def value(self) -> float:
        return float(self.values.mean())


def fused_best(
    found: Sequence[Found],
    score: Score,
    *,
    n_users: int,
    until: float,
    told: Callable[[Trial], None],
) -> Found | None:
    """Return the leader of a placement fused with another kind, where that is clearly better.

    The weight is chosen by a quarter of the questions, all of them then decide.

    Parameters
    ----------
    found
        The best of each kind, best first.
    until
        When :func:`time.monotonic` says this, no further weight is tried.
    told
        Is called after each try.

    Returns
    -------
    Found or None
        A weighted hybrid whose gain over the leader, question by question, is more than chance
        explains; None where there is none.
    """
    if len(found) < 2:
        return None
    leader, best = found[0], None
    placement = leader.trial.placement

    def keep(tried: _Try, state: State) -> Trial:
        trial = Trial(placement, Hybrid.name, tried.settings, tried.value, tried.seconds, state)
        told(trial)
        return trial

    for other in found[1 : 1 + _RUNNERS_UP]:
        last = 0.0
        for weight in _WEIGHTS:
            if time.monotonic() > until:
                break
            tried = _together(leader, other, weight, score, n_users)
            keep(tried, "given up early")
            best = tried if best is None or tried.value > best.value else best
            if tried.value <= last:
                break
            last = tried.value
    if best is None or not clearly_behind(leader.values[: len(best.values)], best.values):
        return None
    started = time.monotonic()
    best.values = score(best.twin, placement, 1.0)
    best.seconds += time.monotonic() - started
    trial = keep(best, "measured")
    if not clearly_behind(leader.values, best.values):
        return None
    return Found(trial, Hybrid, best.twin, best.values)


def _together(leader: Found, other: Found, weight: float, score: Score, n_users: int) -> _Try:
    """Fuse two spaces that are trained already, and ask a quarter of the questions."""
    started = time.monotonic()
    parts = [(leader, 1.0), (other, weight)]
    space = together(
        [one.twin.space for one, _ in parts],
        [share for _, share in parts],
        "weighted",
        n_users=n_users,
    )
    settings = hybrid_of(
        [(one.model.name, dict(one.trial.settings), share) for one, share in parts], "weighted"
    )
    twin = Twin(space, max(one.twin.fitted_before for one, _ in parts))
    values = score(twin, leader.trial.placement, FIRST_LOOK)
    return _Try(twin, settings, values, time.monotonic() - started)
