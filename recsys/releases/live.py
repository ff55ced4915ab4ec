"""What is live right now: the published release under the live stock, prices and hidden items."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, insert, select

from recsys.errors import NotFound, NotReady, StorageError
from recsys.releases.publishing import Publication, live
from recsys.releases.release import Release
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.rules.book import EMPTY, RuleBook
from recsys.workspace import Workspace
from recsys.workspace.database import record
from recsys.workspace.tables import live_items, publications

_MOST_VARIABLES = 500  # in one SQL statement
_BATCH = 20_000  # changes in one transaction, some 0.3 s
# Between two transactions, so that others get their turn: who waits for SQLite looks every 100 ms.
_TURN_SECONDS = 0.11

_log = logging.getLogger(__name__)


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


@dataclass(frozen=True)
class LiveView:
    """A release as it stands this second. Immutable; a request keeps the one it began with.

    Attributes
    ----------
    stock
        Pieces of each item (int64); ``UNKNOWN_STOCK`` where the shop says nothing.
    price
        Price of each item (float64), NaN where unknown.
    hidden
        Items taken off every list now.
    restocked, repriced
        Rows whose stock or price differs from what the index holds.
    version, changed_at
        Of the newest live change (0: none yet), seconds since the epoch.
    book
        The rules and settings that its shelves obey; to see what others would do, give
        :func:`dataclasses.replace` another one.
    """

    release: Release
    publication: Publication
    stock: NDArray[np.int64]
    price: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    restocked: frozenset[int]
    repriced: frozenset[int]
    version: int
    changed_at: float
    book: RuleBook = EMPTY

    @property
    def changed(self) -> frozenset[int]:
        """Rows whose stock or price differs from what the index holds."""
        return self.restocked | self.repriced


class LiveShop:
    """Follows the live pointer and the live changes of a workspace.

    :meth:`current` is cheap: one small SQL query at most every ``refresh_seconds``. A new release
    is opened beside the old one by the thread that notices it; the others go on with the old one
    until it is swapped, so nothing waits and nobody sees half of it. When it cannot be opened, the
    old one goes on serving.

    Attributes
    ----------
    problem
        Why what is served is not what was published last; empty when it is.
    """

    def __init__(self, workspace: Workspace, *, refresh_seconds: float = 0.25) -> None:
        self.workspace = workspace
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._view: LiveView | None = None
        self._checked = 0.0
        self.problem = ""

    def current(self) -> LiveView:
        """Return what is live.

        Raises
        ------
        NotReady
            Nothing has been published yet.
        StorageError
            What is live cannot be opened, and nothing was served before it.
        """
        # Only the very first view is waited for; later another thread's look is left alone.
        if self._is_old() and self._lock.acquire(blocking=self._view is None):
            try:
                if self._is_old():
                    self._view = self._look(self._view)
                    self._checked = time.monotonic()
            finally:
                self._lock.release()
        view = self._view
        if view is None:
            raise NotReady(
                "Nothing is live yet.", hint="Load data, train a model and publish a release."
            )
        return view

    def view_of(self, release_id: str) -> LiveView:
        """Return any release as it would stand if it were live now.

        Raises
        ------
        NotFound, StorageError
            It is gone, or cannot be opened.
        """
        nobody = Publication(0, release_id, None, "publish", "", 0.0)
        return self._apply(_fresh(Release(self.workspace, release_id), nobody))

    def look_again(self) -> None:
        """Have the next call look, whatever the time: something was just changed."""
        self._checked = 0.0

    def _is_old(self) -> bool:
        return self._view is None or time.monotonic() - self._checked > self._refresh_seconds

    def _look(self, view: LiveView | None) -> LiveView | None:
        newest = select(
            select(func.max(publications.c.id)).scalar_subquery(),
            select(func.max(live_items.c.version)).scalar_subquery(),
        )
        with self.workspace.database.read() as connection:
            publication_id, version = connection.execute(newest).one()
        if publication_id is None:
            return None
        if view is None or view.publication.id != publication_id:
            publication = live(self.workspace)
            if publication is None:
                return None
            view = self._follow(view, publication)
        if view.version != (version or 0):
            view = self._apply(view)
        return view

    def _follow(self, view: LiveView | None, publication: Publication) -> LiveView:
        """Return a view of what was published; the old one while that cannot be opened."""
        problem = ""
        if view is not None and view.release.id == publication.release_id:
            view = _fresh(view.release, publication)
        else:
            try:
                release = Release(self.workspace, publication.release_id)
                if view is not None:
                    release.check()  # the first view is wanted at once, and has nothing beneath
                view = _fresh(release, publication)
            except (NotFound, StorageError) as error:
                if view is None:
                    raise
                problem = (
                    f"Release {publication.release_id} was published and cannot be opened, so"
                    f" {view.release.id} is still served. {error}"
                )
        if problem and problem != self.problem:
            _log.error(problem)
        self.problem = problem
        return view

    def _apply(self, view: LiveView) -> LiveView:
        """Return the view with all changes since its version."""
        since = select(live_items).where(live_items.c.version > view.version)
        with self.workspace.database.read() as connection:
            rows = connection.execute(since).all()
        stock, price, hidden = view.stock.copy(), view.price.copy(), view.hidden.copy()
        for row in rows:
            item = view.release.item_ids.row(row.item_id)
            if item is None:
                continue  # a change may name items of a release to come
            if row.stock is not None:
                stock[item] = row.stock
            if row.price is not None:
                price[item] = row.price
            hidden[item] = row.hidden
        # NaN equals nothing, itself included.
        same_price = (price == view.release.price) | np.isnan(price)
        return LiveView(
            release=view.release,
            publication=view.publication,
            stock=stock,
            price=price,
            hidden=hidden,
            restocked=_rows(stock != view.release.stock),
            repriced=_rows(~same_price),
            version=max((row.version for row in rows), default=view.version),
            changed_at=max((row.at for row in rows), default=view.changed_at),
            book=view.book,
        )


def _rows(chosen: NDArray[np.bool_]) -> frozenset[int]:
    return frozenset(np.flatnonzero(chosen).tolist())


def _fresh(release: Release, publication: Publication) -> LiveView:
    return LiveView(
        release=release,
        publication=publication,
        stock=release.stock,
        price=release.price,
        hidden=np.zeros(len(release.stock), np.bool_),
        restocked=frozenset(),
        repriced=frozenset(),
        version=0,
        changed_at=0.0,
    )


def stock_words(pieces: int) -> int | None:
    """Return a stock count for a person or an API: None where the shop says nothing."""
    return None if pieces == UNKNOWN_STOCK else pieces
