"""The four placements: each one engine query, then named steps that leave a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError, NotFound
from recsys.models.arrays import Floats, Rows
from recsys.releases.engine import asked_of
from recsys.releases.live import LiveView
from recsys.shelves.asking import cart_rows, categories_of, check_n, item_row, item_rows
from recsys.shelves.cold import BOUGHT, YOU_BOUGHT, explored, preferred_shelf, thin
from recsys.shelves.lines import (
    IS_POPULAR,
    NO_ROWS,
    Line,
    by_words,
    filled_up,
    lines_of,
    popular_shelf,
    shelf_of,
)
from recsys.shelves.ranking import Ranked, rank, shown
from recsys.shelves.reasons import because_of, because_word, like_one
from recsys.types import Filters, Shelf


def for_you(
    view: LiveView,
    user_id: str,
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    leave_out_bought: bool = True,
    prefer_items: Sequence[str] = (),
    prefer_categories: Sequence[str] = (),
) -> Shelf:
    """Return the products that fit a shopper best.

    Who bought fewer products than the release's ``thin_below`` gets similar and popular ones mixed
    in; a list that is too short is filled up with popular ones; and every so many-th place goes to
    a product that nobody bought yet. Each such product says so.

    Parameters
    ----------
    n
        1 to 50 (default 10).
    leave_out_bought
        Whether products that the shopper has bought stay out.
    prefer_items, prefer_categories
        What the shopper says they like: products, which do not stand on the shelf themselves, and
        categories. Their lists are mixed by place with the shopper's own.

    Returns
    -------
    Shelf
        For a shopper nobody knows: the popular products, labelled as a fallback. So too, here and
        in the other placements, where nothing that the model finds can be shown.

    Raises
    ------
    InputError
        ``n`` is out of range.
    NotFound
        The live catalogue does not have a preferred product or category.
    NotReady
        The live release has no For You.
    """
    n = check_n("for_you", n)
    release = view.release
    space = release.space("for_you")
    user = release.user_ids.row(user_id)
    if prefer_items or prefer_categories:
        liked, wanted = item_rows(view, prefer_items), categories_of(view, prefer_categories)
        return preferred_shelf(
            view, user, liked, wanted, n=n, filters=filters, again=not leave_out_bought
        )
    if user is None:
        return popular_shelf(view, "for_you", n=n, filters=filters, why="unknown shopper")
    query = space.shopper_query(user)
    bought = release.history(user)[0]
    without = {BOUGHT: bought} if leave_out_bought else {}
    few = len(bought) < release.cold.thin_below
    lines, removed, fallback = (thin if few else _by_history)(
        view, user, n=n, filters=filters, without=without
    )
    if all(line.source == IS_POPULAR for line in lines):
        why = "nothing that fits can be shown" if query else "no purchases to learn from"
        return popular_shelf(view, "for_you", n=n, filters=filters, why=why, without=without)
    lines = filled_up(view, lines, n=n, filters=filters, without=without)
    lines = explored(view, lines, user, n=n, filters=filters)
    return shelf_of(view, "for_you", lines, removed, asked=n, fallback=fallback)


def _by_history(
    view: LiveView, user: int, *, n: int, filters: Filters, without: Mapping[str, Rows]
) -> tuple[list[Line], dict[str, int], str]:
    """Return what the model says to a shopper, what was taken out, and no fallback."""
    space = view.release.space("for_you")
    query = space.shopper_query(user)
    asked = None if query is None else asked_of("for_you", space, query)
    found = rank(view, asked, n=n, filters=filters, without=without)
    verb = because_word(view.release, "for_you", otherwise=YOU_BOUGHT)
    bought = view.release.history(user)[0]
    reasons = because_of(
        view.release, space, found.rows, *space.history(user), verb=verb, bought=bought
    )
    return lines_of(view, found, reasons), found.removed, ""


def similar(
    view: LiveView,
    item_id: str,
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return the products most like one product.

    Where the model finds too few, or does not know the product, those with like words follow, then
    popular ones.

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
    # What points the other way (a cosine below 0) is not like it.
    asked = None if query is None else asked_of("similar", space, query, cosine=True)
    found = rank(view, asked, n=n, filters=filters, without={}, asked=anchor)
    reasons = like_one(view.release, space, found.rows, item, view.release.kinds("similar"))
    lines = by_words(view, item, lines_of(view, found, reasons), n=n, filters=filters)
    why = "nothing like it can be shown" if query else "nobody has bought it yet"
    if not lines:
        return popular_shelf(view, "similar", n=n, filters=filters, why=why, asked=anchor)
    fallback = "" if len(found.rows) else f"Products with like words: {why}"
    lines = filled_up(view, lines, n=n, filters=filters, asked=anchor)
    return shelf_of(view, "similar", lines, found.removed, asked=n, fallback=fallback)


def also_bought(
    view: LiveView,
    item_ids: Sequence[str],
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return the products that are bought together with a cart, the cart left out.

    Where too few are, popular products follow.

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
    asked = None if query is None else asked_of("also_bought", space, query)
    found = rank(view, asked, n=n, filters=filters, without={}, asked=cart)
    if not len(found.rows):
        why = "nothing bought with this cart can be shown"
        return popular_shelf(view, "also_bought", n=n, filters=filters, why=why, asked=cart)
    verb = because_word(view.release, "also_bought", otherwise="Often bought with")
    reasons = because_of(view.release, space, found.rows, cart, ones, verb=verb)
    lines = lines_of(view, found, reasons)
    lines = filled_up(view, lines, n=n, filters=filters, asked=cart)
    return shelf_of(view, "also_bought", lines, found.removed, asked=n)


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
    lines = lines_of(view, found, reasons)
    return shelf_of(view, "lookalikes", lines, found.removed, asked=n, neighbours=neighbours)


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
    every = np.concatenate([*bought, NO_ROWS])
    weight = np.repeat(similarity, [len(items) for items in bought])
    items, place, buyers = np.unique(every, return_inverse=True, return_counts=True)
    scores = np.bincount(place, weights=weight, minlength=len(items)).astype(np.float32)
    # Equal scores: the product more shoppers bought, then the smaller item id.
    order = np.lexsort((items, -release.buyers[items], -scores))
    without = {BOUGHT: release.history(user)[0]}
    best = items[order].astype(np.int64)
    found = shown(view, best, scores[order], n=n, filters=filters, without=without)
    return found, buyers[np.searchsorted(items, found.rows)]
