"""How a map is coloured, and what is marked on it: what its legend carries."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.ui import map_palette
from pages.ui.scatter.packing import Drawing
from pages.ui.words import money, percent
from recsys.workflows.maps import Colours

MAP = "map"  # what the canvas and its legend are called
_OTHER = "Other"
_NO_VALUE = "No value"


def paint(drawing: Drawing, colours: Colours, *, title: str, currency: str) -> dict[str, Any]:
    """Return what of a legend hangs on the colouring alone.

    Parameters
    ----------
    title
        What the colours tell.
    """
    values = colours.values[drawing.rows]
    if colours.kind == "groups":
        told = _groups(values, colours.labels)
    else:
        told = _numbers(values, _unit(colours.unit, currency))
    codes: NDArray[np.uint8] = told.pop("codes")
    told |= {
        "name": MAP,
        "map": drawing.stamp,
        "title": title,
        "codes": base64.b64encode(codes.tobytes()).decode("ascii"),
    }
    told["stamp"] = hashlib.blake2b(json.dumps(told).encode(), digest_size=8).hexdigest()
    return told


def pointed(
    told: dict[str, Any],
    drawing: Drawing,
    rows: NDArray[np.bool_] | None,
    *,
    near: Sequence[int] = (),
    flight: int = 0,
) -> dict[str, Any]:
    """Add to a legend what is marked.

    Parameters
    ----------
    rows
        By row of the picture what is chosen; None for nothing.
    near
        Rows: from the first one a line leads to each of the others, and the map flies to it once
        for each number of flight.
    """
    bits = b"" if rows is None else np.packbits(rows[drawing.rows], bitorder="little").tobytes()
    places = [drawing.place(row) for row in near]
    return {
        **told,
        "marked": base64.b64encode(bits).decode("ascii"),
        "near": [place for place in places if place is not None],
        "flight": flight,
    }


def seen(colours: Colours, shown: Sequence[int]) -> NDArray[np.bool_]:
    """Return by row what has one of the colours that are seen; of none, all."""
    if not shown:
        return np.ones(len(colours.values), np.bool_)
    return np.isin(_codes(colours.values, len(colours.labels)), np.asarray(shown))


def _codes(values: NDArray[Any], none: int) -> NDArray[np.uint8]:
    return np.where(values < 0, none, values).astype(np.uint8)


def _groups(values: NDArray[Any], labels: Sequence[str]) -> dict[str, Any]:
    none = len(labels)
    codes = _codes(values, none)
    counts = np.bincount(codes, minlength=none + 1).tolist()
    named = [*labels, _NO_VALUE]
    seen = [(code, named[code], counts[code]) for code in range(none + 1) if counts[code]]
    return {
        "kind": "groups",
        "codes": codes,
        "groups": seen,
        "light": _colours(labels, map_palette.groups(dark=False), dark=False),
        "dark": _colours(labels, map_palette.groups(dark=True), dark=True),
    }


def _colours(labels: Sequence[str], palette: Sequence[str], *, dark: bool) -> list[str]:
    other = map_palette.OTHER_DARK if dark else map_palette.OTHER_LIGHT
    none = map_palette.NONE_DARK if dark else map_palette.NONE_LIGHT
    found = [palette[place] if place < len(palette) else other for place in range(len(labels))]
    return [*found, none]


def _numbers(values: NDArray[Any], unit: Any) -> dict[str, Any]:
    """Give each number the shade of its rank, so that a few large ones do not hide the others."""
    known = np.isfinite(values)
    steps, sorted_values = map_palette.STEPS, np.sort(values[known])
    codes = np.full(len(values), steps, np.uint8)
    if len(sorted_values):
        below = np.searchsorted(sorted_values, values[known], side="left")
        to = np.searchsorted(sorted_values, values[known], side="right")
        rank = (below + to) / 2 / len(sorted_values)
        codes[known] = np.minimum(rank * steps, steps - 1).astype(np.uint8)
    missing = int((~known).sum())
    return {
        "kind": "numbers",
        "codes": codes,
        "steps": steps,
        "low": unit(float(sorted_values[0])) if len(sorted_values) else "",
        "middle": unit(float(np.median(sorted_values))) if len(sorted_values) else "",
        "high": unit(float(sorted_values[-1])) if len(sorted_values) else "",
        "groups": [(steps, _NO_VALUE, missing)] if missing else [],
        "light": [*map_palette.shades(dark=False), map_palette.NONE_LIGHT],
        "dark": [*map_palette.shades(dark=True), map_palette.NONE_DARK],
    }


def _unit(unit: str, currency: str) -> Any:
    """Return how a number of a unit is written."""
    if unit == "%":
        return percent
    if unit and unit == currency:
        return lambda value: money(value, currency)
    return lambda value: f"{value:,.0f} {unit}".strip()
