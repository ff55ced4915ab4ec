"""Product cards of one height in a grid, and the badges on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from pages.ui.pictures import icon_of, picture_of
from pages.ui.words import money, plain, shorten
from recsys.types import Mark, Shelf, ShelfItem

Colour = Literal["violet", "blue", "orange", "gray"]
# What stands below a product's reason.
Actions = Callable[[Shelf, ShelfItem], None]

_HEIGHT, _PICTURE = 226, 104
# Two lines; capitals are wider.
_NAME, _NAME_IN_CAPITALS = 36, 27
_REASON = 40
_BADGES: dict[str, tuple[Colour, str]] = {
    "new": ("violet", "Nobody bought it yet; it stands here to get its chance."),
    "popular": ("gray", "Many shoppers buy it; it fills a list that would be too short."),
}
_MARKS: dict[str, tuple[Colour, str]] = {
    "pinned": ("orange", ":material/keep:"),
    "boosted": ("blue", ":material/arrow_upward:"),
    "buried": ("gray", ":material/arrow_downward:"),
    "fresh": ("violet", ":material/new_releases:"),
    "surprise": ("violet", ":material/explore:"),
}


def show_shelf(shelf: Shelf, currency: str, *, actions: Actions | None = None) -> None:
    """Draw the products of a shelf as cards, as many in a row as fit."""
    pictured = any(picture_of(item.fields) for item in shelf.items)
    height = _HEIGHT + (_PICTURE + 8 if pictured else 0)
    with st.grid(min_column_width=168, gap="small"):
        for item in shelf.items:
            with st.container(border=True, height=height, gap="xsmall"):
                if pictured:
                    _show_picture(item)
                show_card(shelf, item, currency, actions=actions)


def _show_picture(item: ShelfItem) -> None:
    address = picture_of(item.fields)
    with st.container(height=_PICTURE, border=False, horizontal_alignment="center"):
        if address:
            st.image(address, width=_PICTURE - 8)
        else:
            st.markdown(f"# :gray[{icon_of(item.fields.get('category'))}]", width="content")


def show_card(
    shelf: Shelf, item: ShelfItem, currency: str, *, actions: Actions | None = None
) -> None:
    """Draw one product: badges, name, price and stock, reason, and what can be done with it."""
    fields = item.fields
    _show_badges(shelf, item)
    name = name_of(item)
    length = _NAME_IN_CAPITALS if name.isupper() else _NAME
    st.markdown(f"**{plain(shorten(name, length))}**")
    facts = [plain(money(fields.get("price"), currency)), stock_words(fields)]
    st.markdown(" · ".join(fact for fact in facts if fact))
    st.caption(plain(shorten(item.reason, _REASON)), help=_about(item, name))
    if actions is not None:
        with st.container(horizontal=True, gap="small", wrap=False):
            actions(shelf, item)


def _show_badges(shelf: Shelf, item: ShelfItem) -> None:
    """Show the place, what rules did, and the category where there is room."""
    marks = item.marks
    with st.container(horizontal=True, gap="xsmall", wrap=False):
        st.badge(f"{item.rank}", color="gray")
        for mark in marks[:1]:
            _show_mark(mark)
        if marks[1:]:
            st.badge(
                f"+{len(marks) - 1}",
                color="gray",
                help="  \n".join(plain(mark.words) for mark in marks[1:]),
            )
        if item.badge and not marks:
            colour, about = _BADGES[item.badge]
            st.badge(item.badge.capitalize(), color=colour, help=plain(shelf.fallback) or about)
        category = str(item.fields.get("category") or "")
        if category and not marks and not item.badge:  # there is room for one
            st.badge(plain(shorten(category, 14)), icon=icon_of(category), color="gray")


def _show_mark(mark: Mark) -> None:
    colour, icon = _MARKS.get(mark.kind, ("gray", ":material/rule:"))
    st.badge(mark.kind.capitalize(), icon=icon, color=colour, help=plain(mark.words))


def name_of(item: ShelfItem) -> str:
    """Return what a product is called: its id where the catalogue has no name."""
    return str(item.fields.get("name") or item.item_id)


def stock_words(fields: dict[str, Any]) -> str:
    """Return a coloured dot and how many are in stock; nothing where the shop does not say."""
    stock = fields.get("stock")
    if stock is None:
        return ""
    if stock <= 0:
        return ":red[●] sold out"
    return f":green[●] {stock:,} in stock"


def _about(item: ShelfItem, name: str) -> str:
    """Return the whole name and reason, what rules did, the id, and the score."""
    marks = "".join(f"{plain(mark.words)}.  \n" for mark in item.marks)
    category = f"{plain(item.fields['category'])} · " if item.fields.get("category") else ""
    return (
        f"**{plain(name)}**  \n{plain(item.reason)}.  \n{marks}"
        f":gray[{category}Place {item.rank} · product id {plain(item.item_id)} · score"
        f" {item.score:.4g}, of which only the order means something.]"
    )
