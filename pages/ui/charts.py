"""Plotly pictures in the colours of the theme. Each has a table beside it on its page."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pages.ui.words import money, percent, shorten

# Blue and vermilion: told apart by all eyes, 3:1 or better on the light and the dark ground.
_MODEL = FIRST = "#0072B2"
SECOND = "#D55E00"
GREY = "#8A8A83"
_HEIGHT = 260

Rows = Sequence[Mapping[str, Any]]


def ranking(rows: Rows) -> Any:
    """Return a chart of one placement: each model's score with its interval, the best on top.

    Baselines are dotted lines, yardsticks are grey.

    Parameters
    ----------
    rows
        ``name``, ``value``, ``low``, ``high`` and ``role``: "model", "baseline" or "yardstick".
    """
    import plotly.graph_objects as go  # 0.3 s that only this page needs

    ordered = sorted(rows, key=lambda row: row["value"])
    colours = [_MODEL if row["role"] == "model" else GREY for row in ordered]
    names = [html.escape(str(row["name"]), quote=False) for row in ordered]
    places = list(range(len(ordered)))
    chart = go.Figure()
    for place, row, colour in zip(places, ordered, colours, strict=True):
        chart.add_scatter(
            x=[row["low"], row["high"]],
            y=[place, place],
            mode="lines",
            line={"color": colour, "width": 3},
            hoverinfo="skip",
        )
    chart.add_scatter(
        x=[row["value"] for row in ordered],
        y=places,
        mode="markers",
        marker={"size": 11, "color": colours},
        customdata=[
            f"{name}: {row['value']:.3f} (95 %: {row['low']:.3f} to {row['high']:.3f})"
            for name, row in zip(names, ordered, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    for row in ordered:
        if row["role"] == "baseline":
            chart.add_vline(x=row["value"], line={"color": GREY, "dash": "dot", "width": 1})
    _lay_out(chart, x="Score with 95 % interval; dotted: baselines")
    chart.update_layout(
        height=34 * len(ordered) + 80,
        xaxis={"range": [0, 1.04 * max(row["high"] for row in ordered)]},
        yaxis={
            "tickmode": "array",
            "tickvals": places,
            "ticktext": names,
            "range": [-0.6, len(ordered) - 0.4],
        },
    )
    return chart


def quality_against(rows: Rows, quality: str, other: str, *, log: bool = False) -> Any:
    """Return a picture of quality against something else, one dot a model.

    Parameters
    ----------
    rows
        ``name``, ``value``, ``other``, ``shown`` (the other value in words) and ``role``.
    log
        Whether a step of the other axis is a factor.
    """
    import plotly.graph_objects as go

    names = [html.escape(str(row["name"]), quote=False) for row in rows]
    chart = go.Figure(
        go.Scatter(
            x=[row["other"] for row in rows],
            y=[row["value"] for row in rows],
            mode="markers+text",
            marker={
                "size": 12,
                "color": [_MODEL if row["role"] == "model" else GREY for row in rows],
            },
            text=[
                name if row["role"] == "model" else ""
                for name, row in zip(names, rows, strict=True)
            ],
            textposition="top center",
            customdata=[
                f"{name}: {row['value']:.3f}, {row['shown']}"
                for name, row in zip(names, rows, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
            cliponaxis=False,
        )
    )
    _lay_out(chart, x=other, y=quality)
    chart.update_layout(
        height=320,
        margin={"l": 0, "r": 40, "t": 32, "b": 32},
        xaxis={"type": "log", "dtick": "D2"} if log else {},
    )
    return chart


def over_time(rows: Rows, period: str) -> Any:
    """Return a chart of purchases a day, week or month, and one of active shoppers below it."""
    import plotly.graph_objects as go

    starts = [datetime.fromtimestamp(row["start"], UTC) for row in rows]
    numbers, shoppers = ([row[name] for row in rows] for name in ("interactions", "shoppers"))
    chart = go.Figure(
        [
            go.Bar(x=starts, y=numbers, name="purchases", marker={"color": FIRST}),
            go.Bar(x=starts, y=shoppers, name="shoppers", marker={"color": SECOND}, yaxis="y2"),
        ]
    )
    chart.update_traces(hovertemplate="%{x|%-d %b %Y}: %{y:,} %{fullData.name}<extra></extra>")
    _lay_out(chart, y="Purchases")
    chart.update_layout(
        yaxis={"domain": [0.5, 1.0]},
        yaxis2={"title": "Shoppers", "domain": [0.0, 0.36], "automargin": True},
        xaxis={"anchor": "y2", "title": f"A bar is a {period}"},
        bargap=0.2,
    )
    return chart


def popularity_curve(rows: Rows, top1: float) -> Any:
    """Return the curve of sales over products, most bought first; the top 1 % is marked."""
    import plotly.graph_objects as go

    chart = go.Figure(
        [
            go.Scatter(
                x=[row["products"] for row in rows],
                y=[row["sales"] for row in rows],
                mode="lines",
                line={"color": FIRST, "width": 2},
                fill="tozeroy",
                fillcolor="rgba(0, 114, 178, 0.15)",
                hovertemplate="%{x:.1%} of the products: %{y:.0%} of sales<extra></extra>",
            ),
            go.Scatter(
                x=[0.01],
                y=[top1],
                mode="markers",
                marker={"color": SECOND, "size": 11},
                hovertemplate="The top 1 % of the products: %{y:.1%} of sales<extra></extra>",
            ),
        ]
    )
    low = top1 < 0.5
    chart.add_annotation(
        x=0.01,
        y=top1,
        text=f"The top 1 % make {percent(top1)} of sales",
        showarrow=True,
        arrowcolor=GREY,
        ax=90,
        ay=-12 if low else 40,
        xanchor="left",
        yshift=0,
        font={"size": 13},
    )
    _lay_out(chart, x="Share of products, most bought first", y="Share of sales")
    ends = {"tickformat": ".0%", "range": [0, 1.02]}
    chart.update_layout(xaxis=ends, yaxis=ends)
    return chart


def activity(rows: Rows) -> Any:
    """Return how many shoppers have how many purchases."""
    import plotly.graph_objects as go

    places = list(range(len(rows)))
    chart = go.Figure(
        go.Bar(
            x=places,
            y=[row["shoppers"] for row in rows],
            marker={"color": FIRST},
            customdata=[span(row["from"], row["to"]) for row in rows],
            hovertemplate="%{customdata} purchases: %{y:,} shoppers<extra></extra>",
        )
    )
    _lay_out(chart, x="Purchases a shopper; a bar reaches up to the next number", y="Shoppers")
    names = [f"{row['from']:,.0f}" for row in rows]
    chart.update_layout(
        bargap=0.15,
        xaxis={"tickmode": "array", "tickvals": places, "ticktext": names, "tickangle": 0},
    )
    return chart


def categories(rows: Rows) -> Any:
    """Return the purchases of each category, most first."""
    import plotly.graph_objects as go

    numbers = [row["interactions"] for row in rows]
    # A chart reads some HTML, links included, out of its labels: text of the shop is escaped.
    names = [html.escape(shorten(str(row["category"]), 40), quote=False) for row in rows]
    places = list(range(len(rows)))
    chart = go.Figure(
        go.Bar(
            x=numbers,
            y=places,
            orientation="h",
            marker={"color": FIRST},
            customdata=names,
            hovertemplate="%{customdata}: %{x:,}<extra></extra>",
        )
    )
    _lay_out(chart, x="Purchases")
    chart.update_layout(
        height=max(_HEIGHT, 22 * len(rows) + 70),
        yaxis={
            "tickmode": "array",
            "tickvals": places,
            "ticktext": names,
            "autorange": "reversed",
        },
        bargap=0.25,
    )
    return chart


def prices(rows: Rows, currency: str) -> Any:
    """Return how many products cost how much; the last bar may be open to above."""
    import plotly.graph_objects as go

    usual = rows[0]["to"] - rows[0]["from"] if rows[0]["to"] is not None else 1.0
    widths = [usual if row["to"] is None else row["to"] - row["from"] for row in rows]
    chart = go.Figure(
        go.Bar(
            x=[row["from"] for row in rows],
            y=[row["products"] for row in rows],
            width=widths,
            offset=0,
            marker={"color": [FIRST if row["to"] is not None else SECOND for row in rows]},
            customdata=[html.escape(price_span(row, currency), quote=False) for row in rows],
            hovertemplate="%{customdata}: %{y:,} products<extra></extra>",
        )
    )
    unit = f"Price in {html.escape(currency, quote=False)}" if currency else "Price"
    _lay_out(chart, x=unit, y="Products")
    return chart


def span(first: float, last: float | None) -> str:
    """Return a range of whole numbers: ``4 to 7``, ``1``, ``512 and more``."""
    if last is None:
        return f"{first:,.0f} and more"
    return f"{first:,.0f}" if first == last else f"{first:,.0f} to {last:,.0f}"


def price_span(row: Mapping[str, Any], currency: str) -> str:
    """Return a range of prices: ``£1.00 to £2.00``, ``£20.00 and more``."""
    first = money(row["from"], currency)
    return f"{first} and more" if row["to"] is None else f"{first} to {money(row['to'], currency)}"


def _lay_out(chart: Any, *, x: str = "", y: str = "") -> None:
    chart.update_layout(
        height=_HEIGHT,
        margin={"l": 0, "r": 8, "t": 24, "b": 32},
        xaxis={"title": x or None, "automargin": True},
        yaxis={"title": y or None, "automargin": True, "rangemode": "tozero"},
        showlegend=False,
        hovermode="closest",
    )
