"""By what a map is coloured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.workspace import Workspace


@dataclass(frozen=True)
class Colouring:
    """A way to colour a map.

    Attributes
    ----------
    name
        For :func:`colours`: "category", "attribute:Size", "segment:12".
    label
        For people.
    """

    name: str
    label: str


@dataclass(frozen=True)
class Colours:
    """One value a point.

    Attributes
    ----------
    kind
        "groups": ``labels[values[row]]``, int16, -1 for none; "numbers": float32, NaN for none.
    labels
        Of groups, at most 13: the largest twelve first, then "Other" where there are more.
    unit
        Of numbers: a currency, "pieces", "%" (values are shares, 0.1 is 10 %), "days" or "".
    """

    kind: Literal["groups", "numbers"]
    values: NDArray[Any]
    labels: tuple[str, ...] = ()
    unit: str = ""


def colourings(
    view: LiveView, picture: Picture, *, workspace: Workspace | None = None
) -> list[Colouring]:
    """Return the ways in which a map can be coloured, the usual ones first.

    Parameters
    ----------
    workspace
        To offer its segments.
    """
    raise NotImplementedError


def colours(
    view: LiveView, picture: Picture, name: str, *, workspace: Workspace | None = None
) -> Colours:
    """Return the colour of each point as a group or a number.

    Parameters
    ----------
    workspace
        Where the members of segments are.

    Raises
    ------
    NotFound
        There is no such colouring, or no such segment any more.
    """
    raise NotImplementedError
