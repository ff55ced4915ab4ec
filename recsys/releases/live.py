"""What is live right now: the published release under the live stock, prices and hidden items."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from recsys.errors import NotFound, NotReady, StorageError
from recsys.releases.live_changes import LiveChange, change_live
from recsys.releases.publishing import Publication, live
from recsys.releases.release import Release
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.rules.book import EMPTY, RuleBook
from recsys.rules.published import live_book, readable_book
from recsys.workspace import Workspace
from recsys.workspace.tables import live_items, publications, rule_sets

__all__ = ["LiveChange", "LiveShop", "LiveView", "change_live", "stock_words"]

_log = logging.getLogger(__name__)


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
    old one goes on serving; so it is with rules, which have a pointer of their own.
    """

    def __init__(self, workspace: Workspace, *, refresh_seconds: float = 0.25) -> None:
        self.workspace = workspace
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._view: LiveView | None = None
        self._checked = 0.0
        self._problems = {"release": "", "rules": ""}

    @property
    def problem(self) -> str:
        """Why what is served is not what was published last; empty when it is."""
        return " ".join(filter(None, self._problems.values()))

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
        view = self._apply(_fresh(Release(self.workspace, release_id), nobody))
        return replace(view, book=readable_book(self.workspace))

    def look_again(self) -> None:
        """Have the next call look, whatever the time: something was just changed."""
        self._checked = 0.0

    def _is_old(self) -> bool:
        return self._view is None or time.monotonic() - self._checked > self._refresh_seconds

    def _look(self, view: LiveView | None) -> LiveView | None:
        newest = select(
            select(func.max(publications.c.id)).scalar_subquery(),
            select(func.max(live_items.c.version)).scalar_subquery(),
            select(func.max(rule_sets.c.id)).scalar_subquery(),
        )
        with self.workspace.database.read() as connection:
            publication_id, version, rule_set_id = connection.execute(newest).one()
        if publication_id is None:
            return None
        if view is None or view.publication.id != publication_id:
            publication = live(self.workspace)
            if publication is None:
                return None
            view = self._follow(view, publication)
        if view.version != (version or 0):
            view = self._apply(view)
        if view.book.rule_set_id != (rule_set_id or 0):
            view = replace(view, book=self._read_rules(view))
        return view

    def _follow(self, view: LiveView | None, publication: Publication) -> LiveView:
        """Return a view of what was published; the old one while that cannot be opened."""
        problem = ""
        book = EMPTY if view is None else view.book
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
        self._tell("release", problem)
        return replace(view, book=book)

    def _read_rules(self, view: LiveView) -> RuleBook:
        """Return the rules that were published; the ones before while those cannot be read."""
        try:
            book, problem = live_book(self.workspace), ""
        except StorageError as error:
            # A server that starts has none before, and no rules at all would show what is hidden.
            book = view.book if view.book is not EMPTY else readable_book(self.workspace)
            kept = f"rule set {book.rule_set_id}" if book.rule_set_id else "no rules"
            problem = f"{error} Shelves still obey {kept}."
        self._tell("rules", problem)
        return book

    def _tell(self, what: str, problem: str) -> None:
        if problem and problem != self._problems[what]:
            _log.error(problem)
        self._problems[what] = problem

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
        return replace(
            view,
            stock=stock,
            price=price,
            hidden=hidden,
            restocked=_rows(stock != view.release.stock),
            repriced=_rows(~same_price),
            version=max((row.version for row in rows), default=view.version),
            changed_at=max((row.at for row in rows), default=view.changed_at),
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
