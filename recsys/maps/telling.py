"""What a map tells of its points and groups, by the purchases of a dataset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset, Interactions
from recsys.maps.naming import Traits, name_groups, traits_of_columns, traits_of_words
from recsys.maps.picture import Cluster, Of
from recsys.releases.people import people_by
from recsys.shelves.facts import Column

# What sales of a group count as new, and what they are compared with.
RECENT_DAYS = 28
_DAY = 86_400
# From the finest level to the coarsest.
_LEVELS = ("category_3", "category_2", "category")
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
    traits = _bought(dataset) if of == "shoppers" else _columns(dataset)
    names = name_groups(named, count, traits, _words(dataset) if of != "shoppers" else None)
    sizes = np.bincount(groups[groups >= 0], minlength=count)
    grouped = named >= 0

    def summed(values: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        if values is None:
            return None
        values = values[: len(named)]
        return np.bincount(named[grouped], weights=values[grouped], minlength=count)

    recent, before = summed(sales.recent), summed(sales.before)
    found: list[Cluster] = []
    for group, name in enumerate(names):
        now = None if recent is None else float(recent[group])
        then = None if before is None else float(before[group])
        growth = now / then - 1 if now is not None and then else None
        found.append(Cluster(name, int(sizes[group]), now, growth))
    return tuple(found)


def _columns(dataset: Dataset) -> Traits:
    items = dataset.items()
    present = [name for name in _LEVELS if name in items.column_names]
    return traits_of_columns(items.column(name).to_pylist() for name in present)


def _words(dataset: Dataset) -> Traits:
    items = dataset.items()
    names = items.column("name").to_pylist() if "name" in items.column_names else ()
    return traits_of_words(name or "" for name in names)


def _bought(dataset: Dataset) -> Traits:
    """Return the categories and brands of what each shopper bought; sensitive products apart."""
    items = dataset.items()
    rows = dataset.interactions()
    kept = rows.purchased()
    if "sensitive" in items.column_names:
        marks = [mark is True or mark == "true" for mark in items.column("sensitive").to_pylist()]
        kept &= ~np.array(marks, np.bool_)[rows.item]
    users, bought = rows.user[kept].astype(np.int64), rows.item[kept]
    values: list[str] = []
    whose: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    codes: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    for name in ("category", "brand"):
        if name in items.column_names:
            column = Column.of(items.column(name).to_pylist())
            of_rows = column.codes[bought].astype(np.int64)
            whose.append(users)
            codes.append(np.where(of_rows >= 0, of_rows + len(values), -1))
            values += column.values
    return Traits.of(values, np.concatenate(whose), np.concatenate(codes))
