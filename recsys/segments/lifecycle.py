"""Where shoppers stand: recency, frequency and money in fifths, and stages by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from recsys.errors import BadSetting
from recsys.releases.people import People
from recsys.rules.saying import counted
from recsys.segments.definition import STAGES, Stage
from recsys.values import Value

_DAY = 86_400
# The usual gap of a shop in which nobody bought twice.
_NO_GAP = 30.0
NO_DATES = "The shop's purchases have no dates, so nobody can be told new, slipping or lost."


class LifecycleRules(Value):
    """The rules by which each shopper has exactly one stage; ages count from the newest purchase.

    The first that holds decides: new, lost, slipping, loyal; whoever is none of these is active.
    """

    new_days: int = Field(
        default=30, ge=1, le=3650, description="New: the first order is at most so many days ago"
    )
    new_orders: int = Field(default=2, ge=1, le=100, description="and there are at most so many.")
    least_gap_days: float = Field(
        default=7.0,
        gt=0,
        le=365,
        description="A shopper's usual gap between orders is taken to be at least this long.",
    )
    slipping_gaps: float = Field(
        default=2.0, gt=0, le=100, description="Slipping: silent for more of their usual gaps."
    )
    lost_gaps: float = Field(
        default=5.0, gt=0, le=1000, description="Lost: silent for more of their usual gaps."
    )
    loyal_share: float = Field(
        default=0.2, gt=0, le=1, description="Loyal: among the share who ordered most often"
    )
    loyal_orders: int = Field(default=3, ge=1, le=1000, description="with at least so many orders.")

    @model_validator(mode="after")
    def _check(self) -> LifecycleRules:
        if self.lost_gaps <= self.slipping_gaps:
            raise BadSetting(
                f"Lost would begin after {self.lost_gaps:g} usual gaps and slipping after"
                f" {self.slipping_gaps:g}, so nobody would be slipping.",
                hint="Let lost begin later than slipping.",
            )
        return self

    def words(self) -> dict[Stage, str]:
        """Say the rule of each stage in one sentence."""
        return {
            "new": f"First order at most {counted(self.new_days, 'day')} ago and at most"
            f" {counted(self.new_orders, 'order')}, or none yet.",
            "active": "None of the others.",
            "loyal": f"Among the {100 * self.loyal_share:g} % who ordered most often, with at least"
            f" {counted(self.loyal_orders, 'order')}.",
            "slipping": f"Silent for more than {self.slipping_gaps:g} times their usual gap"
            f" between orders, which is taken to be at least {self.least_gap_days:g} days; who"
            " ordered once has the usual gap of the shop.",
            "lost": f"Silent for more than {self.lost_gaps:g} times their usual gap.",
        }


DEFAULT_RULES = LifecycleRules()


def stages(people: People, rules: LifecycleRules) -> NDArray[np.int8]:
    """Return the stage of each shopper, as a place in :data:`STAGES`.

    Returns
    -------
    ndarray of shape (n_shoppers,)
        -1 for everybody where the shop has no dates, see :data:`NO_DATES`.
    """
    if people.first is None or people.last is None:
        return np.full(len(people.orders), -1, np.int8)
    orders = np.asarray(people.orders)
    bought = orders > 0
    newest = int(people.last.max(initial=0))
    silent = (newest - people.last) / _DAY
    gaps = silent / usual_gaps(people, least=rules.least_gap_days)
    code = {stage: place for place, stage in enumerate(STAGES)}
    found = np.full(len(orders), code["active"], np.int8)
    if bought.any():
        mark = np.quantile(orders[bought], 1 - rules.loyal_share, method="higher")
        found[orders >= max(float(mark), rules.loyal_orders)] = code["loyal"]
    found[gaps > rules.slipping_gaps] = code["slipping"]
    found[gaps > rules.lost_gaps] = code["lost"]
    young = (newest - people.first) / _DAY <= rules.new_days
    found[(young & (orders <= rules.new_orders)) | ~bought] = code["new"]
    return found


def usual_gaps(people: People, *, least: float) -> NDArray[np.float64]:
    """Return the days between two orders of each shopper, at least ``least``.

    ``(last - first) / (orders - 1)``; who ordered once has the median of the others.
    """
    assert people.first is not None
    assert people.last is not None
    orders = np.asarray(people.orders)
    twice = orders > 1
    own = (people.last - people.first) / _DAY / np.maximum(orders - 1, 1)
    usual = float(np.median(own[twice])) if twice.any() else _NO_GAP
    return np.maximum(np.where(twice, own, usual), least)


@dataclass(frozen=True)
class Rfm:
    """Recency, frequency and money of each shopper, 1 to 5, 5 is best (int8).

    0 for everybody where the shop does not say it: no dates, no prices.
    """

    recency: NDArray[np.int8]
    frequency: NDArray[np.int8]
    monetary: NDArray[np.int8]


def rfm(people: People) -> Rfm:
    """Put the shoppers in fifths by their last purchase, their orders and what they spent.

    Fifths of those who ever bought; the others have 1. Of ``n`` buyers one with ``b`` below and
    ``t`` equal ones (with themselves) has ``1 + floor(5 (b + t / 2) / n)``: who are equal have the
    same score, and where all are equal it is 3.
    """
    bought = np.asarray(people.orders) > 0
    nothing = np.zeros(len(bought), np.int8)
    return Rfm(
        nothing if people.last is None else fifths(people.last, bought),
        fifths(people.orders, bought),
        nothing if people.spend is None else fifths(people.spend, bought),
    )


def fifths(values: NDArray[Any], among: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return 1 to 5 by the order of values, of those who are not ``among`` 1."""
    found = np.ones(len(values), np.int8)
    chosen = np.asarray(values)[among]
    ordered = np.sort(chosen)
    below = np.searchsorted(ordered, chosen, side="left")
    upto = np.searchsorted(ordered, chosen, side="right")
    middle = (below + upto) / 2 / max(len(chosen), 1)
    found[among] = np.minimum(1 + np.floor(5 * middle), 5).astype(np.int8)
    return found
