"""The shop in pictures, each with its numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui import charts
from pages.ui.words import day, percent, plain

_NO_BAR = {"displayModeBar": False}


def show_overview(seen: Mapping[str, Any], currency: str) -> None:
    """Show what an overview tells; what the shop's files do not have is said, not drawn."""
    with st.grid(2, min_column_width=380):
        _over_time(seen)
        _popularity(seen)
        _activity(seen)
        _prices(seen, currency)
    _categories(seen)
    missing = [
        what
        for what, rows in (
            ("dates", seen["over_time"]),
            ("prices", seen["prices"]),
            ("categories", seen["categories"]),
        )
        if not rows
    ]
    if missing:
        st.caption(f"Not drawn, since the files do not have them: {', '.join(missing)}.")


def _over_time(seen: Mapping[str, Any]) -> None:
    rows, period = seen["over_time"], seen["period"]
    if not rows:
        return
    _picture(
        f"Purchases a {period}",
        "Rows of purchases, and different shoppers with at least one.",
        charts.over_time(rows, period),
        [
            {
                period.capitalize(): day(row["start"]),
                "Purchases": row["interactions"],
                "Shoppers": row["shoppers"],
            }
            for row in rows
        ],
    )


def _popularity(seen: Mapping[str, Any]) -> None:
    rows = seen["popularity"]
    if not rows:
        return
    _picture(
        "How few products make the sales",
        f"{percent(seen['half'])} of the products make half of the sales, the top 1 % make"
        f" {percent(seen['top1'])}. Sales are counted in rows of purchases.",
        charts.popularity_curve(rows, seen["top1"]),
        [
            {"Share of products": percent(row["products"]), "Share of sales": percent(row["sales"])}
            for row in rows
        ],
    )


def _activity(seen: Mapping[str, Any]) -> None:
    rows = seen["activity"]
    if not rows:
        return
    _picture(
        "How much one shopper buys",
        "Shoppers by their number of purchases. Those with one or two teach little about taste.",
        charts.activity(rows),
        [
            {"Purchases": charts.span(row["from"], row["to"]), "Shoppers": row["shoppers"]}
            for row in rows
        ],
    )


def _prices(seen: Mapping[str, Any], currency: str) -> None:
    rows = seen["prices"]
    if not rows:
        return
    _picture(
        "What products cost",
        "Products by price; the last bar holds all that cost more.",
        charts.prices(rows, currency),
        [{"Price": charts.price_span(row, currency), "Products": row["products"]} for row in rows],
    )


def _categories(seen: Mapping[str, Any]) -> None:
    rows = seen["categories"]
    if not rows:
        return
    _picture(
        "What is bought",
        "Purchases by category; the smaller ones together are Other.",
        charts.categories(rows),
        [
            {
                "Category": row["category"],
                "Purchases": row["interactions"],
                "Products": row["products"],
            }
            for row in rows
        ],
    )


def _picture(title: str, words: str, chart: Any, table: Sequence[Mapping[str, Any]]) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{title}**")
        st.caption(plain(words))
        st.plotly_chart(chart, key=title, config=_NO_BAR, alt=f"{title}. {words}")
        shown = st.expander("The numbers", key=f"numbers-{title}", on_change="rerun")
        if shown.open:
            numbers = {
                name: st.column_config.NumberColumn(format="localized")
                for name, cell in table[0].items()
                if isinstance(cell, int)
            }
            with shown:
                st.dataframe(
                    table,
                    hide_index=True,
                    column_config=numbers,
                    height="content" if len(table) < 9 else 320,
                )
