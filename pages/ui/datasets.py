from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.words import count, day, moment, plain

_BASKETS = {
    "order": "Baskets are the shop's own orders.",
    "shopper_day": "There are no order numbers: what one shopper bought on one day is a basket.",
    "shopper": "There are neither orders nor dates: all that a shopper bought is one basket.",
}


def show_dataset(dataset: Mapping[str, Any]) -> None:
    """Show what a dataset holds and what reading left out, with reasons."""
    numbers = dataset["counts"]
    with st.grid(4, min_column_width=150):
        st.metric("Purchases", f"{numbers['interactions']:,}", border=True)
        st.metric("Shoppers", f"{numbers['shoppers']:,}", border=True)
        st.metric("Products", f"{numbers['items']:,}", border=True)
        st.metric("Baskets", f"{numbers['baskets']:,}", border=True)
    words = [_BASKETS[dataset["basket_source"]], *dataset["notes"]]
    if dataset.get("first_timestamp"):
        first, last = day(dataset["first_timestamp"]), day(dataset["last_timestamp"])
        words.insert(0, f"Purchases from {first} to {last}.")
    st.caption(
        plain(" ".join(words)),
        help=f"Dataset {dataset['id']}, loaded {moment(dataset['created_at'])}.",
    )
    if not dataset["findings"]:
        st.markdown(":green[:material/check_circle:] Every row could be used.")
        return
    gone = numbers["read"] - numbers["interactions"]
    said = f"{count(gone, 'row')} of {numbers['read']:,} left out, and why"
    st.markdown(f"**{said if gone else 'Every row could be used, but'}**")
    st.dataframe(
        [
            {
                "Reason": line["message"],
                "Count": line["count"],
                "For example": ", ".join(map(str, line["examples"])),
            }
            for line in dataset["findings"]
        ],
        hide_index=True,
        column_config={
            "Count": st.column_config.NumberColumn(
                format="localized",
                help="A row with two faults is counted under both.",
            )
        },
    )
