"""Plotly pictures in the colours of the theme. Each has a table beside it on its page."""

from __future__ import annotations

from typing import Any

import pandas as pd

_MODEL = "#0072B2"
_POPULARITY = "#8A8A83"


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
