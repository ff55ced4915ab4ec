"""How a placement is put together: its settings, each with what it does and its maths."""

from __future__ import annotations

from typing import Any

import streamlit as st

from recsys.rules.shelf_settings import FALLBACKS, LEVELS, ShelfSettings

_LEVEL_WORDS = {"none": "None", "light": "Light", "medium": "Medium", "strong": "Strong"}
_FALLBACK_WORDS = {
    "words": "Described alike",
    "category": "Popular in the same category",
    "popular": "Popular in the shop",
}
_DIVERSITY = (
    "Maximal marginal relevance: places are filled one by one with the product of the largest"
    " λ x score - (1 - λ) x likeness to what stands above it"
    " (Carbonell and Goldstein 1998)."
)
_FRESH = "Added to the standardised score; most for a product launched today, less with its age."
_POPULAR = "Taken from the standardised score, by the share of products that fewer shoppers buy."
_PRICE = "Taken from the standardised score, by the distance of the logarithms of the prices."
_SURPRISE = (
    "Places go to products of categories the shopper has not bought, drawn by shopper and day, so"
    " that a shelf stays the same all day."
)


def edit_settings(settings: ShelfSettings, key: str) -> ShelfSettings:
    """Show the settings of a placement and return what is chosen."""
    given: dict[str, Any] = {}
    with st.container(border=True, gap="small"):
        st.markdown("**What a shopper has bought**")
        given["leave_out_bought"] = st.toggle(
            "Leave out what was bought before", settings.leave_out_bought, key=f"{key}-bought"
        )
        given["repurchase_days"] = _whole(
            "May come again after so many days",
            settings.repurchase_days,
            f"{key}-again",
            placeholder="Never",
            help="Counted from the newest purchase of the shop to the shopper's last purchase of"
            " the product.",
            disabled=not given["leave_out_bought"],
        )
    with st.container(border=True, gap="small"):
        st.markdown("**How mixed the shelf is**")
        given["diversity"] = _level(
            "Diversity",
            settings.diversity,
            f"{key}-diversity",
            "Products that are alike stand apart.",
            _DIVERSITY,
        )
        with st.grid(2, min_column_width=160, gap="small"):
            given["most_of_category"] = _whole(
                "At most of one category", settings.most_of_category, f"{key}-category", most=50
            )
            given["most_of_brand"] = _whole(
                "At most of one brand", settings.most_of_brand, f"{key}-brand", most=50
            )
        share = st.slider(
            "Surprise",
            0,
            20,
            round(100 * settings.surprise),
            format="%d %%",
            key=f"{key}-surprise",
            help=_SURPRISE,
        )
        st.caption("Share of the places for products from further afield.")
        given["surprise"] = share / 100
    with st.container(border=True, gap="small"):
        st.markdown("**What gains and what loses**")
        given["freshness"] = _level(
            "Freshness",
            settings.freshness,
            f"{key}-fresh",
            "Lately launched products gain.",
            _FRESH,
        )
        given["less_popular"] = _level(
            "Less of what everybody buys",
            settings.less_popular,
            f"{key}-popular",
            "Products that very many buy lose.",
            _POPULAR,
        )
        given["price_affinity"] = _level(
            "Price affinity",
            settings.price_affinity,
            f"{key}-price",
            "Products far from a shopper's usual prices lose.",
            _PRICE,
        )
    with st.container(border=True, gap="small"):
        st.markdown("**What fills a list that is too short**")
        given["fallbacks"] = tuple(
            st.multiselect(
                "In this order",
                FALLBACKS,
                default=list(settings.fallbacks),
                format_func=lambda one: _FALLBACK_WORDS[one],
                key=f"{key}-fallbacks",
                placeholder="Nothing: short lists stay short",
                help="Products that fill up are labelled.",
            )
        )
    return ShelfSettings(**given)


def _level(label: str, value: str, key: str, does: str, maths: str) -> str:
    chosen: Any = st.segmented_control(
        label,
        LEVELS,
        default=value,
        format_func=lambda one: _LEVEL_WORDS[one],
        required=True,
        key=key,
        help=maths,
    )
    st.caption(does)
    return chosen


def _whole(
    label: str,
    value: int | None,
    key: str,
    *,
    most: int = 3650,
    placeholder: str = "No limit",
    help: str | None = None,
    disabled: bool = False,
) -> int | None:
    found = st.number_input(
        label,
        1,
        most,
        value=value,
        step=1,
        key=key,
        placeholder=placeholder,
        help=help,
        disabled=disabled,
    )
    return None if found is None else int(found)
