"""The four placements: each one engine query, then named steps that leave a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError, NotFound
from recsys.models.arrays import Floats, Rows
from recsys.models.spaces import Query
from recsys.releases.build import POPULAR, SHOWN
from recsys.releases.live import LiveView, stock_words
from recsys.shelves.asking import cart_rows, check_n, item_row
from recsys.shelves.ranking import Ranked, rank, shown
from recsys.shelves.reasons import because_of, popular
from recsys.types import Filters, Placement, Shelf, ShelfItem

BOUGHT = "bought before"
_NO_ROWS = np.empty(0, np.int32)


def for_you(
    view: LiveView,
    user_id: str,
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    leave_out_bought: bool = True,
) -> Shelf:
    """Return the products that fit a shopper best.

    Parameters
    ----------
    n
        1 to 50 (default 10).
    leave_out_bought
        Whether products that the shopper has bought stay out.

    Returns
    -------
    Shelf
        For a shopper nobody knows: the popular products, labelled as a fallback. So too, here and
        in the other placements, where nothing that the model finds can be shown.

    Raises
    ------
    InputError
        ``n`` is out of range.
    NotReady
        The live release has no For You.
    """
    n = check_n("for_you", n)
    space = view.release.space("for_you")
    user = view.release.user_ids.row(user_id)
    if user is None:
        return popular_shelf(view, "for_you", n=n, filters=filters, why="unknown shopper")
    query = space.shopper_query(user)
    bought = view.release.history(user)[0]
    without = {BOUGHT: bought} if leave_out_bought else {}
    found = rank(view, "for_you", query, n=n, filters=filters, without=without)
    if not len(found.rows):
        why = "nothing that fits can be shown" if query else "no purchases to learn from"
        return popular_shelf(view, "for_you", n=n, filters=filters, why=why, without=without)
    sources, weights = space.history(user)
    reasons = because_of(
        view.release,
        space,
        found.rows,
        sources,
        weights,
        verb="Because you bought",
        bought=bought,
    )
    return _shelf(view, "for_you", found, reasons, asked=n)


def similar(
    view: LiveView,
    item_id: str,
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return the products most like one product.

    Raises
    ------
    NotFound
        The live catalogue has no such product.
    InputError, NotReady
        As for :func:`for_you`, with ``n`` from 1 to 20 (default 5).
    """
    n = check_n("similar", n)
    space = view.release.space("similar")
    item = item_row(view, item_id)
    query = space.item_query(item)
    anchor = np.array([item], np.int32)
    direction = query.unit() if query and space.kind == "factors" else query
    # What points the other way (a cosine below 0) is not like it.
    found = rank(
        view, "similar", direction, n=n, filters=filters, without={}, asked=anchor, above=0
    )
    if not len(found.rows):
        why = "nothing like it can be shown" if query else "nobody has bought it yet"
        return popular_shelf(view, "similar", n=n, filters=filters, why=why, asked=anchor)
    sensitive = view.release.sensitive
    barred = sensitive is not None and sensitive[item]
    name = "this product" if barred else view.release.names[item]
    baskets = space.kind == "sparse"
    reason = f"Bought together with {name}" if baskets else f"For the same taste as {name}"
    return _shelf(view, "similar", found, [reason] * len(found.rows), asked=n)


