"""The four placements: each one engine query, then named steps that leave a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError, NotFound
from recsys.models.arrays import Floats, Rows
from recsys.models.spaces import Query
from recsys.releases.build import POPULAR, SHOWN
from recsys.releases.live import LiveView, stock_words
from recsys.shelves.ranking import Ranked, count_reasons, drop_reasons, rank
from recsys.shelves.reasons import because_of, popular
from recsys.types import LIMITS, Filters, Placement, Shelf, ShelfItem

BOUGHT = "bought before"
IN_CART = "in the cart"
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
        For a shopper nobody knows: the popular products, labelled as a fallback.

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
    query = None if user is None else space.shopper_query(user)
    if user is None or query is None:
        why = "unknown shopper" if user is None else "no purchases to learn from"
        fallback = f"Popular products: {why}"
        return popular_shelf(view, "for_you", n=n, filters=filters, fallback=fallback)
    bought = view.release.history(user)[0]
    without = {BOUGHT: bought} if leave_out_bought else {}
    found = rank(view, "for_you", query, n=n, filters=filters, without=without)
    sources, weights = space.history(user)
    reasons = because_of(
        view.release, space, found.rows, sources, weights, verb="Because you bought"
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
    item = _item_row(view, item_id)
    query = space.item_query(item)
    if query is None:
        fallback = "Popular products: nobody has bought this one yet"
        return popular_shelf(view, "similar", n=n, filters=filters, fallback=fallback, anchor=item)
    anchor = np.array([item], np.int32)
    found = rank(view, "similar", query, n=n, filters=filters, without={"itself": anchor})
    found.removed.pop("itself", None)
    reason = f"Bought by the same shoppers as {view.release.names[item]}"
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
    cart = _cart_rows(view, item_ids)
    ones = np.ones(len(cart), np.float32)
    query = space.items_query(cart, ones)
    found = None
    if query is not None:
        without = {IN_CART: cart}
        found = rank(view, "also_bought", query, n=n, filters=filters, without=without)
        found.removed.pop(IN_CART, None)
    if found is None or not len(found.rows):
        fallback = "Popular products: nothing is known to be bought with this cart"
        return popular_shelf(
            view, "also_bought", n=n, filters=filters, fallback=fallback, cart=cart
        )
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

    The score of a product is the sum of the similarities (cosine) of the neighbours who bought it.

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
    hits = release.shopper_index.query("lookalikes", query.values, limit=n_neighbours + 1)
    others = hits.rows != user
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
    fallback: str,
    anchor: int | None = None,
    cart: Rows = _NO_ROWS,
) -> Shelf:
    """Return the products most shoppers bought, labelled with why they stand here."""
    left_out = cart if anchor is None else np.array([anchor], np.int32)
    query = Query(np.ones(1, np.float32))
    found = rank(view, POPULAR, query, n=n, filters=filters, without={IN_CART: left_out})
    found.removed.pop(IN_CART, None)
    reasons = popular(view.release, found.rows)
    return _shelf(view, placement, found, reasons, asked=n, fallback=fallback)


def check_n(placement: Placement, n: int | None) -> int:
    """Return how many products are asked for.

    Raises
    ------
    InputError
        Fewer than 1 or more than the placement's limit.
    """
    default, most = LIMITS[placement]
    if n is None:
        return default
    if not 1 <= n <= most:
        raise InputError(
            f"n is {n}; {placement.replace('_', ' ')} shows from 1 to {most} products."
        )
    return n


def _item_row(view: LiveView, item_id: str) -> int:
    row = view.release.item_ids.row(item_id)
    if row is None:
        raise NotFound(
            f"The live catalogue has no product {item_id!r}.",
            hint="Check the id; it is compared as text, so 00123 and 123 are different.",
        )
    return row


def _cart_rows(view: LiveView, item_ids: Sequence[str]) -> Rows:
    if not item_ids:
        raise InputError("The cart is empty.", hint="Put at least one product in it.")
    rows = {item_id: view.release.item_ids.row(item_id) for item_id in item_ids}
    unknown = [item_id for item_id, row in rows.items() if row is None]
    if unknown:
        raise NotFound(
            f"The live catalogue does not have: {', '.join(map(repr, unknown))}.",
            hint="Check the ids; they are compared as text.",
        )
    return np.array([row for row in rows.values() if row is not None], np.int32)


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
    items, scores, buyers = items[order].astype(np.int64), scores[order], buyers[order]
    reasons = drop_reasons(view, items, filters, {BOUGHT: release.history(user)[0]})
    kept = np.flatnonzero(reasons == "")[:n]
    above = reasons[: kept[-1] + 1] if len(kept) == n else reasons
    return Ranked(items[kept], scores[kept], count_reasons(above)), buyers[kept]


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
    """Return the allowed catalogue fields of some items, with live stock and price."""
    catalogue = view.release.catalogue
    present = [name for name in SHOWN if name in catalogue.column_names and name != "stock"]
    found: list[dict[str, Any]] = [{} for _ in rows]
    for name in present:
        values = catalogue.column(name).take(rows).to_pylist()
        for fields, value in zip(found, values, strict=True):
            fields[name] = value
    for row, fields in zip(rows, found, strict=True):
        price = float(view.price[row])
        if not np.isnan(price):
            fields["price"] = price
        fields["stock"] = stock_words(int(view.stock[row]))
    return found
