"""What a shopper's purchases say about taste, counted from the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Rows
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.shelves.facts import release_facts
from recsys.shelves.once import once_a_release

_DAY = 86_400
# Fewer products than this say how much somebody bought, and no taste.
_LEAST = 3
# A category is named when it is at least this share of what was bought, and so many times its share
# of what all buy.
_LEAST_SHARE, _LEAST_TIMES, _MOST_CATEGORIES = 0.1, 1.2, 2
# A brand is named when so many of the products bought are of it, and by a margin that chance gives
# once in some thousand shoppers.
_LEAST_OF_BRAND, _LEAST_BRAND_SHARE, _LEAST_Z = 5, 0.3, 3.0


@dataclass(frozen=True)
class Taste:
    """What is plain enough to be said.

    Attributes
    ----------
    categories
        Names of those bought more than is usual, the largest difference first; two at most.
    share
        Which part of the products bought they are together.
    low, high
        The 10th and the 90th percentile of the prices of the products bought; None without prices.
    brand
        The brand that is clearly preferred, or empty.
    days_before_end
        From the last purchase to the newest one of the shop; None without dates.
    """

    products: int
    categories: tuple[str, ...] = ()
    share: float = 0.0
    low: float | None = None
    high: float | None = None
    brand: str = ""
    days_before_end: int | None = None

    def words(self, currency: str) -> str:
        """Say it in one sentence; empty for somebody who bought nothing."""
        if not self.products:
            return ""
        parts: list[str] = []
        if self.products < _LEAST:
            parts.append(f"Only {self.products} product{'' if self.products == 1 else 's'} so far")
        elif self.categories:
            named = " and ".join(self.categories)
            parts.append(f"Mostly {named}" if self.share >= 0.5 else f"More {named} than most")
        else:
            parts.append("A bit of everything")
        if self.low is not None and self.high is not None:
            low, high = amount(self.low), amount(self.high)
            span = low if low == high else f"{low} to {high}"
            parts.append(f"{span} {currency}".strip())
        if self.brand:
            parts.append(f"prefers {self.brand}")
        words = ", ".join(parts)
        if self.days_before_end is None:
            return f"{words}."
        days = self.days_before_end
        before = {0: "on the day", 1: "1 day before"}.get(days, f"{days:,} days before")
        return f"{words}; last bought {before} the data ends."


def amount(value: float) -> str:
    """Return a price with the digits that matter: ``0.55``, ``3.5``, ``12``, ``1,250``."""
    if value >= 10:
        return f"{value:,.0f}"
    digits = 1 if value >= 1 else 2
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") or "0"


@dataclass(frozen=True)
class Usual:
    """What all shoppers buy, for comparison.

    Attributes
    ----------
    categories
        Share of each category in all pairs of a shopper and a product.
    brand_names, brands
        Names, and the number of each item's brand among them; -1 for none.
    shares
        (category, brand) -> the brand's share of what is bought in the category, by the same
        pairs and of products with a brand; numbers, where one more category is none.
    """

    categories: NDArray[np.float64]
    brand_names: tuple[str, ...]
    brands: Rows
    shares: dict[tuple[int, int], float]


@once_a_release
def usual_of(release: Release) -> Usual:
    """Count what all shoppers buy."""
    buyers = np.asarray(release.buyers, np.float64)
    codes = release.category_codes
    count = len(release.categories) + 1  # the last one: no category
    per_category = np.bincount(codes % count, weights=buyers, minlength=count)
    brand = release_facts(release).brand
    names, brands = brand.values, brand.codes
    known = brands >= 0
    shares: dict[tuple[int, int], float] = {}
    if names:
        in_category = np.bincount(codes[known] % count, weights=buyers[known], minlength=count)
        key = (codes[known] % count).astype(np.int64) * len(names) + brands[known]
        found, place = np.unique(key, return_inverse=True)
        sums = np.bincount(place, weights=buyers[known])
        for one, total in zip(found.tolist(), sums.tolist(), strict=True):
            category, brand = divmod(one, len(names))
            shares[category, brand] = total / max(in_category[category], 1)
    total = max(float(per_category.sum()), 1.0)
    return Usual(per_category[:-1] / total, names, brands, shares)


def taste_of(view: LiveView, items: Rows, last: int | None) -> Taste:
    """Return the taste that some products show, each product counted once.

    Categories are those with a tenth of the products, and at least 1.2 times the share that they
    have of what all shoppers buy; of these the two furthest above it. A brand is preferred when
    at least five of the products and 30 % of those with a brand are of it, and when that is more
    than three standard deviations above what the same categories give by chance: with ``p`` the
    brand's share of its category, ``z = (k - sum p) / sqrt(sum p (1 - p))``, the normal form of the
    test of a sum of unequal chances.

    Parameters
    ----------
    items
        What was bought, each row once; sensitive products are left out of all but the count.
    last
        When last, seconds since the epoch; None without dates.
    """
    release = view.release
    products = len(items)
    if not products:
        return Taste(0)
    if release.sensitive is not None:
        items = items[~release.sensitive[items]]
    priced = view.price[items]
    priced = priced[~np.isnan(priced)]
    low, high = np.percentile(priced, [10, 90]).tolist() if len(priced) else (None, None)
    newest = release.newest
    days = None if last is None or newest is None else int((newest - last) // _DAY)
    if len(items) < _LEAST:
        return Taste(products, low=low, high=high, days_before_end=days)
    usual = usual_of(release)
    names, share = _categories(release, usual, items)
    return Taste(products, names, share, low, high, _brand(release, usual, items), days)


def _categories(release: Release, usual: Usual, items: Rows) -> tuple[tuple[str, ...], float]:
    codes = release.category_codes[items]
    size = len(release.categories)
    shares = np.bincount(codes[codes >= 0], minlength=size) / len(items)
    above = shares - usual.categories
    order = np.argsort(-above, kind="stable")[:_MOST_CATEGORIES]
    least = np.maximum(_LEAST_TIMES * usual.categories, _LEAST_SHARE)
    named = [int(code) for code in order if shares[code] >= least[code]]
    return tuple(release.categories[code] for code in named), float(shares[named].sum())


def _brand(release: Release, usual: Usual, items: Rows) -> str:
    branded = items[usual.brands[items] >= 0]
    if not len(branded):
        return ""
    counts = np.bincount(usual.brands[branded], minlength=len(usual.brand_names))
    best = int(counts.argmax())
    categories = (release.category_codes[branded] % (len(release.categories) + 1)).tolist()
    chances = np.array([usual.shares.get((category, best), 0.0) for category in categories])
    spread = float(np.sqrt((chances * (1 - chances)).sum()))
    k = int(counts[best])
    clear = k - float(chances.sum()) > _LEAST_Z * spread
    much = k >= _LEAST_OF_BRAND and k >= _LEAST_BRAND_SHARE * len(branded)
    return usual.brand_names[best] if clear and much else ""
