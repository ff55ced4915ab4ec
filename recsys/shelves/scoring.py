"""What rules and settings add to the standardised scores of candidates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats
from recsys.rules.rule import Strength
from recsys.rules.shelf_settings import Level
from recsys.shelves.applied import Applied, Held
from recsys.shelves.facts import Facts

STRENGTH: Final[Mapping[Strength | Level, float]] = {
    "none": 0.0,
    "light": 0.5,
    "medium": 1.0,
    "strong": 2.0,
}
"""How many standard deviations of the candidates' scores a rule or a setting is worth.

The candidates are the up to 200 best products that may stand on the list. With their mean ``m`` and
standard deviation ``s`` a score ``x`` counts ``z = (x - m) / s`` (0 for all where ``s`` is 0), the
z-score fusion of Montague and Croft, "Relevance score normalization for metasearch" (CIKM 2001).
The order is by ``z`` + the strengths of all boosts - those of all buries + what settings add, which
is their strength times a share from 0 to 1: see :func:`settings_add`.
"""
_DAY = 86_400
_FRESH_HALF_LIFE = 30 * _DAY
# A shopper's usual prices are never narrower than this: some 25 % either way.
_LEAST_SPREAD = math.log(1.25)
_SPREADS = 3.0


@dataclass(frozen=True)
class Shopper:
    """What re-ranking knows of those for whom a list is.

    Attributes
    ----------
    prices
        Mean and standard deviation of the logarithms of the prices they paid; None: unknown.
    familiar
        Categories they know, as codes; for a product page or a cart, those of its products.
    seed
        With the same text products from further afield are the same.
    """

    prices: tuple[float, float] | None = None
    familiar: frozenset[int] = frozenset()
    seed: str = ""


NOBODY: Final = Shopper()


def shopper_of(facts: Facts, rows: Sequence[int] | NDArray[np.integer], *, seed: str) -> Shopper:
    """Return what a history, a page's product or a cart tells: usual prices and categories."""
    known = np.asarray(rows, np.int64)
    codes = facts.category.codes[known]
    price = facts.price[known]
    logs = np.log(price[price > 0])
    prices = None
    if len(logs):
        prices = (float(logs.mean()), max(float(logs.std()), _LEAST_SPREAD))
    return Shopper(prices, frozenset(codes[codes >= 0].tolist()), seed)


def shopper_beside(
    facts: Facts,
    *,
    history: Sequence[int] | NDArray[np.integer],
    anchors: Sequence[int] | NDArray[np.integer],
    seed: str,
) -> Shopper:
    """Return what is known of whom a list is for.

    Usual prices are those of the own history; what counts as familiar goes by the products beside
    which the list stands. Each stands in for the other where there is none.
    """
    own = shopper_of(facts, history if len(history) else anchors, seed="")
    near = shopper_of(facts, anchors if len(anchors) else history, seed="")
    return Shopper(own.prices, near.familiar, seed)


def standardised(scores: Floats) -> NDArray[np.float64]:
    """Return how many standard deviations each score lies above their mean."""
    exact = scores.astype(np.float64)
    spread_ = float(exact.std())
    # Rounding makes a spread of its own where all scores are equal.
    if spread_ <= 1e-9 * max(float(np.abs(exact).max(initial=0.0)), 1e-30):
        return np.zeros(len(exact))
    return (exact - exact.mean()) / spread_


def boosts_add(rows: NDArray[np.int64], boosts: Sequence[Held]) -> NDArray[np.float64]:
    """Return what boosts and buries add to each row: their strengths, one after the other."""
    added = np.zeros(len(rows))
    for held in boosts:
        sign = 1 if held.rule.kind == "boost" else -1
        added += sign * STRENGTH[held.rule.strength] * held.match(rows)
    return added


def settings_add(
    rows: NDArray[np.int64], applied: Applied, shopper: Shopper
) -> NDArray[np.float64]:
    """Return what freshness, popularity and prices add to each row.

    Each is its strength times a share from 0 to 1: freshness ``2 ** -(age / 30 days)``, nothing
    where the launch is unknown; less popular ``-ln(1 + buyers) / ln(1 + most buyers)`` over the
    whole shop; price affinity ``-min(|ln price - m| / s, 3) / 3`` with the mean ``m`` and standard
    deviation ``s`` of the logarithms of the prices that the shopper paid, an unknown price taken
    as the middle of the others.
    """
    facts, settings = applied.facts, applied.settings
    added = np.zeros(len(rows))
    if settings.freshness != "none":
        added += STRENGTH[settings.freshness] * freshness(facts, rows, applied.now)
    if settings.less_popular != "none":
        most = math.log1p(float(facts.buyers.max(initial=1.0)))
        added -= STRENGTH[settings.less_popular] * np.log1p(facts.buyers[rows]) / most
    if settings.price_affinity != "none" and shopper.prices is not None:
        mean, deviation = shopper.prices
        price = facts.price[rows]
        known = price > 0
        far = np.zeros(len(rows))
        far[known] = np.minimum(np.abs(np.log(price[known]) - mean) / deviation, _SPREADS)
        if known.any():
            far[~known] = np.median(far[known])
        added -= STRENGTH[settings.price_affinity] * far / _SPREADS
    return added


def freshness(facts: Facts, rows: NDArray[np.int64], now: float) -> NDArray[np.float64]:
    """Return 1 for what is launched now or later, half for each 30 days since, 0 for unknown."""
    launched = facts.launched[rows]
    age = np.maximum(now - launched, 0.0)
    return np.where(launched > 0, np.exp2(-age / _FRESH_HALF_LIFE), 0.0)