def also_bought(
    view: LiveView,
    item_ids: Sequence[str],
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return the products that are bought together with a cart, the cart left out.

    Raises
    ------
    InputError
        The cart is empty, or ``n`` is not from 1 to 20 (default 5).
    NotFound
        The live catalogue does not have a product of the cart; all of them are named.
    """
    n = check_n("also_bought", n)
    space = view.release.space("also_bought")
    cart = cart_rows(view, item_ids)
    ones = np.ones(len(cart), np.float32)
    query = space.items_query(cart, ones)
    found = rank(view, "also_bought", query, n=n, filters=filters, without={}, asked=cart)
    if not len(found.rows):
        why = "nothing bought with this cart can be shown"
        return popular_shelf(view, "also_bought", n=n, filters=filters, why=why, asked=cart)
    reasons = because_of(view.release, space, found.rows, cart, ones, verb="Often bought with")
    return _shelf(view, "also_bought", found, reasons, asked=n)


def lookalikes(
    view: LiveView,
    user_id: str,
    *,
    n: int | None = None,
    n_neighbours: int = 10,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return what the most similar shoppers bought and this one did not.

    The score of a product is the sum of the similarities (cosine) of the neighbours who bought it;
    only shoppers with a similarity above 0 are neighbours.

    Raises
    ------
    NotFound
        Nobody knows this shopper, so nobody is like them.
    InputError, NotReady
        As for :func:`for_you`; ``n_neighbours`` is from 1 to 100 (default 10).
    """
    n = check_n("lookalikes", n)
    if not 1 <= n_neighbours <= 100:
        raise InputError(f"n_neighbours is {n_neighbours}; it has to be from 1 to 100.")
    release = view.release
    space = release.space("lookalikes")
    user = release.user_ids.row(user_id)
    query = None if user is None else space.shopper_query(user)
    if user is None or query is None:
        raise NotFound(
            f"The live release does not know shopper {user_id!r}.",
            hint="Ask for For You instead: it shows popular products to strangers.",
        )
    hits = release.shopper_index.query("lookalikes", query.unit().values, limit=n_neighbours + 1)
    others = (hits.rows != user) & (hits.scores > 0)
    rows, similarity = hits.rows[others][:n_neighbours], hits.scores[others][:n_neighbours]
    found, buyers = _bought_by(view, rows, similarity, user=user, n=n, filters=filters)
    reasons = [f"Bought by {count} of the {len(rows)} most similar shoppers" for count in buyers]
    neighbours = [
        {"user_id": release.user_ids.id(int(row)), "similarity": round(float(score), 4)}
        for row, score in zip(rows, similarity, strict=True)
    ]
    return _shelf(view, "lookalikes", found, reasons, asked=n, neighbours=neighbours)


def popular_shelf(
    view: LiveView,
    placement: Placement,
    *,
    n: int,
    filters: Filters,
    why: str,
    without: Mapping[str, Rows] = MappingProxyType({}),
    asked: Rows = _NO_ROWS,
) -> Shelf:
    """Return the products most shoppers bought, labelled with why they stand here.

    Where even these are none, the shelf is empty and nothing is labelled.
    """
    query = Query(np.ones(1, np.float32))
    found = rank(view, POPULAR, query, n=n, filters=filters, without=without, asked=asked)
    reasons = popular(view.release, found.rows)
    fallback = f"Popular products: {why}" if len(found.rows) else ""
    return _shelf(view, placement, found, reasons, asked=n, fallback=fallback)


def _bought_by(
    view: LiveView,
    neighbours: NDArray[np.int64],
    similarity: Floats,
    *,
    user: int,
    n: int,
    filters: Filters,
) -> tuple[Ranked, NDArray[np.int64]]:
    """Rank what the neighbours bought; return how many of them bought each item shown."""
    release = view.release
    bought = [release.history(int(row))[0] for row in neighbours]
    every = np.concatenate([*bought, _NO_ROWS])
    weight = np.repeat(similarity, [len(items) for items in bought])
    items, place, buyers = np.unique(every, return_inverse=True, return_counts=True)
    scores = np.bincount(place, weights=weight, minlength=len(items)).astype(np.float32)
    # Equal scores: the product more shoppers bought, then the smaller item id.
    order = np.lexsort((items, -release.buyers[items], -scores))
    without = {BOUGHT: release.history(user)[0]}
    best = items[order].astype(np.int64)
    found = shown(view, best, scores[order], n=n, filters=filters, without=without)
    return found, buyers[np.searchsorted(items, found.rows)]


def _shelf(
    view: LiveView,
    placement: Placement,
    found: Ranked,
    reasons: Sequence[str],
    *,
    asked: int,
    fallback: str = "",
    neighbours: Sequence[Mapping[str, Any]] = (),
) -> Shelf:
    fields = item_fields(view, found.rows)
    ids = view.release.item_ids
    items = [
        ShelfItem(ids.id(int(row)), rank, float(score), reason, field)
        for rank, (row, score, reason, field) in enumerate(
            zip(found.rows, found.scores, reasons, fields, strict=True), 1
        )
    ]
    return Shelf(
        placement=placement,
        release_id=view.release.id,
        items=items,
        asked=asked,
        removed=found.removed,
        fallback=fallback,
        neighbours=[dict(neighbour) for neighbour in neighbours],
    )


def item_fields(view: LiveView, rows: NDArray[Any]) -> list[dict[str, Any]]:
    """Return the allowed catalogue fields of some items, with live stock and price.

    All have the same fields; what is unknown is None.
    """
    catalogue = view.release.catalogue
    present = [name for name in SHOWN if name in catalogue.column_names and name != "stock"]
    found: list[dict[str, Any]] = [{} for _ in rows]
    for name in present:
        values = catalogue.column(name).take(rows).to_pylist()
        for fields, value in zip(found, values, strict=True):
            fields[name] = value
    priced = "price" in present or bool(view.repriced)
    for row, fields in zip(rows, found, strict=True):
        if priced:
            price = float(view.price[row])
            fields["price"] = None if np.isnan(price) else price
        fields["stock"] = stock_words(int(view.stock[row]))
    return found
