"""What a shelf may be asked: numbers, products and carts, checked at the door."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.errors import InputError, NotFound
from recsys.models.arrays import Rows
from recsys.releases.live import LiveView
from recsys.types import LIMITS, ShelfName


def check_n(placement: ShelfName, n: int | None) -> int:
    """Return how many products are asked for.

    Raises
    ------
    InputError
        Fewer than 1 or more than the placement's limit.
    """
    default, most = LIMITS[placement]
    if n is None:
        return default
    if not 1 <= n <= most:
        raise InputError(
            f"n is {n}; {placement.replace('_', ' ')} shows from 1 to {most} products."
        )
    return n


def item_row(view: LiveView, item_id: str) -> int:
    """Return the row number of a product.

    Raises
    ------
    NotFound
        The live catalogue has no such product.
    """
    row = view.release.item_ids.row(item_id)
    if row is None:
        raise NotFound(
            f"The live catalogue has no product {item_id!r}.",
            hint="Check the id; it is compared as text, so 00123 and 123 are different.",
        )
    return row


def cart_rows(view: LiveView, item_ids: Sequence[str]) -> Rows:
    """Return the row numbers of the products of a cart, each once.

    Raises
    ------
    InputError
        The cart is empty.
    NotFound
        The live catalogue does not have a product of the cart; all of them are named.
    """
    if not item_ids:
        raise InputError("The cart is empty.", hint="Put at least one product in it.")
    return item_rows(view, item_ids)


def item_rows(view: LiveView, item_ids: Sequence[str]) -> Rows:
    """Return the row numbers of some products, each once.

    Raises
    ------
    NotFound
        The live catalogue does not have one of them; all such are named.
    """
    rows = {item_id: view.release.item_ids.row(item_id) for item_id in item_ids}
    unknown = [item_id for item_id, row in rows.items() if row is None]
    if unknown:
        raise NotFound(
            f"The live catalogue does not have: {', '.join(map(repr, unknown))}.",
            hint="Check the ids; they are compared as text.",
        )
    return np.array([row for row in rows.values() if row is not None], np.int32)


def categories_of(view: LiveView, names: Sequence[str]) -> list[str]:
    """Return the categories, each once.

    Raises
    ------
    NotFound
        The live catalogue does not have one of them; all such are named.
    """
    known = set(view.release.categories)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise NotFound(
            f"The live catalogue has no category: {', '.join(map(repr, unknown))}.",
            hint="Check the spelling; categories are compared as text.",
        )
    return list(dict.fromkeys(names))
