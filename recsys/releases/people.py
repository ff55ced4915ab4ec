"""How often, how much and when each shopper bought."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset, Interactions
from recsys.models.arrays import load_array

_FILE = "people.{}.npy"


@dataclass(frozen=True)
class People:
    """One number a shopper, by row number; 0 for who never bought.

    Attributes
    ----------
    orders
        Baskets with a purchase (int32).
    pieces
        Pieces bought (float32).
    spend
        Money paid where the price is known, in the shop's currency, returns not taken off
        (float64); None where the shop has no prices.
    first, last
        Seconds since the epoch of the first and the newest purchase (int64), 0 for none; None
        where the shop has no dates.
    """

    orders: NDArray[np.int32]
    pieces: NDArray[np.float32]
    spend: NDArray[np.float64] | None = None
    first: NDArray[np.int64] | None = None
    last: NDArray[np.int64] | None = None

    def save(self, folder: Path) -> None:
        """Write the arrays into a release's folder."""
        for name, values in vars(self).items():
            if values is not None:
                np.save(folder / _FILE.format(name), values, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> People | None:
        """Map what :meth:`save` wrote; None in a release of an earlier version."""
        names = ("orders", "pieces", "spend", "first", "last")
        paths = {name: folder / _FILE.format(name) for name in names}
        if not paths["orders"].is_file():
            return None
        return cls(**{name: load_array(path) for name, path in paths.items() if path.is_file()})


def people_of(dataset: Dataset) -> People:
    """Return the numbers of all shoppers of a dataset, by all its purchases."""
    return people_by(dataset.interactions(), dataset.n_users)


def people_by(rows: Interactions, n_users: int) -> People:
    """Return the numbers of all shoppers by some rows, such as those before a day."""
    rows = rows.rows(rows.purchased())

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(rows.user, weights=values, minlength=n_users).astype(np.float64)

    whose = np.full(int(rows.basket.max(initial=-1)) + 1, -1, np.int32)
    whose[rows.basket] = rows.user
    quantity = rows.quantity.astype(np.float64)
    spend = first = last = None
    if rows.price is not None:
        spend = total(np.nan_to_num(rows.price.astype(np.float64)) * quantity)
    if rows.timestamp is not None:
        # In the order of time: the last that is written for a shopper is the newest.
        last, first = np.zeros(n_users, np.int64), np.zeros(n_users, np.int64)
        last[rows.user] = rows.timestamp
        first[rows.user[::-1]] = rows.timestamp[::-1]
    return People(
        orders=np.bincount(whose[whose >= 0], minlength=n_users).astype(np.int32),
        pieces=total(quantity).astype(np.float32),
        spend=spend,
        first=first,
        last=last,
    )
