"""What a map tells of its points: hover cards, names to search for, the list of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.maps.picture import Picture
from recsys.releases.live import LiveView


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
    """Return what the hover cards say."""
    raise NotImplementedError


def groups(picture: Picture, view: LiveView) -> list[GroupLine]:
    """Return the groups of a map, the largest first."""
    raise NotImplementedError


def find(view: LiveView, picture: Picture, text: str, *, limit: int = 12) -> list[tuple[int, str]]:
    """Return the points whose id or name has the text in it, best first: (row, label).

    What has no place on the map is left out.
    """
    raise NotImplementedError
