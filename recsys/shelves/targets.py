"""Which products the target of a rule names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.data.ids import IdMap
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.rules.book import NamedSet, RuleBook, SetKind
from recsys.rules.rule import Target
from recsys.shelves.applied import Mask
from recsys.shelves.facts import Facts

_DAY = 86_400


def named_set(book: RuleBook, set_id: int, kind: SetKind) -> NamedSet | None:
    """Return a set that a book names; None where it was deleted."""
    found = book.sets.get(set_id)
    return found if found is not None and found.kind == kind else None


def products_of(book: RuleBook, target: Target, facts: Facts) -> Mask:
    """Return a mask over all products: every given field of the target has to hold."""
    count = len(facts.item_ids)
    if target == Target():
        return np.zeros(count, np.bool_)
    found = np.ones(count, np.bool_)
    if target.items:
        found &= _members(facts.item_ids, target.items)
    if target.collections:
        sets = (named_set(book, one, "collection") for one in target.collections)
        found &= _members(facts.item_ids, [i for one in sets if one for i in one.members])
    if target.categories:
        found &= facts.category.among(target.categories)
    if target.brands:
        found &= facts.brand.among(target.brands)
    for name, values in target.attributes.items():
        column = facts.column(name)
        found &= np.zeros(count, np.bool_) if column is None else column.among(values)
    return found


def _members(ids: IdMap, members: Sequence[str]) -> Mask:
    found = np.zeros(len(ids), np.bool_)
    found[ids.rows(members)] = True
    return found


def matching(
    target: Target, mask: Mask, facts: Facts, now: float
) -> Callable[[NDArray[np.int64]], Mask]:
    """Return what says of rows whether they match a target, by the live price and stock."""

    def match(rows: NDArray[np.int64]) -> Mask:
        found = mask[rows]
        if target.price_min is not None:
            found = found & (facts.price[rows] >= target.price_min)
        if target.price_max is not None:
            found = found & (facts.price[rows] <= target.price_max)
        if target.stock_min is not None or target.stock_max is not None:
            stock = facts.stock[rows]
            found = found & (stock < UNKNOWN_STOCK) & (stock >= (target.stock_min or 0))
            if target.stock_max is not None:
                found = found & (stock <= target.stock_max)
        if target.newer_than_days is not None:
            launched = facts.launched[rows]
            found = found & (launched > 0) & (launched >= now - target.newer_than_days * _DAY)
        return found

    return match
