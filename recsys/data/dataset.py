from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.data.arrow import Table, read_parquet
from recsys.data.ids import IdMap
from recsys.workspace import Workspace

ITEMS = "items.parquet"
SHOPPERS = "shoppers.parquet"
INTERACTIONS = "interactions.parquet"
GUESTS = "guests.parquet"
REJECTS = "rejects.parquet"


class EventKind(IntEnum):
    """What a row of interactions says was done."""

    VIEWED = 0
    CARTED = 1
    PURCHASED = 2
    REMOVED = 3
    OTHER = 4


@dataclass(frozen=True)
class Interactions:
    """What shoppers did, one row each, in the order of time: parallel arrays.

    Those that a dataset gives are read-only.

    Attributes
    ----------
    user, item
        Row numbers (int32) into the shoppers and the items of the dataset. Rows of guests have
        user -1, which no matrix of shoppers takes.
    weight
        How much the row says for the item (float32): 1, the rating, or the weight of its event.
    quantity
        Pieces (float32); 1 where the file has none.
    basket
        Number of the basket (int32): rows with the same number were bought together.
    timestamp
        Seconds since the epoch, UTC (int64); None where the shop has no dates.
    price
        Price of one piece (float32), NaN where unknown; None where the shop has no prices.
    event
        An :class:`EventKind` (int8); None where the shop names no events.
    """

    user: npt.NDArray[np.int32]
    item: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float32]
    quantity: npt.NDArray[np.float32]
    basket: npt.NDArray[np.int32]
    timestamp: npt.NDArray[np.int64] | None = None
    price: npt.NDArray[np.float32] | None = None
    event: npt.NDArray[np.int8] | None = None

    def __len__(self) -> int:
        return len(self.user)

    def purchased(self) -> npt.NDArray[np.bool_]:
        """Say of each row whether its product was bought.

        A view is not a purchase. Where the shop names no purchase at all, whatever speaks for the
        product counts.
        """
        if self.event is not None:
            purchased = (self.event == EventKind.PURCHASED) & (self.quantity > 0)
            if purchased.any():
                return purchased
        return self.weight > 0

    def rows(self, chosen: npt.NDArray[Any] | slice) -> Interactions:
        """Return the chosen rows: a boolean mask, row numbers, or a slice."""
        return Interactions(
            user=self.user[chosen],
            item=self.item[chosen],
            weight=self.weight[chosen],
            quantity=self.quantity[chosen],
            basket=self.basket[chosen],
            timestamp=None if self.timestamp is None else self.timestamp[chosen],
            price=None if self.price is None else self.price[chosen],
            event=None if self.event is None else self.event[chosen],
        )


class Dataset:
    """An immutable snapshot of a shop: its items, its shoppers and what they did.

    Row numbers are positions in :meth:`items` and :meth:`shoppers`. Each part is read at its first
    use and kept.

    Attributes
    ----------
    id, name, currency
        The id in the workspace, the shop's name for it, and the currency of prices ("" if unknown).
    manifest
        Counts, what cleaning removed and why, what the data has; see :func:`recsys.data.ingest`.
    n_users, n_items
        Numbers of shoppers and of items.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.id: str = manifest["id"]
        self.name: str = manifest["name"]
        self.currency: str = manifest["currency"]
        self.n_users: int = manifest["counts"]["shoppers"]
        self.n_items: int = manifest["counts"]["items"]

    @classmethod
    def open(cls, workspace: Workspace, dataset_id: str) -> Dataset:
        """Open a dataset of the workspace.

        Raises
        ------
        NotFound
            There is none of that id.
        """
        datasets = workspace.datasets
        return cls(datasets.path(dataset_id), datasets.manifest(dataset_id))

    def items(self) -> Table:
        """Return the catalogue, sorted by ``item_id``; row order is the row number."""
        return self._items

    def shoppers(self) -> Table:
        """Return the shoppers, sorted by ``user_id``; row order is the row number."""
        return self._shoppers

    def interactions(self) -> Interactions:
        """Return all usable interactions of known shoppers in the order of time."""
        return self._interactions

    def guests(self) -> Interactions | None:
        """Return the rows that have an order but no shopper, in the order of time.

        Their ``user`` is -1, and their baskets are numbered along with those of known shoppers.
        They tell what goes together, and nothing about anybody's taste. None where there are none.
        """
        return self._guests

    @cached_property
    def item_ids(self) -> IdMap:
        """The shop's item ids and their row numbers."""
        return self._id_map(ITEMS, "item_id")

    @cached_property
    def user_ids(self) -> IdMap:
        """The shop's shopper ids and their row numbers."""
        return self._id_map(SHOPPERS, "user_id")

    @cached_property
    def _items(self) -> Table:
        return read_parquet(self.folder / ITEMS)

    @cached_property
    def _shoppers(self) -> Table:
        return read_parquet(self.folder / SHOPPERS)

    @cached_property
    def _interactions(self) -> Interactions:
        return Interactions(**_arrays(self.folder / INTERACTIONS))

    @cached_property
    def _guests(self) -> Interactions | None:
        path = self.folder / GUESTS
        if not path.is_file():
            return None
        arrays = _arrays(path)
        nobody = np.full(len(arrays["item"]), -1, np.int32)
        nobody.flags.writeable = False
        return Interactions(user=nobody, **arrays) if len(nobody) else None

    def _id_map(self, file: str, column: str) -> IdMap:
        table = read_parquet(self.folder / file, columns=[column])
        return IdMap(table.column(column).to_pylist())


def _arrays(path: Path) -> dict[str, Any]:
    table = read_parquet(path)
    # dlpack, since to_numpy() loads pandas
    return {
        name: np.from_dlpack(table.column(name).combine_chunks()) for name in table.column_names
    }
