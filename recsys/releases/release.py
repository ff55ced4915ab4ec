from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.data.arrow import Table, column_names, read_parquet
from recsys.data.ids import IdMap
from recsys.errors import NotReady, StorageError
from recsys.models.arrays import Rows, SparseRows, damaged, load_array
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.models.store import load_space
from recsys.releases.build import CONTENT, POPULAR, ColdStart
from recsys.releases.people import People
from recsys.releases.stores import vector_store
from recsys.releases.tables import ATTRIBUTES, GROUP, SENSITIVE
from recsys.types import Placement
from recsys.vectors.base import VectorIndex
from recsys.workspace import Workspace


class Release:
    """One release, open for reading: indexes, spaces, catalogue and histories.

    Immutable and shared by all threads. It is never closed: requests in flight keep it, and it
    goes when the last of them lets go.

    Attributes
    ----------
    id, currency, manifest
        What :func:`recsys.releases.build.build_release` wrote.
    stock, price
        What the index holds of each item: pieces (int64), ``UNKNOWN_STOCK`` where the shop says
        nothing, and the price (float64), NaN where unknown.

    memo
        What others worked out once for this release; it goes with it.

    Raises
    ------
    NotFound
        There is no release of that id.
    StorageError
        A file is damaged, or the index has not as many points as there are items.
    """

    def __init__(self, workspace: Workspace, release_id: str) -> None:
        self.id = release_id
        self.folder: Path = workspace.releases.path(release_id)
        self.manifest: dict[str, Any] = workspace.releases.manifest(release_id)
        self.currency: str = self.manifest["currency"]
        self._store = vector_store(workspace.settings, self.folder, release_id)
        self.index = self._open("items")
        self.bought = SparseRows.load(self.folder, "bought", self.manifest["counts"]["items"])
        self.buyers: NDArray[np.float32] = load_array(self.folder / "buyers.npy")
        self.cold = ColdStart(**self.manifest.get("cold_start", {"explore_every": 0}))
        self._spaces: dict[str, Space] = {}
        self.memo: dict[Any, Any] = {}
        # Not to_numpy(), which loads pandas.
        self.stock = np.array(self.catalogue.column("stock").to_pylist(), np.int64)
        self.price = np.full(len(self.stock), np.nan)
        if "price" in self.catalogue.column_names:  # None becomes NaN
            self.price = np.array(self.catalogue.column("price").to_pylist(), np.float64)

    def _open(self, name: Literal["items", "shoppers"]) -> VectorIndex:
        index = self._store.open(name)
        found, written = index.count(), self.manifest["counts"][name]
        if found != written:
            raise StorageError(
                f"The index of {name} of release {self.id} has {found:,} points for {written:,}"
                f" {name}.",
                hint="Roll back, or build the release again.",
            )
        return index

    def check(self) -> None:
        """Open now what is otherwise opened at its first use.

        Raises
        ------
        StorageError
            A file is missing or damaged.
        """
        for placement in self.manifest["strategies"]:
            self.space(placement)
        if "lookalikes" in self.manifest["strategies"]:
            self.shopper_index  # noqa: B018
        for name in ("shoppers", "last", "first", "days", "content", "people"):
            getattr(self, name)

    def _table(self, file: str, columns: Sequence[str] | None = None) -> Table:
        try:
            return read_parquet(self.folder / file, columns=columns)
        except (OSError, ValueError) as error:
            raise damaged(self.folder / file, error) from error

    @cached_property
    def catalogue(self) -> Table:
        """One row an item: ``item_id`` and the columns a shelf shows."""
        return self._table("catalogue.parquet")

    @cached_property
    def attribute_names(self) -> list[str]:
        """The further columns that rules go by; an older release has none."""
        path = self.folder / ATTRIBUTES
        return column_names(path) if path.is_file() else []

    def attribute(self, name: str) -> list[Any]:
        """Return one of these columns, one value an item; it is read anew each time."""
        return self._table(ATTRIBUTES, columns=[name]).column(name).to_pylist()

    @cached_property
    def shoppers(self) -> Table:
        """One row a shopper: ``user_id`` and the shop's attributes."""
        return self._table("shoppers.parquet")

    @cached_property
    def item_ids(self) -> IdMap:
        """The shop's item ids and their row numbers."""
        return IdMap(self.catalogue.column("item_id").to_pylist())

    @cached_property
    def user_ids(self) -> IdMap:
        """The shop's shopper ids and their row numbers."""
        return IdMap(self.shoppers.column("user_id").to_pylist())

    @cached_property
    def shopper_index(self) -> VectorIndex:
        """The index of shoppers.

        Raises
        ------
        NotReady
            The release has no lookalikes.
        """
        if "lookalikes" not in self.manifest["strategies"]:
            raise not_served("lookalikes")
        return self._open("shoppers")

    @cached_property
    def categories(self) -> list[str]:
        """All category names, sorted; empty where the catalogue has none."""
        if "category" not in self.catalogue.column_names:
            return []
        found = self.catalogue.column("category").unique().drop_null().to_pylist()
        return sorted(found)

    @cached_property
    def category_codes(self) -> NDArray[np.int32]:
        """Position of each item's category in :attr:`categories`; -1 for none."""
        codes = {name: code for code, name in enumerate(self.categories)}
        if not codes:
            return np.full(len(self.item_ids), -1, np.int32)
        names = self.catalogue.column("category").to_pylist()
        return np.array([codes.get(name, -1) for name in names], np.int32)

    @cached_property
    def names(self) -> list[str]:
        """What each item is called; its id where the catalogue has no name."""
        ids = self.item_ids.ids
        if "name" not in self.catalogue.column_names:
            return list(ids)
        found = self.catalogue.column("name").to_pylist()
        return [name or ids[row] for row, name in enumerate(found)]

    @cached_property
    def group_codes(self) -> NDArray[np.int32] | None:
        """Number of the product that each item is a variant of; -1 for none.

        None where no item is.
        """
        if GROUP not in self.catalogue.column_names:
            return None
        codes: dict[str, int] = {}
        groups = self.catalogue.column(GROUP).to_pylist()
        found = [codes.setdefault(group, len(codes)) if group else -1 for group in groups]
        return np.array(found, np.int32) if codes else None

    @cached_property
    def sensitive(self) -> NDArray[np.bool_] | None:
        """Items that no reason may name; None where all may be named."""
        if SENSITIVE not in self.catalogue.column_names:
            return None
        found = np.array(self.catalogue.column(SENSITIVE).fill_null(False).to_pylist(), np.bool_)
        return found if found.any() else None

    def _dates(self, name: str) -> NDArray[Any] | None:
        path = self.folder / f"bought.{name}.npy"
        return load_array(path) if path.is_file() else None

    @cached_property
    def last(self) -> NDArray[np.int64] | None:
        """When each product of :attr:`bought` was bought last; None without dates."""
        return self._dates("last")

    @cached_property
    def first(self) -> NDArray[np.int64] | None:
        """When it was bought first; None without dates, and in an earlier version's release."""
        return self._dates("first")

    @cached_property
    def days(self) -> NDArray[np.int32] | None:
        """On how many days it was bought; None where :attr:`first` is."""
        return self._dates("days")

    @cached_property
    def people(self) -> People | None:
        """How often, how much and when each shopper bought; None in an older release."""
        return People.load(self.folder)

    @cached_property
    def newest(self) -> int | None:
        """When the newest purchase was made: ages are counted from it, never from today."""
        return None if self.last is None or not len(self.last) else int(self.last.max())

    @property
    def dated(self) -> bool:
        """Whether the shop says when its purchases were made."""
        return self.last is not None

    def history(self, user: int) -> tuple[Rows, NDArray[Any], NDArray[Any] | None]:
        """Return a shopper's items, how often each was bought, and when last (None: no dates)."""
        start, end = int(self.bought.indptr[user]), int(self.bought.indptr[user + 1])
        last = None if self.last is None else self.last[start:end]
        return self.bought.indices[start:end], self.bought.data[start:end], last

    def rhythm(self, user: int) -> tuple[NDArray[np.int64], NDArray[np.int32]] | None:
        """Return when each item of :meth:`history` was bought first, and on how many days.

        None without dates, and in a release of an earlier version.
        """
        if self.first is None or self.days is None:
            return None
        start, end = int(self.bought.indptr[user]), int(self.bought.indptr[user + 1])
        return self.first[start:end], self.days[start:end]

    @cached_property
    def content(self) -> SparseSpace | None:
        """What items are like by their words; None in a release of an earlier version."""
        folder = self.folder / "spaces" / CONTENT
        space = load_space(folder) if folder.is_dir() else None
        return space if isinstance(space, SparseSpace) else None

    @cached_property
    def popularity(self) -> NDArray[np.float32]:
        """How popular each item is lately, as the index holds it; 0 for what nobody bought."""
        hits = self.index.query(POPULAR, np.ones(1, np.float32), limit=len(self.stock))
        found = np.zeros(len(self.stock), np.float32)
        found[hits.rows] = hits.scores
        return found

    @cached_property
    def new_items(self) -> Rows:
        """Items that nobody bought yet and that have all that a shopper has to see."""
        if self.content is None:
            return np.empty(0, np.int32)
        return np.flatnonzero(self.content.known_items & (self.buyers == 0)).astype(np.int32)

    @cached_property
    def new_words(self) -> SparseRows:
        """The words of :attr:`new_items`, one row each."""
        assert self.content is not None
        lines = [self.content.items.row(int(item)) for item in self.new_items]
        sizes = [len(columns) for columns, _ in lines]
        return SparseRows(
            indptr=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
            indices=np.concatenate([columns for columns, _ in lines]),
            data=np.concatenate([values for _, values in lines]),
            shape=(len(lines), self.content.items.shape[1]),
        )

    def kinds(self, placement: Placement) -> list[str]:
        """Return the kind of the model that feeds a placement; of a fusion those of its parts."""
        model = self.manifest["models"][placement]
        return list(model.get("parts", [model["kind"]]))

    def space(self, placement: Placement) -> Space:
        """Return the space that feeds a placement.

        Raises
        ------
        NotReady
            The release was built without it.
        """
        if placement not in self.manifest["strategies"]:
            raise not_served(placement)
        if placement not in self._spaces:
            self._spaces[placement] = load_space(self.folder / "spaces" / placement)
        return self._spaces[placement]


def not_served(placement: Placement) -> NotReady:
    """Return the error for a placement that a release does not have."""
    return NotReady(
        f"The live release has no {placement.replace('_', ' ')} shelf.",
        hint="Publish a release with a model for it.",
    )
