"""What a set of shoppers shares, against all shoppers of the shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recsys.lifts import Lift, lifts, lifts_of_codes
from recsys.models.arrays import Rows
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.segments.about_shoppers import shopper_columns, traits
from recsys.segments.definition import STAGES
from recsys.segments.lifecycle import LifecycleRules, stages
from recsys.shelves.facts import Column
from recsys.shelves.once import once_a_release
from recsys.shelves.taste import amount

_DAY = 86_400
_USERS_AT_ONCE = 20_000
# Brands with more buyers than the others; more values than this are no trait but a name.
_MOST_BRANDS, _MOST_VALUES = 200, 40
_AGES = (7, 30, 90, 180, 365)
_ORDERS = (1, 2, 5, 10, 20, 50)


def shared(view: LiveView, rows: Rows, *, rules: LifecycleRules) -> dict[str, list[Lift]]:
    """Compare some shoppers with all, trait by trait.

    Categories and brands count the shoppers who bought some of them; everything else has one value
    a shopper. Products marked as sensitive count for nothing, so a category of which all are is
    never named. Traits that the shop does not know are left out.

    Parameters
    ----------
    rows
        Row numbers of the shoppers, each once.

    Returns
    -------
    dict
        "category", "brand", "price", "stage", "recency", "orders" and the columns of the shoppers'
        file that have few values -> lifts, as :func:`recsys.lifts.lifts` orders them; empty lists
        where nobody is chosen.
    """
    release, chosen = view.release, np.asarray(rows, np.int64)
    everyone = len(release.user_ids)
    found: dict[str, list[Lift]] = {}
    for name, bought in _bought_of(release).items():
        found[name] = lifts(
            bought.column.values,
            bought.counted(release, chosen),
            bought.buyers,
            n_chosen=len(chosen),
            n_everyone=everyone,
        )
    for name, column in _traits_of(release).items():
        found[name] = lifts_of_codes(column.values, column.codes, chosen)
    people = release.people
    if people is not None:
        codes = stages(people, rules).astype(np.int32)
        if (codes >= 0).any():
            found["stage"] = lifts_of_codes(STAGES, codes, chosen)
    return found


@dataclass(frozen=True)
class _Bought:
    """A column of the catalogue, and how many shoppers bought some product of each value."""

    column: Column
    buyers: NDArray[np.int64]

    def counted(self, release: Release, users: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the same for some shoppers."""
        return _buyers(release, self.column, users)


@once_a_release
def _bought_of(release: Release) -> dict[str, _Bought]:
    """Count the buyers of each category and of each brand."""
    columns: dict[str, Column] = {}
    if release.categories:
        columns["category"] = Column(tuple(release.categories), release.category_codes)
    if "brand" in release.catalogue.column_names:
        brand = Column.of(release.catalogue.column("brand").to_pylist())
        columns["brand"] = _most_bought(brand, np.asarray(release.buyers))
    everyone = np.arange(len(release.user_ids))
    if release.sensitive is not None:
        columns = {
            name: Column(one.values, np.where(release.sensitive, -1, one.codes).astype(np.int32))
            for name, one in columns.items()
        }
    return {name: _Bought(one, _buyers(release, one, everyone)) for name, one in columns.items()}


def _most_bought(column: Column, buyers: NDArray[np.floating]) -> Column:
    """Return a column with its most bought values only."""
    known = column.codes >= 0
    total = np.bincount(column.codes[known], weights=buyers[known], minlength=len(column.values))
    best: list[int] = np.sort(np.argsort(-total, kind="stable")[:_MOST_BRANDS]).tolist()
    place = np.full(len(column.values) + 1, -1, np.int32)
    place[best] = np.arange(len(best))
    return Column(tuple(column.values[code] for code in best), place[column.codes])


def _buyers(release: Release, column: Column, users: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of some shoppers bought a product of each value."""
    indptr = np.asarray(release.bought.indptr)
    codes = np.where(column.codes < 0, len(column.values), column.codes)
    total = np.zeros(len(column.values) + 1, np.int64)
    for start in range(0, len(users), _USERS_AT_ONCE):
        some = users[start : start + _USERS_AT_ONCE]
        begin, sizes = indptr[some], indptr[some + 1] - indptr[some]
        who = np.repeat(np.arange(len(some)), sizes)
        at = np.arange(len(who)) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
        has = np.zeros((len(some), len(total)), np.bool_)
        has[who, codes[release.bought.indices[at]]] = True
        total += has.sum(axis=0)
    return total[:-1]


@once_a_release
def _traits_of(release: Release) -> dict[str, Column]:
    """Return what has one value a shopper: price, recency, orders, and the shop's own columns."""
    found: dict[str, Column] = {}
    people = release.people
    if people is not None:
        bought = np.asarray(people.orders) > 0
        usual = _usual_price(release)
        if usual is not None:
            found["price"] = _price_bands(usual, release.currency)
        if people.last is not None:
            age = (int(people.last.max(initial=0)) - people.last) / _DAY
            names = _ranges(_AGES, "day")
            found["recency"] = _banded(age, bought, _AGES, names)
        names = _ranges(_ORDERS, "order")
        found["orders"] = _banded(people.orders, bought, _ORDERS, names)
    for name in traits(release):
        column = shopper_columns(release).column(name)
        if column is not None and 1 < len(column.values) <= _MOST_VALUES:
            key = f"{name} (shopper)" if name in {*found, "category", "brand", "stage"} else name
            found[key] = column
    return found


def _usual_price(release: Release) -> NDArray[np.float64] | None:
    """Return what each shopper pays for a piece on average, NaN where unknown; None: no prices."""
    people = release.people
    if people is None or people.spend is None:
        return None
    known = (people.spend > 0) & (people.pieces > 0)
    return np.where(known, people.spend / np.where(known, people.pieces, 1), np.nan)


def _price_bands(usual: NDArray[np.float64], currency: str) -> Column:
    """Put the shoppers in fifths by what they usually pay for a piece."""
    known = np.isfinite(usual)
    if not known.any():
        return Column((), np.full(len(usual), -1, np.int32))
    edges = np.unique(np.quantile(usual[known], [0.2, 0.4, 0.6, 0.8]))
    codes = np.where(known, np.searchsorted(edges, usual, side="left"), -1).astype(np.int32)
    said = [f"{amount(float(edge))} {currency}".strip() for edge in edges]
    pairs = pairwise(said)
    names = (f"up to {said[0]}", *(f"{low} to {high}" for low, high in pairs), f"over {said[-1]}")
    return Column(names, codes)


def _banded(
    values: NDArray[np.generic],
    bought: NDArray[np.bool_],
    upto: Sequence[int],
    names: tuple[str, ...],
) -> Column:
    codes = np.searchsorted(np.array(upto), np.asarray(values), side="left")
    return Column(names, np.where(bought, codes, -1).astype(np.int32))


def _ranges(upto: Sequence[int], word: str) -> tuple[str, ...]:
    """Return the names of the ranges that end at some numbers: ``3 to 5 orders``."""
    names: list[str] = []
    low = 1 if word == "order" else 0
    for high in upto:
        names.append(f"{low} {word}" if low == high == 1 else f"{low} to {high} {word}s")
        if low == high != 1:
            names[-1] = f"{high} {word}s"
        low = high + 1
    return (*names, f"more than {upto[-1]} {word}s")
