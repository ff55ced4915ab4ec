"""Pictures of segments: the curve of what is found, what members share, and who is in both."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.ui.charts import FIRST, GREY, SECOND
from pages.ui.words import percent, shorten
from recsys.lifts import Lift

_BAND = "rgba(0, 114, 178, 0.18)"
_OTHER_BANDS = "rgba(213, 94, 0, 0.12)"
_STYLES = {
    "segment": (FIRST, "solid", 3),
    "rfm": (SECOND, "dash", 2),
    "matched": (GREY, "dashdot", 2),
    "random": (GREY, "dot", 2),
}
# Beyond these a lift is drawn at the edge; the table has it as it is.
_LEAST, _MOST = 1 / 8, 16.0


@dataclass(frozen=True)
class FoundLine:
    """How many hidden seeds one way of choosing shoppers finds, by how many it reaches.

    Attributes
    ----------
    role
        "segment", "rfm", "matched" or "random".
    sizes
        How many shoppers are reached, rising.
    found, low, high
        Shares of the hidden seeds among them, with a 95 % interval; empty where there is none.
    """

    name: str
    role: str
    sizes: Sequence[float]
    found: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def reach_curve(lines: Sequence[FoundLine], size: int | None) -> Any:
    """Return the curve of hidden seeds found against the number of shoppers reached.

    Parameters
    ----------
    size
        What is chosen now: a line is drawn there.
    """
    traces: list[dict[str, Any]] = []
    for line in reversed(lines):  # the segment's own on top
        colour, dash, width = _STYLES[line.role]
        if len(line.low):
            traces.append(
                {
                    "x": [*line.sizes, *reversed(line.sizes)],
                    "y": [*line.high, *reversed(line.low)],
                    "fill": "toself",
                    "fillcolor": _BAND if line.role == "segment" else _OTHER_BANDS,
                    "line": {"width": 0},
                    "mode": "lines",
                    "hoverinfo": "skip",
                    "showlegend": False,
                }
            )
        traces.append(
            {
                "x": list(line.sizes),
                "y": list(line.found),
                "name": html.escape(line.name, quote=False),
                "mode": "lines",
                "line": {"color": colour, "dash": dash, "width": width},
                "hovertemplate": "%{x:,} shoppers: %{y:.0%}<extra>%{fullData.name}</extra>",
            }
        )
    ticks = _round_steps(lines)
    mark = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": size, "x1": size}
    return _figure(
        traces,
        height=330,
        margin={"l": 0, "r": 8, "t": 56, "b": 32},
        showlegend=True,
        # On a narrow page it grows upwards, away from the lines.
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "xanchor": "left",
            "traceorder": "reversed",
        },
        shapes=[] if size is None else [{**mark, "line": {"color": GREY, "width": 1}}],
        xaxis={
            "title": "Shoppers reached, on a logarithmic scale",
            "type": "log",
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [f"{tick:,}" for tick in ticks],
        },
        yaxis={"title": "Hidden seeds found", "tickformat": ".0%", "range": [0, 1.02]},
    )


def _figure(traces: Sequence[Mapping[str, Any]], **layout: Any) -> Any:
    """Make a picture in one go: each later change of one costs as much as all of it."""
    import plotly.graph_objects as go

    for axis in ("xaxis", "yaxis"):
        layout[axis] = {"automargin": True, **layout[axis]}
    return go.Figure(
        data=[{"type": "scatter", **trace} for trace in traces],
        layout={"showlegend": False, "hovermode": "closest", **layout},
    )


def _round_steps(lines: Sequence[FoundLine]) -> list[int]:
    """Return the ticks of a logarithmic axis: 1, 2 and 5 times the powers of ten."""
    every = [size for line in lines for size in line.sizes if size > 0]
    if not every:
        return []
    steps = [step * 10**power for power in range(9) for step in (1, 2, 5)]
    found = [step for step in steps if min(every) <= step <= max(every)]
    return [step for step in found if str(step)[0] == "1"] if len(found) > 12 else found


def lift_bars(rows: Sequence[tuple[str, Lift]]) -> Any:
    """Return bars of how much more or less often members have something than all shoppers.

    A bar to the right is more often, to the left less; the thin line is the 95 % interval.

    Parameters
    ----------
    rows
        What each bar is called, and its numbers; the first is drawn on top.
    """
    names = [html.escape(shorten(name, 40), quote=False) for name, _ in rows]
    every = [one for _, one in rows]
    places = list(range(len(rows)))
    ends = [_doublings(one.lift) for one in every]
    over = [max(_doublings(one.high) - end, 0.0) for one, end in zip(every, ends, strict=True)]
    under = [max(end - _doublings(one.low), 0.0) for one, end in zip(every, ends, strict=True)]
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": ends,
        "y": places,
        "marker": {"color": [FIRST if end >= 0 else SECOND for end in ends]},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": over,
            "arrayminus": under,
            "color": GREY,
            "thickness": 1.2,
            "width": 3,
        },
        "customdata": [
            f"{name}: {times_words(one.lift)}; {percent(one.share)} of members,"
            f" {percent(one.everyone)} of all shoppers"
            for name, one in zip(names, every, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    left, right = min([0.0, *ends]), max([1.0, *ends])
    steps = list(range(math.floor(left), math.ceil(right) + 1))
    return _figure(
        [bars],
        height=max(150, 26 * len(rows) + 60),
        bargap=0.35,
        margin={"l": 0, "r": 8, "t": 8, "b": 32},
        xaxis={
            "title": "Times as often as all shoppers",
            "tickmode": "array",
            "tickvals": steps,
            "ticktext": [_step(step) for step in steps],
            "tickangle": 0,
            "range": [1.1 * left - 0.2, 1.1 * right],
            "zeroline": True,
            "zerolinecolor": GREY,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": places,
            "ticktext": names,
            "autorange": "reversed",
        },
    )


def _doublings(ratio: float) -> float:
    """Return how often a share doubles, kept to what can be drawn; none where it is unknown."""
    return 0.0 if math.isnan(ratio) else math.log2(min(max(ratio, _LEAST), _MOST))


def _step(doublings: int) -> str:
    return f"1/{2**-doublings}" if doublings < 0 else f"{2**doublings}"


def times_words(ratio: float) -> str:
    """Say how often against all: ``4.1 times as often``, ``half as often``, ``never``."""
    if ratio == 0:
        return "never"
    if 0.95 <= ratio <= 1.05:
        return "as often as all"
    if ratio < 1:
        return f"{percent(ratio)} as often"
    return f"{ratio:.1f}".removesuffix(".0") + " times as often"


def overlap_map(names: Sequence[str], shares: Sequence[Sequence[float]]) -> Any:
    """Return a heat map of how many members of each row's segment are in each column's, too."""
    labels = [html.escape(shorten(name, 28), quote=False) for name in names]
    places = list(range(len(labels)))
    words = [[percent(share) for share in line] for line in shares]
    told = [
        [f"{word} of {row} are in {column}, too" for word, column in zip(line, labels, strict=True)]
        for line, row in zip(words, labels, strict=True)
    ]
    heat: dict[str, Any] = {
        "type": "heatmap",
        "z": [list(line) for line in shares],
        "x": places,
        "y": places,
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, "rgba(0, 114, 178, 0.05)"], [1, FIRST]],
        "text": words,
        "texttemplate": "%{text}",
        "customdata": told,
        "hovertemplate": "%{customdata}<extra></extra>",
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    axis = {"tickmode": "array", "tickvals": places, "ticktext": labels, "showgrid": False}
    return _figure(
        [heat],
        height=max(200, 44 * len(labels) + 90),
        xaxis={**axis, "side": "top", "tickangle": 0 if len(labels) <= 5 else -40},
        yaxis={**axis, "autorange": "reversed"},
        margin={"l": 0, "r": 8, "t": 40, "b": 8},
    )
