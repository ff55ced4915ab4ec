"""Shoppers worth looking at, picked from the data by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.releases.release import Release
from recsys.shelves.once import once_a_release

Kind = Literal["new", "loyal", "one_category", "bargain", "random"]
# Of a larger shop so many shoppers, spread evenly over the ids, are looked at.
_MOST_SHOPPERS = 20_000
_LEAST_PRODUCTS = 10


@dataclass(frozen=True)
class Persona:
    """A real shopper who stands for a kind.

    Attributes
    ----------
    why
        By which rule the shopper was picked, with the figures.
    """

    kind: Kind
    label: str
    user_id: str
    why: str


@dataclass(frozen=True)
class _Crowd:
    """The shoppers looked at, and one line for each product that each of them bought."""

    users: NDArray[np.int64]
    products: NDArray[np.int64]
    who: NDArray[np.int64]
    at: NDArray[np.int64]

    @property
    def begins(self) -> NDArray[np.int64]:
        """Where the lines of each shopper begin."""
        return np.cumsum(self.products) - self.products


@once_a_release
def picked(release: Release) -> tuple[Persona, ...]:
    """Pick the personas that the data can give; of equals the smaller id."""
    indptr = np.asarray(release.bought.indptr)
    step = -(-max(len(indptr) - 1, 1) // _MOST_SHOPPERS)
    users = np.arange(0, len(indptr) - 1, step)
    users = users[np.diff(indptr)[users] > 0]
    if not len(users):
        return ()
    products = np.diff(indptr)[users]
    who = np.repeat(np.arange(len(users)), products)
    at = np.arange(len(who)) + np.repeat(indptr[users] - np.cumsum(products) + products, products)
    crowd = _Crowd(users, products, who, at)
    found = (_new(release, crowd), _loyal(release, crowd))
    found += (_one_category(release, crowd), _bargain(release, crowd))
    return tuple(one for one in found if one is not None)


def _new(release: Release, crowd: _Crowd) -> Persona | None:
    """Pick the one with the fewest products; of these, who bought latest."""
    latest = _latest(release, crowd)
    best = int(np.lexsort((-latest, crowd.products))[0])
    few = int(crowd.products[best])
    if few == crowd.products.max():
        return None  # all have bought the same number of products
    words = f"Bought {few} product{'' if few == 1 else 's'}, the fewest of all"
    words += "; of those the latest." if release.dated else "."
    return Persona("new", "New", release.user_ids.id(int(crowd.users[best])), words)


def _loyal(release: Release, crowd: _Crowd) -> Persona | None:
    """Pick the one with the most products; of these, who bought for the longest time."""
    span = np.zeros(len(crowd.users), np.int64)
    if release.first is not None:
        first = np.minimum.reduceat(np.asarray(release.first)[crowd.at], crowd.begins)
        span = _latest(release, crowd) - first
    best = int(np.lexsort((-span, -crowd.products))[0])
    if crowd.products[best] < _LEAST_PRODUCTS:
        return None
    words = f"Bought {crowd.products[best]:,} products, the most of all."
    return Persona("loyal", "Loyal", release.user_ids.id(int(crowd.users[best])), words)


def _one_category(release: Release, crowd: _Crowd) -> Persona | None:
    """Pick the one with the highest share of one category; of these, with the most products."""
    count = len(release.categories)
    if count < 2:
        return None
    codes = release.category_codes[release.bought.indices[crowd.at]]
    known = codes >= 0
    key = crowd.who[known] * count + codes[known]
    pairs, numbers = np.unique(key, return_counts=True)
    who, category = np.divmod(pairs, count)
    enough = crowd.products[who] >= _LEAST_PRODUCTS
    if not enough.any():
        return None
    share = np.where(enough, numbers / crowd.products[who], -1.0)
    best = int(np.lexsort((who, -crowd.products[who], -share))[0])
    row = int(who[best])
    words = (
        f"{share[best]:.0%} of {crowd.products[row]:,} products are of"
        f" {release.categories[category[best]]}, the highest share of all."
    )
    return Persona(
        "one_category", "One category", release.user_ids.id(int(crowd.users[row])), words
    )


def _bargain(release: Release, crowd: _Crowd) -> Persona | None:
    """Pick the one who pays least against the median prices of the categories bought."""
    codes = release.category_codes
    usual = _medians(codes + 1, np.where(release.price > 0, release.price, np.nan))[0]
    ratio = (release.price / usual[codes + 1])[release.bought.indices[crowd.at]]
    median, numbers = _medians(crowd.who, ratio)
    median[numbers < _LEAST_PRODUCTS] = np.inf
    best = int(np.lexsort((-numbers, median))[0])
    if median[best] >= 1:
        return None  # nobody buys below the usual prices, or there are none
    words = (
        f"Pays {1 - median[best]:.0%} less than what the categories usually cost, over"
        f" {numbers[best]:,} products."
    )
    return Persona("bargain", "Bargain", release.user_ids.id(int(crowd.users[best])), words)


def _medians(
    groups: NDArray[Any], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the median of the numbers of each group (NaN without any), and how many there are."""
    size = int(groups.max()) + 1
    given = np.flatnonzero(np.isfinite(values))
    numbers = np.bincount(groups[given], minlength=size)
    medians = np.full(size, np.nan)
    some = np.flatnonzero(numbers)
    if len(some):
        order = given[np.lexsort((values[given], groups[given]))]
        begin = (np.cumsum(numbers) - numbers)[some]
        low, high = (values[order[begin + (numbers[some] - more) // 2]] for more in (1, 0))
        medians[some] = (low + high) / 2
    return medians, numbers


def _latest(release: Release, crowd: _Crowd) -> NDArray[np.int64]:
    if release.last is None:
        return np.zeros(len(crowd.users), np.int64)
    return np.maximum.reduceat(np.asarray(release.last)[crowd.at], crowd.begins)
