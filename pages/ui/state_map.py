"""What the Map page remembers of a session: what is chosen on the map, and where it flew."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

KEY = "map"
_CHOSEN = "map_chosen"
_FLIGHTS = "map_flights"
_TOLD = "map_told"
_MOST_CORNERS = 20_000


@dataclass(frozen=True)
class Chosen:
    """What is chosen on a map.

    Attributes
    ----------
    map
        Stamp of the drawing that it was chosen on; on another one it means nothing.
    kind
        "area": what lies in ``polygon`` and has a colour of ``shown`` (none: any); "group": a
        group of the map, "point": a row of the picture, by ``number``.
    colouring
        What the colours of ``shown`` told.
    """

    map: str
    kind: Literal["area", "group", "point"]
    polygon: tuple[tuple[float, float], ...] = ()
    shown: tuple[int, ...] = ()
    colouring: str = ""
    number: int = -1


def chosen(stamp: str) -> Chosen | None:
    """Return what is chosen on a drawing."""
    found: Chosen | None = st.session_state.get(_CHOSEN)
    return found if found is not None and found.map == stamp else None


def choose(what: Chosen | None) -> None:
    """Remember what is chosen; None for nothing."""
    st.session_state[_CHOSEN] = what


def take(stamp: str, colouring: str, rows: Any) -> None:
    """Remember what was picked on the map (a component callback).

    Parameters
    ----------
    rows
        Row numbers of the picture by place in the drawing.
    """
    told = st.session_state[KEY].picked
    if isinstance(told, Mapping) and told.get("kind") in ("area", "point", "clear"):
        st.session_state[_CHOSEN] = read(told, stamp, colouring, rows)


def take_group(key: str, stamp: str, numbers: list[int]) -> None:
    """Choose the group whose line was clicked in the table of groups (a widget callback)."""
    lines = st.session_state[key]["selection"]["rows"]
    if lines:
        choose(Chosen(stamp, "group", number=numbers[lines[0]]))


def fly(stamp: str, row: int) -> None:
    """Choose a point, and have the map fly to it."""
    choose(Chosen(stamp, "point", number=row))
    st.session_state[_FLIGHTS] = flights() + 1


def tell(words: str) -> None:
    """Have the panel say what was done, once, when the page has run again."""
    st.session_state[_TOLD] = words


def told() -> str:
    """Return what was done in the run before; empty for nothing."""
    return st.session_state.pop(_TOLD, "")


def flights() -> int:
    """Return how often the map flew to a point."""
    return int(st.session_state.get(_FLIGHTS, 0))


def read(told: Mapping[str, Any], stamp: str, colouring: str, rows: Any) -> Chosen | None:
    """Return what a browser says was picked; None for nothing, or for what makes no sense."""
    try:
        if told["kind"] == "point":
            at = int(told["at"])
            return Chosen(stamp, "point", number=int(rows[at])) if 0 <= at < len(rows) else None
        if told["kind"] == "area":
            corners = tuple((float(x), float(y)) for x, y in told["polygon"])
            shown = tuple(int(code) for code in told["shown"])
            if len(corners) <= _MOST_CORNERS and all(
                math.isfinite(one) for corner in corners for one in corner
            ):
                return Chosen(stamp, "area", corners, shown, colouring)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return None
