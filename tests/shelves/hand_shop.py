"""A shop small enough that every shelf is known beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from recsys.releases.live import LiveView
from recsys.types import Shelf

# Shoppers: ann bought 0 and 2, bea 0 and 1, cid 1 and 3, dan 4. Nobody bought 5, 6 and 7.
PURCHASES = [
    ("ann", "i0"), ("ann", "i2"), ("bea", "i0"), ("bea", "i1"), ("cid", "i1"), ("cid", "i3"),
    ("dan", "i4"),
]  # fmt: skip
BOUGHT = np.zeros((4, 8))
for _user, _item in PURCHASES:
    BOUGHT["abcd".index(_user[0]), int(_item[1])] = 1
CATALOGUE = [
    {
        "item_id": f"i{n}",
        "name": ("Green tea", "Black tea", "Teapot", "Mug", "Coffee", "Mill", "Filter", "")[n],
        "category": "Tea" if n < 4 else "Coffee",
        "price": "" if n == 6 else 10 * (n + 1),
        "stock": 0 if n == 5 else "" if n == 3 else 3,
        "cost": 5,
    }
    for n in range(8)
]
# The first direction is tea, the second coffee: ann likes 0, 1, 2, 3 in that order, then nothing.
ITEMS = [[4, 0], [3, 0], [2, 0], [1, 0], [0, 3], [0, 2], [0, 1], [0, 0]]
USERS = [[1, 0], [2, 0], [0.6, 0.8], [-1, 0.5]]
PAIRS = np.zeros((8, 8))
PAIRS[2, 0], PAIRS[2, 1], PAIRS[3, 0], PAIRS[0, 1], PAIRS[1, 0] = 0.5, 0.4, 0.1, 0.3, 0.6
PAIRS[3, 1] = 0.01


def ids(shelf: Shelf) -> list[str]:
    assert [item.rank for item in shelf.items] == list(range(1, len(shelf.items) + 1))
    return [item.item_id for item in shelf.items]


def changed(view: LiveView, **lists: dict[int, Any]) -> LiveView:
    """Return the view with live changes: ``stock={3: 0}``."""
    arrays = {name: getattr(view, name).copy() for name in ("stock", "price", "hidden")}
    for name, values in lists.items():
        for row, value in values.items():
            arrays[name][row] = value
    return replace(
        view,
        **arrays,
        restocked=frozenset(lists.get("stock", {})),
        repriced=frozenset(lists.get("price", {})),
    )
