"""Plotly pictures in the colours of the theme. Each has a table beside it on its page."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pages.ui.words import money, percent, shorten

if TYPE_CHECKING:
    import pandas as pd

# Blue and vermilion: told apart by all eyes, 3:1 or better on the light and the dark ground.
_MODEL = _FIRST = "#0072B2"
_SECOND = "#D55E00"
_POPULARITY = "#8A8A83"
_HEIGHT = 260

Rows = Sequence[Mapping[str, Any]]


def against_popularity(rows: pd.DataFrame) -> Any:
    """Return a chart of one metric: each model's mean and 95 % interval, popularity as a line.

    Parameters
    ----------
    rows
        Rows of one metric of :func:`pages.ui.evidence.leaderboard`.
    """
    import plotly.graph_objects as go  # 0.3 s that only this page needs

    best = rows.sort_values(["Model", "Score"]).drop_duplicates("Model", keep="last")
    best = best.sort_values("Score")
    popularity = float(best["Popularity"].iloc[0])
    chart = go.Figure(
        go.Scatter(
            x=best["Score"],
            y=best["Model"],
            mode="markers",
            marker={"size": 11, "color": _MODEL},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": best["high"] - best["Score"],
                "arrayminus": best["Score"] - best["low"],
                "color": _MODEL,
                "thickness": 2,
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    chart.add_vline(
        x=popularity,
        line={"color": _POPULARITY, "dash": "dot"},
        annotation={"text": "Popularity", "font": {"size": 12}, "yshift": 14, "xanchor": "center"},
    )
    chart.update_layout(
        height=200,
        margin={"l": 0, "r": 16, "t": 30, "b": 32},
        xaxis={"title": "Score with 95 % interval", "rangemode": "tozero"},
        yaxis={"title": None},
        showlegend=False,
    )
    return chart


def over_time(rows: Rows, period: str) -> Any:
    """Return a chart of purchases a day, week or month, and one of active shoppers below it."""
    import plotly.graph_objects as go

    starts = [datetime.fromtimestamp(row["start"], UTC) for row in rows]
    numbers, shoppers = ([row[name] for row in rows] for name in ("interactions", "shoppers"))
    chart = go.Figure(
        [
            go.Bar(x=starts, y=numbers, name="purchases", marker={"color": _FIRST}),
            go.Bar(x=starts, y=shoppers, name="shoppers", marker={"color": _SECOND}, yaxis="y2"),
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
                line={"color": _FIRST, "width": 2},
                fill="tozeroy",
                fillcolor="rgba(0, 114, 178, 0.15)",
                hovertemplate="%{x:.1%} of the products: %{y:.0%} of sales<extra></extra>",
            ),
            go.Scatter(
                x=[0.01],
                y=[top1],
                mode="markers",
                marker={"color": _SECOND, "size": 11},
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
        arrowcolor=_POPULARITY,
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
            marker={"color": _FIRST},
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
            marker={"color": _FIRST},
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
            marker={"color": [_FIRST if row["to"] is not None else _SECOND for row in rows]},
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
