"""Shoppers and products with too few rows to learn from: the k-core."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from recsys.data.findings.base import Bench, Finding

Numbers: TypeAlias = npt.NDArray[np.int64]

# Up to so many rows numpy sorts the pairs, which is quicker; DuckDB can do it on disk.
_SORTED_HERE = 4_000_000


def check_thin(bench: Bench) -> list[Finding]:
    """Find what the k-core leaves out: thin shoppers and products, again and again until none is.

    An order without a shopper counts for its products as one shopper does.
    """
    core = bench.recipe.core
    products = bench.count("true", "all_item")
    users, items = _pairs(bench, products)
    bench.pairs = (bench.left, len(users))
    if core < 2 or not len(users):
        return []
    guests = _guest_orders(bench, products)
    left_users, left_items = k_core(users, items, core=core, also=guests)
    stay_users = np.flatnonzero(np.bincount(left_users))
    stay_items = np.flatnonzero((np.bincount(left_items, minlength=products) + guests) >= core)
    there_users, there_items = _different(bench, "u"), _different(bench, "i")
    thin_users = np.setdiff1d(there_users, stay_users, assume_unique=True)
    thin_items = np.setdiff1d(there_items, stay_items, assume_unique=True)
    if not len(thin_users) and not len(thin_items):
        return []
    if not len(stay_users):
        return [_too_thin(core, len(thin_users))]
    _store(bench, "thin_users", thin_users)
    _store(bench, "thin_items", thin_items)
    filled = (
        len(users) / (len(there_users) * len(there_items)),
        len(left_users) / (len(stay_users) * len(stay_items)),
    )
    return [
        _finding(
            bench,
            core,
            thin=(len(thin_users), len(thin_items)),
            stay=(len(stay_users), len(stay_items)),
            filled=filled,
        )
    ]


def _finding(
    bench: Bench,
    core: int,
    *,
    thin: tuple[int, int],
    stay: tuple[int, int],
    filled: tuple[float, float],
) -> Finding:
    """Say what is thin; pairs are numbers of shoppers and of products, or before and after."""
    # quicker to count than the rows that go
    staying = f"{bench.left} ANTI JOIN thin_users ON u = thin_users.n"
    staying += " ANTI JOIN thin_items ON i = thin_items.n"
    before, after = filled
    return Finding(
        code="thin",
        message=f"{_said(*thin)} {'is' if sum(thin) == 1 else 'are'} thin.",
        count=sum(thin),
        severity="note",
        advice=f"Thin is a shopper with fewer than {core} products, or a product with fewer than"
        f" {core} shoppers. The fix leaves them out, and again what is thin then, until nothing"
        f" is: {_said(*stay)} stay. Of all pairs of a shopper and a product {before:.2%} are"
        f" purchases now, {after:.2%} after it. Lists usually do well without it.",
        examples=bench.ids("item", "SELECT n FROM thin_items")
        or bench.ids("user", "SELECT n FROM thin_users"),
        fix="Leave them out",
        removes=bench.count("true", bench.left) - bench.count("true", staying),
        reason="is of a thin shopper or product",
        rows="u IN (SELECT n FROM thin_users) OR i IN (SELECT n FROM thin_items)",
        items="n IN (SELECT n FROM thin_items)",
    )


def _said(shoppers: int, products: int) -> str:
    some = (("shopper", shoppers), ("product", products))
    return " and ".join(f"{n:,} {noun}{'' if n == 1 else 's'}" for noun, n in some if n)


def _too_thin(core: int, shoppers: int) -> Finding:
    words = f"would be left if each had to have {core} products with {core} shoppers each"
    return Finding(
        code="thin",
        message=f"No shopper {words}.",
        count=shoppers,
        severity="note",
        advice="So thin shoppers and products cannot be left out here: more data is needed.",
    )


def k_core(users: Numbers, items: Numbers, *, core: int, also: Numbers) -> tuple[Numbers, Numbers]:
    """Return the pairs that are left when all users and items have ``core`` pairs or more.

    Parameters
    ----------
    users, items
        Parallel arrays: each pair once.
    also
        What counts for an item beside its pairs, by item number.

    Examples
    --------
    >>> pairs = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1])
    >>> k_core(*pairs, core=2, also=np.zeros(2, np.int64))
    (array([0, 0, 1, 1]), array([0, 1, 0, 1]))
    """
    while len(users):
        enough = np.bincount(users)[users] >= core
        enough &= (np.bincount(items, minlength=len(also)) + also)[items] >= core
        if enough.all():
            break
        users, items = users[enough], items[enough]
    return users, items


def _pairs(bench: Bench, products: int) -> tuple[Numbers, Numbers]:
    """Return who bought what, each pair once."""
    distinct = "" if bench.count("true", bench.left) <= _SORTED_HERE else "DISTINCT"
    keys = _numbers(
        bench,
        f"SELECT {distinct} u::BIGINT * {products} + i AS n FROM {bench.left}"
        " WHERE weight > 0 AND u IS NOT NULL AND i IS NOT NULL",
    )
    keys.sort()
    if len(keys):
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
    return np.divmod(keys, max(products, 1))


def _guest_orders(bench: Bench, products: int) -> Numbers:
    """Return how many orders without a shopper each product is in, by product number."""
    items = _numbers(
        bench,
        f"SELECT i::BIGINT AS n FROM (SELECT DISTINCT i, o FROM {bench.left}"
        " WHERE u IS NULL AND o IS NOT NULL AND i IS NOT NULL AND weight > 0)",
    )
    return np.bincount(items, minlength=products)


def _different(bench: Bench, letter: str) -> Numbers:
    query = f"SELECT DISTINCT {letter} AS n FROM {bench.left} WHERE {letter} IS NOT NULL"
    return np.sort(_numbers(bench, f"SELECT n::BIGINT AS n FROM ({query})"))


def _numbers(bench: Bench, query: str) -> Numbers:
    """Return the column ``n`` of a query whose cells are never empty."""
    return np.array(bench.connection.execute(query).fetchnumpy()["n"], np.int64)


def _store(bench: Bench, name: str, numbers: Numbers) -> None:
    bench.connection.execute(
        f"CREATE TABLE {name} AS SELECT unnest($n::INTEGER[]) AS n", {"n": numbers.tolist()}
    ).fetchall()
