"""The map as a component of the page: a canvas that draws points, and the legend that steers it.

Two components, so that a click, a filter or another colouring never sends the points again: bytes
with the points go to the canvas, all that changes while they stay goes to the legend, and the two
find each other in the browser by a name. See docs/decisions/015-map-component.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

_HERE = Path(__file__).parent


def _text(*parts: str) -> str:
    return _HERE.joinpath(*parts).read_text(encoding="utf-8")


_map = component(
    "aisle_map", html=_text("map.html"), css=_text("map.css"), js=_text("built", "scatter.js")
)
_legend = component(
    "aisle_legend",
    html='<div class="legend" role="group" aria-label="Legend">\n</div>',
    css=_text("legend.css"),
    js=_text("legend.js"),
)


def scatter(data: bytes, *, key: str, on_picked: Callable[[], None]) -> None:
    """Draw points; nothing is seen until a legend for the same points stands on the page, too.

    Parameters
    ----------
    data
        What :func:`pages.ui.scatter.packing.pack` made.
    on_picked
        Called when somebody picked something; ``picked`` in the session's state under ``key`` is
        ``{"kind": "area", "polygon": [[x, y], ...], "shown": [code, ...]}`` with the coordinates
        of the map and the codes of the legend that are seen (none: all), ``{"kind": "point",
        "at": place}``, or ``{"kind": "clear"}``. It comes from a browser: check it.
    """
    _map(key=key, data=data, on_picked_change=on_picked)


def legend(told: Mapping[str, Any], *, key: str) -> None:
    """Show what the colours mean, and steer the map of the same name.

    Parameters
    ----------
    told
        What :func:`pages.ui.map_legend.legend_of` made.
    """
    _legend(key=key, data=dict(told))
