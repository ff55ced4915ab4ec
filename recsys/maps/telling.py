"""What a map tells of its points and groups, by the purchases of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset, Interactions
from recsys.maps.naming import Traits, name_groups, traits_of_columns, traits_of_words
from recsys.maps.picture import Cluster, Of
from recsys.releases.people import people_by

# What sales of a group count as new, and what they are compared with.
RECENT_DAYS = 28
_DAY = 86_400
_LEVELS = ("category", "category_2", "category_3")
# What names one product, or says nothing of its kind.
_NO_KINDS = frozenset(
    ("item_id", "name", "brand", "description", "image_url", "group_id", "category_path")
)
# A column with more values, or with fewer products a value, does not group them.
_MOST_KINDS, _LEAST_EACH = 1_000, 5
# A shopper favours what so many times the usual share of the own products have.
_FAVOURED = 1.5
PIECES, ORDERS = "pieces sold", "orders"


@dataclass(frozen=True)
class Sales:
    """What was sold, by point.

    Attributes
    ----------
    total, recent, before
        All in all, in the newest 28 days, and in the 28 days before; the latter two are None where
        the shop has no dates or less than 56 days of them.
    word
        What they count: "pieces sold", "orders", or the currency.
    """

    total: NDArray[np.float32]
    recent: NDArray[np.float64] | None
    before: NDArray[np.float64] | None
    word: str


def sales_of(dataset: Dataset, of: Of) -> Sales:
    """Return pieces sold of products, and money spent by shoppers (orders without prices)."""
    rows = dataset.interactions()
    rows = rows.rows(rows.purchased())
    periods = [rows, *_periods(rows)]
    sums: list[NDArray[np.float64]] = []
    word = PIECES
    for some in periods:
        parts: list[NDArray[np.float64]] = []
        if of != "shoppers":
            pieces = np.bincount(some.item, weights=some.quantity, minlength=dataset.n_items)
            parts.append(pieces.astype(np.float64))
        if of != "items":
            people = people_by(some, dataset.n_users)
            paid = people.orders if people.spend is None else people.spend
            parts.append(paid.astype(np.float64))
            if of == "shoppers":
                word = ORDERS if people.spend is None else dataset.currency or "spent"
        sums.append(np.concatenate(parts))
    recent, before = (sums[1], sums[2]) if len(sums) == 3 else (None, None)
    return Sales(sums[0].astype(np.float32), recent, before, word)


def _periods(rows: Interactions) -> list[Interactions]:
    if rows.timestamp is None or not len(rows):
        return []
    newest = int(rows.timestamp[-1])
    edges = [newest - RECENT_DAYS * _DAY * back for back in (0, 1, 2)]
    if int(rows.timestamp[0]) > edges[2]:
        return []
    now = rows.timestamp > edges[1]
    return [rows.rows(now), rows.rows((rows.timestamp > edges[2]) & ~now)]


def margin_of(dataset: Dataset) -> NDArray[np.float32] | None:
    """Return ``(price - cost) / price`` of each product, NaN where unknown; None without costs."""
    items = dataset.items()
    if not {"price", "cost"} <= set(items.column_names):
        return None
    price, cost = (
        np.array(items.column(name).to_pylist(), np.float64) for name in ("price", "cost")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.where(price > 0, (price - cost) / price, np.nan)
    return margin.astype(np.float32) if np.isfinite(margin).any() else None


def clusters_of(
    dataset: Dataset, of: Of, groups: NDArray[np.int16], sales: Sales
) -> tuple[Cluster, ...]:
    """Return names, sizes and sales of all groups.

    Of products and shoppers together the names and sales are those of the products.
    """
    count = int(groups.max(initial=-1)) + 1
    named = groups if of == "shoppers" else groups[: dataset.n_items]
    traits = _favoured(dataset) if of == "shoppers" else traits_of_columns(_columns(dataset))
    names = name_groups(named, count, traits, _words(dataset) if of != "shoppers" else None)
    sizes = np.bincount(groups[groups >= 0], minlength=count)
    grouped = named >= 0

    def summed(values: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        if values is None:
            return None
        values = values[: len(named)]
        found = np.bincount(named[grouped], weights=values[grouped], minlength=count)
        return found.astype(np.float64)

    recent, before = summed(sales.recent), summed(sales.before)
    found: list[Cluster] = []
    for group, name in enumerate(names):
        now = None if recent is None else float(recent[group])
        then = None if before is None else float(before[group])
        growth = now / then - 1 if now is not None and then else None
        found.append(Cluster(name, int(sizes[group]), now, growth))
    return tuple(found)


def _columns(dataset: Dataset) -> list[list[str | None]]:
    """Return the columns of the catalogue that say what kind of thing each product is.

    Its categories, and further columns of texts that begin with letters, where many products have
    the same: a shop's own "product group".
    """
    items, found = dataset.items(), list[list[str | None]]()
    for name in items.column_names:
        cells: list[Any] = [] if name in _NO_KINDS else items.column(name).to_pylist()
        values = {cell for cell in cells if isinstance(cell, str) and cell}
        letters = sum(value[0].isalpha() for value in values)
        grouping = 1 < len(values) <= _MOST_KINDS and len(values) * _LEAST_EACH <= len(cells)
        if name in _LEVELS or (grouping and letters >= 0.9 * len(values)):
            found.append([cell if isinstance(cell, str) else None for cell in cells])
    return found


def _words(dataset: Dataset) -> Traits:
    items = dataset.items()
    names = items.column("name").to_pylist() if "name" in items.column_names else ()
    return traits_of_words(name or "" for name in names)


def _favoured(dataset: Dataset) -> Traits:
    """Return the kinds and brands that each shopper favours; sensitive products apart."""
    items, rows = dataset.items(), dataset.interactions()
    kept = rows.purchased()
    if "sensitive" in items.column_names:
        marks = [mark is True or mark == "true" for mark in items.column("sensitive").to_pylist()]
        kept &= ~np.array(marks, np.bool_)[rows.item]
    columns = _columns(dataset)
    if "brand" in items.column_names:
        columns.append(items.column("brand").to_pylist())
    size = max(dataset.n_items, 1)
    pairs = np.unique(rows.user[kept].astype(np.int64) * size + rows.item[kept])
    return favoured(traits_of_columns(columns), pairs // size, pairs % size)


def favoured(kinds: Traits, users: NDArray[np.int64], bought: NDArray[np.int64]) -> Traits:
    """Return the values that shoppers favour: more of their products have them than of all's.

    Who buys much has bought some of everything, so that having bought something at all tells how
    much one buys, not what. A shopper favours a value where at least half as many products again
    have it as the shop's mix would give, and more than that by one standard deviation of chance.

    Parameters
    ----------
    kinds
        The values of each product.
    users, bought
        Parallel, each pair once: who bought which product.
    """
    # The pairs of a product stand side by side, since those of Traits are sorted.
    starts = np.searchsorted(kinds.rows, bought)
    sizes = np.searchsorted(kinds.rows, bought, side="right") - starts
    at = np.arange(int(sizes.sum())) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    count = max(len(kinds.values), 1)
    codes = kinds.codes[at]
    keys, found = np.unique(np.repeat(users, sizes) * count + codes, return_counts=True)
    rows, values = keys // count, keys % count
    mix = np.bincount(codes, minlength=count) / max(len(bought), 1)
    usual = np.bincount(users, minlength=1)[rows] * mix[values]
    much = (found >= _FAVOURED * usual) & (found >= usual + np.sqrt(usual))
    return Traits(kinds.values, rows[much], values[much])
