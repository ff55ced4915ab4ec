"""The four placements by name; :func:`recsys.shelves.show.show_shelf` makes any of them."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.releases.live import LiveView
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import Filters, Shelf


def for_you(
    view: LiveView,
    user_id: str,
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    leave_out_bought: bool | None = None,
    prefer_items: Sequence[str] = (),
    prefer_categories: Sequence[str] = (),
) -> Shelf:
    """Return the products that fit a shopper best.

    Who bought fewer products than the release's ``thin_below`` gets similar and popular ones mixed
    in; a list that is too short is filled up as the settings say; and every so many-th place goes
    to a product that nobody bought yet. Each such product says so.

    Parameters
    ----------
    n
        1 to 50 (default 10).
    leave_out_bought
        Whether products that the shopper has bought stay out; None: as the settings say.
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
    request = ShelfRequest(
        "for_you",
        user_id=user_id,
        n=n,
        filters=filters,
        leave_out_bought=leave_out_bought,
        prefer_items=tuple(prefer_items),
        prefer_categories=tuple(prefer_categories),
    )
    return show_shelf(view, request)


def similar(
    view: LiveView,
    item_id: str,
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return the products most like one product.

    Where the model finds too few, or does not know the product, those with like words follow, then
    popular ones, if the settings do not say otherwise.

    Raises
    ------
    NotFound
        The live catalogue has no such product.
    InputError, NotReady
        As for :func:`for_you`, with ``n`` from 1 to 20 (default 5).
    """
    return show_shelf(view, ShelfRequest("similar", item_id=item_id, n=n, filters=filters))


def also_bought(
    view: LiveView,
    item_ids: Sequence[str],
    *,
    n: int | None = None,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return the products that are bought together with a cart, the cart left out.

    Where too few are, popular products follow, if the settings do not say otherwise.

    Raises
    ------
    InputError
        The cart is empty, or ``n`` is not from 1 to 20 (default 5).
    NotFound
        The live catalogue does not have a product of the cart; all of them are named.
    """
    return show_shelf(view, ShelfRequest("also_bought", cart=tuple(item_ids), n=n, filters=filters))


def lookalikes(
    view: LiveView,
    user_id: str,
    *,
    n: int | None = None,
    n_neighbours: int = 10,
    filters: Filters = Filters(),  # noqa: B008 - frozen
) -> Shelf:
    """Return what the most similar shoppers bought and this one did not.

    Raises
    ------
    NotFound
        Nobody knows this shopper, so nobody is like them.
    InputError, NotReady
        As for :func:`for_you`; ``n_neighbours`` is from 1 to 100 (default 10).
    """
    request = ShelfRequest(
        "lookalikes", user_id=user_id, n=n, n_neighbours=n_neighbours, filters=filters
    )
    return show_shelf(view, request)
