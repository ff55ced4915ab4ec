"""Categories, brands and prices that a visitor turns to, against what is usual in the shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.sessions.events import Session

Numbers = NDArray[np.float64]

# How many standard deviations of the candidates' scores each is worth at most, and all together
# (docs/decisions/013-sessions.md has the figures).
CATEGORY, BRAND, PRICE, MOST = 0.25, 0.25, 0.5, 0.75
# The shop's own shares and prices count as much as so many products that were bought just now.
_PRIOR = 1.0


@dataclass(frozen=True)
class Goods:
    """What preferences go by, of all products by row.

    Attributes
    ----------
    category, brand
        Numbers of them; -1 for none.
    price
        NaN where unknown.
    category_share, brand_share
        Share of each in what the shop sells.
    usual
        Mean and standard deviation of the logarithms of the shop's prices; None without prices.
    """

    category: NDArray[np.int32]
    brand: NDArray[np.int32]
    price: Numbers
    category_share: Numbers
    brand_share: Numbers
    usual: tuple[float, float] | None


@dataclass(frozen=True)
class Preferences:
    """What a session says beside its products.

    Attributes
    ----------
    category, brand
        Of each: the logarithm of its share in the session over that in the shop, from -1 to 1.
    price
        Mean and standard deviation of the logarithms of the prices looked at; None: nothing known.
    """

    category: Numbers
    brand: Numbers
    price: tuple[float, float] | None


def goods_of(
    category: NDArray[np.int32],
    brand: NDArray[np.int32],
    price: Numbers,
    buyers: NDArray[np.floating],
) -> Goods:
    """Return what preferences go by; the shop's shares are those of its buyers."""
    sold = buyers.astype(np.float64)
    known = (price > 0) & (sold > 0)
    usual = None
    if known.any():
        logs, by = np.log(price[known]), sold[known]
        mean = float(np.average(logs, weights=by))
        usual = mean, max(float(np.average((logs - mean) ** 2, weights=by)) ** 0.5, 1e-3)
    return Goods(category, brand, price, _shares(category, sold), _shares(brand, sold), usual)


def _shares(codes: NDArray[np.int32], sold: Numbers) -> Numbers:
    there = codes >= 0
    if not there.any():
        return np.empty(0)
    # One for each product: what nobody bought yet can be turned to, too.
    sums = np.bincount(codes[there], weights=sold[there] + 1.0)
    return sums / sums.sum()


def preferences_of(session: Session, goods: Goods) -> Preferences:
    """Learn what a session prefers.

    Shares: with the decayed weights ``w`` of what is liked, ``s = (sum of w of it + q) / (sum of
    all w + 1)`` against the shop's share ``q``, so that one click says little; the preference is
    ``ln(s / q)``, cut at -1 and 1. Prices: a log-normal around those looked at, its mean and
    variance drawn to the shop's in the same way.
    """
    rows, weights = session.liked
    heavy = weights.astype(np.float64)
    category = _sums(goods.category[rows], heavy, len(goods.category_share))
    for code, weight in session.browsed.items():
        if code < len(category):
            category[code] += weight
    brand = _sums(goods.brand[rows], heavy, len(goods.brand_share))
    return Preferences(
        _lift(category, goods.category_share),
        _lift(brand, goods.brand_share),
        _prices(goods.price[rows], heavy, goods.usual),
    )


def _sums(codes: NDArray[np.int32], weights: Numbers, count: int) -> Numbers:
    there = codes >= 0
    return np.bincount(codes[there], weights=weights[there], minlength=count).astype(np.float64)


def _lift(sums: Numbers, usual: Numbers) -> Numbers:
    share = (sums + _PRIOR * usual) / (sums.sum() + _PRIOR)
    return np.clip(np.log(np.divide(share, usual, out=np.ones_like(usual), where=usual > 0)), -1, 1)


def _prices(
    prices: Numbers, weights: Numbers, usual: tuple[float, float] | None
) -> tuple[float, float] | None:
    known = prices > 0
    if usual is None or not known.any():
        return None
    logs, heavy = np.log(prices[known]), weights[known]
    total = float(heavy.sum()) + _PRIOR
    middle = float(np.average(logs, weights=heavy))
    mean = (float((logs * heavy).sum()) + _PRIOR * usual[0]) / total
    variance = (float(((logs - middle) ** 2 * heavy).sum()) + _PRIOR * usual[1] ** 2) / total
    return mean, variance**0.5


def preferred(preferences: Preferences, goods: Goods, rows: NDArray[np.integer]) -> Numbers:
    """Return what preferences add to some products, in standard deviations of their scores.

    The categories' and brands' preferences count :data:`CATEGORY` and :data:`BRAND`, and
    :data:`PRICE` the logarithm of how much likelier a price is in the session than in the shop, cut
    at -1 and 1; all together are cut at :data:`MOST`. What is unknown adds nothing.
    """
    added = CATEGORY * _of(preferences.category, goods.category[rows])
    added += BRAND * _of(preferences.brand, goods.brand[rows])
    if preferences.price is not None and goods.usual is not None:
        price = goods.price[rows]
        known = price > 0
        logs = np.log(price[known])
        likelier = _density(logs, *preferences.price) - _density(logs, *goods.usual)
        added[known] += PRICE * np.clip(likelier, -1, 1)
    return np.clip(added, -MOST, MOST)


def _of(lifts: Numbers, codes: NDArray[np.int32]) -> Numbers:
    return np.append(lifts, 0.0)[codes]


def _density(logs: Numbers, mean: float, deviation: float) -> Numbers:
    return -0.5 * ((logs - mean) / deviation) ** 2 - np.log(deviation)
