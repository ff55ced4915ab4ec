"""What a map tells of its points: hover cards, names to search for, the list of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotReady
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.shelves.text_search import product_search, shopper_search

# Finds that are looked through for those with a place.
_LOOKED_AT = 200


@dataclass(frozen=True)
class Cards:
    """What a card says of each point, by row number of the picture.

    Attributes
    ----------
    names
        What a product is called; of a shopper the id.
    labels, codes
        ``labels[codes[row]]`` is the category of a product; -1 for none, and of shoppers.
    price
        Live price of a product (float32), NaN where unknown, and of shoppers.
    sales
        See :attr:`recsys.maps.picture.Picture.sales`; ``sales_word`` says what they count.
    currency
        Of prices; may be empty.
    """

    names: Sequence[str]
    labels: tuple[str, ...]
    codes: NDArray[np.int32]
    price: NDArray[np.float32]
    sales: NDArray[np.float32]
    sales_word: str
    currency: str


@dataclass(frozen=True)
class GroupLine:
    """A group as the list beside the map shows it.

    Attributes
    ----------
    number
        As in :attr:`recsys.maps.picture.Picture.clusters`.
    sales, growth
        See :class:`recsys.maps.picture.Cluster`.
    x, y
        Where most of it lies: the median of its points.
    """

    number: int
    name: str
    size: int
    sales: float | None
    growth: float | None
    x: float
    y: float


def cards(view: LiveView, picture: Picture) -> Cards:
    """Return what the hover cards say.

    Raises
    ------
    NotReady
        The map is of other data than what is live.
    """
    check_same_data(view, picture)
    release = view.release
    n_items, shoppers = picture.n_items, len(picture.points) - picture.n_items
    names: Sequence[str] = release.names if n_items else release.user_ids.ids
    if n_items and shoppers:
        names = [*names, *release.user_ids.ids]
    price = np.full(len(picture.points), np.nan, np.float32)
    codes = np.full(len(picture.points), -1, np.int32)
    if n_items:
        price[:n_items], codes[:n_items] = view.price, release.category_codes
    return Cards(
        names=names,
        labels=tuple(release.categories) if n_items else (),
        codes=codes,
        price=price,
        sales=picture.sales,
        sales_word=str(picture.about["sales_word"]),
        currency=release.currency,
    )


def groups(picture: Picture, view: LiveView) -> list[GroupLine]:
    """Return the groups of a map, the largest first.

    Raises
    ------
    NotReady
        The map is of other data than what is live.
    """
    check_same_data(view, picture)
    placed = picture.placed
    lines: list[GroupLine] = []
    for number, group in enumerate(picture.groups):
        points = picture.points[placed & (picture.clusters == number)]
        if len(points):
            x, y = np.median(points, axis=0).tolist()
            line = (number, group.name, group.size, group.sales, group.growth, x, y)
            lines.append(GroupLine(*line))
    return sorted(lines, key=lambda line: -line.size)


def find(view: LiveView, picture: Picture, text: str, *, limit: int = 12) -> list[tuple[int, str]]:
    """Return the points whose id or name has the text in it, best first: (row, label).

    What has no place on the map is left out. Empty text finds nothing.

    Raises
    ------
    NotReady
        The map is of other data than what is live.
    """
    check_same_data(view, picture)
    if not text.strip():
        return []
    release, found = view.release, list[tuple[int, str]]()
    if picture.n_items:
        for row in product_search(release).find(text, limit=_LOOKED_AT):
            found.append((row, f"{release.names[row]} ({release.item_ids.id(row)})"))
    if len(picture.points) > picture.n_items:
        for row in shopper_search(release).find(text, limit=_LOOKED_AT):
            found.append((picture.n_items + row, f"Shopper {release.user_ids.id(row)}"))
    placed = picture.placed
    return [one for one in found if placed[one[0]]][:limit]


def check_same_data(view: LiveView, picture: Picture) -> None:
    """Refuse a map whose row numbers are those of other data.

    Raises
    ------
    NotReady
        The live release is of another version of the data.
    """
    if picture.about["dataset_id"] != view.release.manifest["dataset_id"]:
        raise NotReady(
            "This map was drawn from another version of the data than what is live.",
            hint="Draw the map again; it goes on from this one.",
        )
