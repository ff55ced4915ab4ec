"""What was chosen on a map, what it has in common, and what lies near a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.lifts import Lift
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView


@dataclass(frozen=True)
class Selection:
    """Points that were chosen on a map.

    Attributes
    ----------
    rows
        Row numbers of the picture, those with a place only.
    item_ids, shopper_ids
        The shop's ids of the chosen products and shoppers, those with the highest sales first.
    lifts
        What the chosen have more often than all on the map: "Category", "Brand", "Price", and
        further columns of the catalogue -> values, the surest first.
    lines
        The chosen with the highest sales, at most 1,000: of products ``id``, ``name``,
        ``category``, ``price``, ``sales``; of shoppers ``id``, ``orders``, ``spend``, ``last``
        (day); each with ``row`` and ``what`` ("item" or "shopper").
    """

    rows: NDArray[np.int64]
    item_ids: list[str]
    shopper_ids: list[str]
    lifts: dict[str, list[Lift]]
    lines: list[dict[str, Any]]


def selection(view: LiveView, picture: Picture, rows: NDArray[Any]) -> Selection:
    """Say what some points are and what they have in common.

    Parameters
    ----------
    rows
        Row numbers of the picture, or a mask over its points.
    """
    raise NotImplementedError


def neighbours(
    view: LiveView, picture: Picture, row: int, n: int = 10
) -> list[tuple[int, float]]:
    """Return the points nearest to one in the space (not: on the map), with their cosine.

    Of a shopper on a map of both: the nearest products. Nothing for a point without a place.
    """
    raise NotImplementedError
