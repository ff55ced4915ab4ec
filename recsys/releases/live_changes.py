"""Changes of stock, price and visibility that hold whatever release is live."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from recsys.workspace import Workspace
from recsys.workspace.database import record
from recsys.workspace.tables import live_items

_MOST_VARIABLES = 500  # in one SQL statement
_BATCH = 20_000  # changes in one transaction, some 0.3 s
# Between two transactions, so that others get their turn: who waits for SQLite looks every 100 ms.
_TURN_SECONDS = 0.11


@dataclass(frozen=True)
class LiveChange:
    """A change of one item that holds at once; None leaves a field as it was."""

    item_id: str
    stock: int | None = None
    price: float | None = None
    hidden: bool | None = None


def change_live(workspace: Workspace, changes: Iterable[LiveChange], *, actor: str) -> int:
    """Write changes of stock, price and visibility; every list obeys within a second.

    Many changes are written in parts, since nobody else can write meanwhile. When a later part
    fails, the earlier ones hold; the same changes can be written again.

    Returns
    -------
    int
        How many items were changed.
    """
    changed: set[str] = set()
    changes = list(changes)
    for start in range(0, len(changes), _BATCH):
        if start:
            time.sleep(_TURN_SECONDS)
        changed |= _write(workspace, changes[start : start + _BATCH], actor)
    return len(changed)


def _write(workspace: Workspace, changes: Sequence[LiveChange], actor: str) -> set[str]:
    """Write some changes, one at least, in one transaction; return the ids of their items."""
    with workspace.database.write() as connection:
        version = (connection.execute(select(func.max(live_items.c.version))).scalar() or 0) + 1
        stored = _take_out(connection, [change.item_id for change in changes])
        rows: dict[str, dict[str, Any]] = {}
        for change in changes:
            before = rows.get(change.item_id) or _fields(stored.get(change.item_id))
            rows[change.item_id] = {
                "item_id": change.item_id,
                "stock": before["stock"] if change.stock is None else change.stock,
                "price": before["price"] if change.price is None else change.price,
                "hidden": before["hidden"] if change.hidden is None else change.hidden,
                "version": version,
                "actor": actor,
                "at": time.time(),
            }
        connection.execute(insert(live_items), list(rows.values()))
        subject = next(iter(rows)) if len(rows) == 1 else f"{len(rows)} items"
        record(connection, actor, "live change", subject)
    return set(rows)


def _take_out(connection: Connection, item_ids: Sequence[str]) -> dict[str, Any]:
    """Remove the stored changes of some items and return them."""
    found: dict[str, Any] = {}
    for start in range(0, len(item_ids), _MOST_VARIABLES):
        some = live_items.c.item_id.in_(item_ids[start : start + _MOST_VARIABLES])
        found |= {row.item_id: row for row in connection.execute(select(live_items).where(some))}
        connection.execute(live_items.delete().where(some))
    return found


def _fields(row: Any) -> dict[str, Any]:
    if row is None:
        return {"stock": None, "price": None, "hidden": False}
    return {"stock": row.stock, "price": row.price, "hidden": row.hidden}
