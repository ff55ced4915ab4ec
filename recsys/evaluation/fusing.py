"""The best kinds of a search asked together: where two find different things, both find more."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from recsys.evaluation.found import Found, Score, clearly_behind
from recsys.evaluation.parts import Twin
from recsys.evaluation.trial import Trial
from recsys.models.hybrid import Hybrid, hybrid_of, together

# Weights of the runner-up beside 1 of the leader, scores brought to one scale before. They are
# tried in this order as long as each is better than the one before.
_WEIGHTS = (0.5, 1.0, 2.0)
_RUNNERS_UP = 2


def fused_best(
    found: Sequence[Found],
    score: Score,
    *,
    n_users: int,
    until: float,
    told: Callable[[Trial], None],
) -> Found | None:
    """Return the leader of a placement fused with another kind, where that is clearly better.

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
    for other in found[1 : 1 + _RUNNERS_UP]:
        last = 0.0
        for weight in _WEIGHTS:
            if time.monotonic() > until:
                break
            tried = _fused(leader, other, weight, score, n_users)
            told(tried.trial)
            if best is None or tried.trial.value > best.trial.value:
                best = tried
            if tried.trial.value <= last:
                break
            last = tried.trial.value
    if best is None or not clearly_behind(leader.values, best.values):
        return None
    return best


def _fused(leader: Found, other: Found, weight: float, score: Score, n_users: int) -> Found:
    started = time.monotonic()
    weights = [1.0, weight]
    spaces = [one.twin.space for one in (leader, other)]
    settings = hybrid_of(
        [
            (one.model.name, dict(one.trial.settings), share)
            for one, share in zip((leader, other), weights, strict=True)
        ],
        "weighted",
    )
    space = together(spaces, weights, "weighted", n_users=n_users)
    twin = Twin(space, max(leader.twin.fitted_before, other.twin.fitted_before))
    placement = leader.trial.placement
    values = score(twin, placement, 1.0)
    taken = time.monotonic() - started
    trial = Trial(placement, Hybrid.name, settings, float(values.mean()), taken)
    return Found(trial, Hybrid, twin, values)
