"""What rules and re-ranking go by: the facts of all products as arrays, without engine or SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.ids import IdMap
from recsys.models.arrays import Floats, SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import Space, unit_rows
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.releases.tables import LAUNCHED, UNKNOWN_STOCK
from recsys.shelves.once import once_a_release

# Cosines between some rows, shape (k, k).
Alike = Callable[[NDArray[np.int64]], Floats]
# Spaces by whose vectors products are alike, the best one first.
_ALIKE_BY = ("similar", "for_you", "also_bought", "lookalikes")


@dataclass(frozen=True)
class Column:
    """A catalogue column as text: ``values[codes[row]]`` is what a row has, -1 is nothing."""

    values: tuple[str, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, cells: Iterable[object]) -> Column:
        """Return a column with its values numbered in the order in which they come."""
        numbers: dict[str, int] = {}
        codes = [
            -1 if cell is None or cell == "" else numbers.setdefault(text_of(cell), len(numbers))
            for cell in cells
        ]
        return cls(tuple(numbers), np.array(codes, np.int32))

    def among(self, values: Iterable[str]) -> NDArray[np.bool_]:
        """Say which rows have one of the values."""
        wanted = set(values)
        chosen = np.array([value in wanted for value in self.values] + [False], np.bool_)
        return chosen[self.codes]


def text_of(cell: object) -> str:
    """Return a cell as rules compare it: a whole number without a point, truth in small letters."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


@dataclass(frozen=True)
class Facts:
    """Facts of all products, by row number.

    Attributes
    ----------
    item_ids, names
        The shop's ids, and what the products are called.
    category, brand
        The two columns that most rules are about.
    price, stock
        As they are now: NaN and ``UNKNOWN_STOCK`` where the shop says nothing.
    buyers
        Shoppers who bought each.
    launched
        Seconds since the epoch, 0 where unknown.
    groups
        Number of the product each is a variant of, -1 for none; None where there are no variants.
    alike
        How alike some products are, in [-1, 1]; None where nothing tells.
    """

    item_ids: IdMap
    names: Sequence[str]
    category: Column
    brand: Column
    price: NDArray[np.float64]
    stock: NDArray[np.int64]
    buyers: Floats
    launched: NDArray[np.int64]
    groups: NDArray[np.int32] | None = None
    alike: Alike | None = None
    further: Further = field(default_factory=lambda: NOTHING_FURTHER)

    def column(self, name: str) -> Column | None:
        """Return a catalogue column as text; None where the shop has none of that name."""
        if name in {"category", "brand"}:
            found = self.category if name == "category" else self.brand
            return found if found.values else None
        return self.further.column(name)

    def columns(self) -> list[str]:
        """Return the further columns that a rule may go by."""
        return [name for name in self.further.names if name != LAUNCHED]

    def named(self, row: int) -> str:
        """Return what a product is called."""
        return self.names[row]


class Further:
    """The catalogue columns that only rules go by, each read and numbered at its first use."""

    def __init__(self, names: Sequence[str], read: Callable[[str], Iterable[object]]) -> None:
        self.names = tuple(names)
        self._read = read
        self._found: dict[str, Column] = {}

    def column(self, name: str) -> Column | None:
        """Return one of them, or None."""
        if name not in self._found and name in self.names:
            self._found[name] = Column.of(self._read(name))
        return self._found.get(name)


NOTHING_FURTHER = Further((), lambda _: ())


def facts_of(view: LiveView) -> Facts:
    """Return the facts of a view: those of its release, kept, under the live price and stock."""
    return replace(release_facts(view.release), price=view.price, stock=view.stock)


@once_a_release
def release_facts(release: Release) -> Facts:
    """Return the facts of a release with its own prices and stock; see :func:`facts_of`."""
    catalogue = release.catalogue
    brand = catalogue.column("brand").to_pylist() if "brand" in catalogue.column_names else ()
    count = len(release.item_ids)
    return Facts(
        item_ids=release.item_ids,
        names=release.names,
        category=Column(tuple(release.categories), release.category_codes),
        brand=Column.of(brand) if brand else Column((), np.full(count, -1, np.int32)),
        price=release.price,
        stock=release.stock,
        buyers=release.buyers,
        launched=_launched(release, count),
        groups=release.group_codes,
        alike=_alike(release),
        further=Further(release.attribute_names, release.attribute),
    )


def facts_of_table(items: Any, *, buyers: Floats, alike: Alike | None = None) -> Facts:
    """Return the facts of a dataset's catalogue: for replays, where nothing is sold out.

    Parameters
    ----------
    items
        The table of a dataset; row order is the row number.
    buyers
        Of each item, counted in the training rows.
    """
    count = len(items)
    cells = {name: items.column(name) for name in items.column_names}

    def text(name: str) -> Column:
        none = Column((), np.full(count, -1, np.int32))
        return Column.of(cells[name].to_pylist()) if name in cells else none

    groups = text("group_id")
    launched: list[int | None] = cells[LAUNCHED].to_pylist() if LAUNCHED in cells else []
    names = cells["name"].to_pylist() if "name" in cells else [None] * count
    ids = cells["item_id"].to_pylist()
    return Facts(
        item_ids=IdMap(ids),
        names=[name or item_id for name, item_id in zip(names, ids, strict=True)],
        category=text("category"),
        brand=text("brand"),
        price=np.array(cells["price"].to_pylist() if "price" in cells else [None] * count, float),
        stock=np.full(count, UNKNOWN_STOCK, np.int64),
        buyers=buyers,
        launched=np.array([at or 0 for at in launched] or [0] * count, np.int64),
        groups=groups.codes if groups.values else None,
        alike=alike,
        further=Further(tuple(cells), lambda name: cells[name].to_pylist()),
    )


def _launched(release: Release, count: int) -> NDArray[np.int64]:
    if LAUNCHED not in release.attribute_names:
        return np.zeros(count, np.int64)
    found: list[int | None] = release.attribute(LAUNCHED)
    return np.array([at or 0 for at in found], np.int64)


def _alike(release: Release) -> Alike | None:
    """Return how alike products are: by the first space with dense vectors, else by their words.

    Similar's vectors say what goes for the same thing; the words of a catalogue stand in where
    every model is sparse.
    """
    for place in _ALIKE_BY:
        if place in release.manifest["strategies"]:
            dense = dense_of(release.space(place))
            if dense is not None:
                return by_vectors(dense)
    content = release.content
    return None if content is None else by_words(content.sources or content.items)


def dense_of(space: Space) -> FactorSpace | None:
    """Return the space, or the first part of a fusion, that has dense vectors."""
    parts = space.parts if isinstance(space, FusedSpace) else (space,)
    return next((part for part in parts if isinstance(part, FactorSpace)), None)


def by_vectors(space: FactorSpace) -> Alike:
    """Return the cosines between the items of a dense space."""

    def alike(rows: NDArray[np.int64]) -> Floats:
        vectors = unit_rows(space.items[rows])
        return vectors @ vectors.T

    return alike


def by_words(words: SparseRows) -> Alike:
    """Return the cosines between the rows of sparse vectors."""

    def alike(rows: NDArray[np.int64]) -> Floats:
        lines = [words.row(int(row)) for row in rows]
        used = np.unique(np.concatenate([columns for columns, _ in lines]))
        vectors = np.zeros((len(rows), len(used)), np.float32)
        for number, (columns, values) in enumerate(lines):
            vectors[number, np.searchsorted(used, columns)] = values
        vectors = unit_rows(vectors)
        return vectors @ vectors.T

    return alike
