"""What a release copies from its dataset: the catalogue, the shoppers, and who bought what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.arrow import pa, write_parquet
from recsys.data.dataset import Dataset, Interactions
from recsys.models.arrays import SparseRows

# Catalogue columns that a release carries and an outsider may see.
SHOWN = ("name", "category", "brand", "price", "stock", "image_url")
# What shelves go by and nobody is shown: variants of one product, and what no reason may name.
GROUP, SENSITIVE = "group_id", "sensitive"
LAUNCHED = "launched_at"
# What no rule goes by: long texts, and what only the shop may know.
_NO_ATTRIBUTES = {"item_id", "description", "cost"}
UNKNOWN_STOCK = 2**31 - 1
ATTRIBUTES = "attributes.parquet"
# What popular means on a shelf: a purchase this old counts half (docs/decisions/008-cold-start.md).
_POPULAR_HALF_LIFE = 30 * 86_400
_LEAST_POPULAR = 1e-12
_DAY = 86_400


def write_histories(
    dataset: Dataset, folder: Path
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Write what each shopper bought, how often, on how many days, when first and when last.

    Returns
    -------
    buyers, recent
        Distinct buyers of each item; and the same, where one who bought it last some while ago
        counts less.
    """
    rows = dataset.interactions()
    pair = rows.user.astype(np.int64) * dataset.n_items + rows.item
    kept = np.flatnonzero(rows.purchased())
    order = kept[np.argsort(pair[kept], kind="stable")]  # of one pair: in the order of time
    starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
    ends = np.append(starts[1:], len(order))[: len(starts)]
    users, items = np.divmod(pair[order][starts], dataset.n_items)
    indptr = np.searchsorted(users, np.arange(dataset.n_users + 1))
    histories = SparseRows(
        indptr=indptr.astype(np.int64),
        indices=items.astype(np.int32),
        data=(ends - starts).astype(np.float32),
        shape=(dataset.n_users, dataset.n_items),
    )
    histories.save(folder, "bought")
    buyers = np.bincount(items, minlength=dataset.n_items).astype(np.float32)
    recent = buyers
    if rows.timestamp is not None and len(items):
        at = rows.timestamp[order]
        last = at[ends - 1]
        days = np.diff(at // _DAY, prepend=0) != 0
        days[starts] = True
        np.save(folder / "bought.first.npy", at[starts], allow_pickle=False)
        np.save(folder / "bought.last.npy", last, allow_pickle=False)
        counts = np.add.reduceat(days, starts, dtype=np.int32)
        np.save(folder / "bought.days.npy", counts, allow_pickle=False)
        recent = _recent(items, last, rows, dataset.n_items)
    np.save(folder / "buyers.npy", buyers, allow_pickle=False)
    return buyers, recent


def _recent(
    items: NDArray[np.int64], last: NDArray[np.int64], rows: Interactions, n_items: int
) -> NDArray[np.float32]:
    """Return the buyers of each item, each by the age of their latest purchase of it."""
    assert rows.timestamp is not None
    halves = (rows.timestamp.max() - last) / _POPULAR_HALF_LIFE
    found = np.bincount(items, weights=np.exp2(-halves), minlength=n_items)
    # What was bought long ago is still more popular than what never was.
    found[items] = np.maximum(found[items], _LEAST_POPULAR)
    return found.astype(np.float32)


def complete(catalogue: Any) -> NDArray[np.bool_]:
    """Say which items have all that a shopper has to see; prices only where the shop has any."""
    needed = ["name", "category", *(["price"] if "price" in catalogue.column_names else [])]
    found = np.ones(len(catalogue), np.bool_)
    for name in needed:
        if name not in catalogue.column_names:
            return np.zeros(len(catalogue), np.bool_)
        found &= [value not in {None, ""} for value in catalogue.column(name).to_pylist()]
    return found


def write_catalogue(dataset: Dataset, folder: Path) -> Any:
    """Write the columns that shelves show or go by, those that rules go by, and all shoppers."""
    items = dataset.items()
    present = [name for name in (*SHOWN, GROUP) if name in items.column_names]
    # A column of the shop's own that happens to be called so holds text.
    if SENSITIVE in items.column_names and pa.types.is_boolean(items.column(SENSITIVE).type):
        present.append(SENSITIVE)
    catalogue = items.select(["item_id", *present])
    if "stock" in present:
        place = catalogue.column_names.index("stock")
        stock = catalogue.column("stock").fill_null(UNKNOWN_STOCK)
        catalogue = catalogue.set_column(place, "stock", stock)
    else:
        unknown = pa.array(np.full(len(items), UNKNOWN_STOCK, np.int64))
        catalogue = catalogue.append_column("stock", unknown)
    write_parquet(catalogue, folder / "catalogue.parquet")
    known = {*catalogue.column_names, *_NO_ATTRIBUTES}
    others = [name for name in items.column_names if name not in known]
    write_parquet(items.select(others), folder / ATTRIBUTES)
    write_parquet(dataset.shoppers(), folder / "shoppers.parquet")
    return catalogue


def payload(catalogue: Any) -> dict[str, list[Any]]:
    """Return the payload columns: what filters ask for, and the shop's own id."""
    wanted = ("item_id", "category", "price", "stock")
    return {
        name: catalogue.column(name).to_pylist()
        for name in wanted
        if name in catalogue.column_names
    }
