"""The pages of the small shop: Home, a category, a product, the cart."""

from __future__ import annotations

import streamlit as st

from pages.ui.cards import name_of, show_shelf, stock_words
from pages.ui.evidence import PLACEMENT_WORDS
from pages.ui.pictures import icon_of
from pages.ui.shop_walk import do, go
from pages.ui.words import count, money, plain, shorten
from recsys.releases.live import LiveView
from recsys.sessions.events import Session
from recsys.shelves.request import ShelfRequest
from recsys.types import Filters, Shelf, ShelfItem, ShelfName
from recsys.workflows.sessions import Walk, product, shop_page

# Cards beside each other on a window of usual width, and on the page of a category.
_IN_A_ROW, _CATEGORY_PAGE = 4, 20
_FOR_THIS_VISIT = "For You, after this visit"


def show_page(view: LiveView, walk: Walk, session: Session, user_id: str) -> None:
    """Show the page of the shop that is open."""
    if walk.place == "product":
        _show_product(view, walk, session, user_id)
    elif walk.place == "category":
        _show_category(view, walk, session, user_id)
    elif walk.place == "cart":
        _show_cart(view, walk, session, user_id)
    else:
        _show_home(view, walk, session, user_id)


def _show_home(view: LiveView, walk: Walk, session: Session, user_id: str) -> None:
    requests = [ShelfRequest("for_you", user_id=user_id, n=2 * _IN_A_ROW)]
    if view.release.user_ids.row(user_id) is not None:
        requests.append(ShelfRequest("buy_again", user_id=user_id, n=_IN_A_ROW))
    for shelf in _served(view, session, requests):
        _show(view, walk, shelf, PLACEMENT_WORDS[shelf.placement])


def _show_category(view: LiveView, walk: Walk, session: Session, user_id: str) -> None:
    if walk.what not in view.release.categories:
        _say_unknown(f"The live catalogue has no category {plain(shorten(walk.what, 60))}.")
        return
    request = ShelfRequest(
        "for_you",
        user_id=user_id,
        n=_CATEGORY_PAGE,
        filters=Filters(category=walk.what),
        leave_out_bought=False,
    )
    for shelf in _served(view, session, [request]):
        _show(view, walk, shelf, f"{icon_of(walk.what)} {plain(walk.what)}, for this visit")


def _show_product(view: LiveView, walk: Walk, session: Session, user_id: str) -> None:
    item = product(view, walk.what)
    if item is None:
        _say_unknown(f"The live catalogue has no product {plain(shorten(walk.what, 60))}.")
        return
    fields = item.fields
    category = fields.get("category")
    with st.container(border=True):
        st.markdown(f"### {icon_of(category)} {plain(name_of(item))}")
        price = plain(money(fields.get("price"), view.release.currency))
        facts = [price, stock_words(fields), *(plain(fields.get(key) or "") for key in ("brand",))]
        st.markdown(" · ".join(fact for fact in facts if fact))
        with st.container(horizontal=True):
            _offer_cart(walk, item)
            if category:
                st.button(
                    f"More in {plain(shorten(str(category), 30))}",
                    key="more-in-category",
                    on_click=go,
                    args=("category", category),
                )
    requests = [
        ShelfRequest("similar", user_id=user_id, item_id=item.item_id, n=_IN_A_ROW),
        ShelfRequest("also_bought", user_id=user_id, cart=(item.item_id,), n=_IN_A_ROW),
        _for_this_visit(user_id),
    ]
    titles = {"similar": "Similar products", "also_bought": "Bought together with it"}
    for shelf in _served(view, session, requests):
        _show(view, walk, shelf, titles.get(shelf.placement, _FOR_THIS_VISIT))


def _show_cart(view: LiveView, walk: Walk, session: Session, user_id: str) -> None:
    items = [item for one in walk.cart if (item := product(view, one)) is not None]
    if not items:
        st.info("The cart is empty. Put a product in from any card.")
        _home_button()
        return
    currency = view.release.currency
    for item in items:
        name, price, drop = st.columns([6, 3, 1], vertical_alignment="center")
        name.markdown(plain(shorten(name_of(item), 60)))
        price.markdown(
            f"{plain(money(item.fields.get('price'), currency))} {stock_words(item.fields)}"
        )
        drop.button(
            "",
            icon=":material/close:",
            key=f"take-out-{item.item_id}",
            type="tertiary",
            help=f"Take {plain(name_of(item))} out",
            on_click=do,
            args=("removed", item.item_id),
        )
    there = [item for item in items if not _is_sold_out(item)]
    prices = [price for item in there if (price := item.fields.get("price")) is not None]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Buy {count(len(there), 'product')}",
            type="primary",
            icon=":material/shopping_cart_checkout:",
            disabled=not there,
            on_click=do,
            args=("purchased", *(item.item_id for item in there)),
        )
        if prices:
            st.markdown(f"Total **{plain(money(sum(prices), currency))}**")
    cart = tuple(item.item_id for item in items)
    requests = [
        ShelfRequest("also_bought", user_id=user_id, cart=cart, n=_IN_A_ROW),
        _for_this_visit(user_id),
    ]
    titles = {"also_bought": "Also bought with this cart"}
    for shelf in _served(view, session, requests):
        _show(view, walk, shelf, titles.get(shelf.placement, _FOR_THIS_VISIT))


def _for_this_visit(user_id: str) -> ShelfRequest:
    return ShelfRequest("for_you", user_id=user_id, n=_IN_A_ROW)


def _served(view: LiveView, session: Session, requests: list[ShelfRequest]) -> list[Shelf]:
    """Return the shelves that the live release has."""
    has: set[ShelfName] = {*view.release.manifest["strategies"], "buy_again"}
    return shop_page(view, session, [one for one in requests if one.placement in has])


def _show(view: LiveView, walk: Walk, shelf: Shelf, title: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title}**", width="content")
        st.caption(plain(shelf.trace()), width="content")
    if shelf.fallback:
        st.caption(f":material/info: {plain(shelf.fallback)}.")
    if not shelf.items:
        st.caption("Nothing can be shown here.")

    def actions(_: Shelf, item: ShelfItem) -> None:
        st.button(
            "Look",
            key=f"look-{shelf.placement}-{item.item_id}",
            type="tertiary",
            help=f"Open the page of {plain(name_of(item))}",
            on_click=go,
            args=("product", item.item_id),
        )
        _offer_cart(walk, item, key=f"{shelf.placement}-", quiet=True)

    show_shelf(shelf, view.release.currency, actions=actions)


def _offer_cart(walk: Walk, item: ShelfItem, *, key: str = "", quiet: bool = False) -> None:
    there = item.item_id in walk.cart
    st.button(
        "In cart" if there else "Add to cart",
        key=f"add-{key}{item.item_id}",
        type="tertiary" if quiet else "primary",
        disabled=there or _is_sold_out(item),
        on_click=do,
        args=("carted", item.item_id),
    )


def _is_sold_out(item: ShelfItem) -> bool:
    stock = item.fields.get("stock")
    return stock is not None and stock <= 0


def _say_unknown(words: str) -> None:
    st.info(words)
    _home_button()


def _home_button() -> None:
    st.button("Go to the shop's home", type="primary", on_click=go, args=("home",))
