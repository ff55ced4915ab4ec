from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.releases.live import LiveShop, LiveView
from recsys.shelves.lines import item_fields
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.shelves.text_search import product_search
from recsys.shelves.why_not import WhyNot
from recsys.shelves.why_not import why_not as answer
from recsys.types import Filters, Shelf

# Where a spreadsheet may take text for a formula: at the start of a cell, or after a sign that it
# may split cells at, with blanks, quotes and invisible signs before it or full-width signs in it.
_FORMULA = re.compile(
    r"^(?=[\t\r\n])|(^|[;|\t\r\n])"
    r'(?=(?:[^\S\t\r\n]|["\0\u200b-\u200f\u2060\ufeff])*[=+\-@\uff1d\uff0b\uff0d\uff20])'
)


def preview_shelf(view: LiveView, request: ShelfRequest) -> Shelf:
    """Return any shelf under the rules of a view; see :func:`recsys.shelves.show.show_shelf`."""
    return show_shelf(view, request)


def why_not(view: LiveView, request: ShelfRequest, item_id: str) -> WhyNot:
    """Say why a product is not on a shelf; see :func:`recsys.shelves.why_not.why_not`."""
    return answer(view, request, item_id)


def show_for_you(
    shop: LiveShop,
    user_id: str,
    *,
    n: int | None = None,
    filters: Filters | None = None,
    leave_out_bought: bool | None = None,
    prefer_items: Sequence[str] = (),
    prefer_categories: Sequence[str] = (),
    but: Sequence[str] = (),
) -> Shelf:
    """Return For You of a shopper; see :func:`recsys.shelves.placements.for_you`."""
    request = ShelfRequest(
        "for_you",
        user_id=user_id,
        n=n,
        filters=filters or Filters(),
        leave_out_bought=leave_out_bought,
        prefer_items=tuple(prefer_items),
        prefer_categories=tuple(prefer_categories),
        but=tuple(but),
    )
    return show_shelf(shop.current(), request)


def show_similar(
    shop: LiveShop,
    item_id: str,
    *,
    user_id: str = "",
    n: int | None = None,
    filters: Filters | None = None,
    but: Sequence[str] = (),
) -> Shelf:
    """Return products like one; see :func:`recsys.shelves.placements.similar`.

    Parameters
    ----------
    user_id
        Whose page it is, so that rules for an audience hold; empty for nobody in particular.
    """
    request = ShelfRequest(
        "similar",
        user_id=user_id,
        item_id=item_id,
        n=n,
        filters=filters or Filters(),
        but=tuple(but),
    )
    return show_shelf(shop.current(), request)


def show_also_bought(
    shop: LiveShop,
    item_ids: Sequence[str],
    *,
    user_id: str = "",
    n: int | None = None,
    filters: Filters | None = None,
    but: Sequence[str] = (),
) -> Shelf:
    """Return what goes with a cart; see :func:`recsys.shelves.placements.also_bought`.

    Parameters
    ----------
    user_id
        Whose cart it is, as for :func:`show_similar`.
    """
    request = ShelfRequest(
        "also_bought",
        user_id=user_id,
        cart=tuple(item_ids),
        n=n,
        filters=filters or Filters(),
        but=tuple(but),
    )
    return show_shelf(shop.current(), request)


def show_lookalikes(
    shop: LiveShop,
    user_id: str,
    *,
    n: int | None = None,
    n_neighbours: int = 10,
    filters: Filters | None = None,
    but: Sequence[str] = (),
) -> Shelf:
    """Return what similar shoppers bought; see :func:`recsys.shelves.placements.lookalikes`."""
    request = ShelfRequest(
        "lookalikes",
        user_id=user_id,
        n=n,
        n_neighbours=n_neighbours,
        filters=filters or Filters(),
        but=tuple(but),
    )
    return show_shelf(shop.current(), request)


@dataclass(frozen=True)
class CartLine:
    """One product of a cart as a person reads it."""

    item_id: str
    name: str
    price: float | None


def product_names(view: LiveView, item_ids: Sequence[str]) -> list[CartLine]:
    """Return names and live prices of products; ids the release does not know are left out."""
    found = view.release.item_ids.rows(item_ids)
    fields = item_fields(view, np.array(found, np.int64))
    return [
        CartLine(view.release.item_ids.id(row), view.release.names[row], field.get("price"))
        for row, field in zip(found, fields, strict=True)
    ]


def find_products(view: LiveView, text: str, *, limit: int = 12) -> list[CartLine]:
    """Return the products whose id or name has the text in it, the best fit first.

    Empty text gives the popular ones.
    """
    if not text.strip():
        return popular_products(view, limit=limit)
    rows = product_search(view.release).find(text, limit=limit)
    return product_names(view, [view.release.item_ids.id(row) for row in rows])


def popular_products(view: LiveView, *, limit: int = 50) -> list[CartLine]:
    """Return the products that most shoppers bought, most first, to choose from."""
    buyers = np.asarray(view.release.buyers)
    order = np.argsort(-buyers, kind="stable")[:limit]
    return product_names(view, [view.release.item_ids.id(int(row)) for row in order])


def shelf_csv(shelf: Shelf, *, raw: bool = False) -> bytes:
    """Return a shelf as CSV in UTF-8 with a byte-order mark, as spreadsheets like it.

    Parameters
    ----------
    raw
        True for machines: text is not made inert and there is no mark. By default text that a
        spreadsheet would run as a formula gets a leading apostrophe.
    """
    rows = [item.as_dict() for item in shelf.items]
    columns = list(rows[0]) if rows else ["item_id", "rank", "score"]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(row if raw else {key: inert(value) for key, value in row.items()})
    return text.getvalue().encode("utf-8" if raw else "utf-8-sig")


def inert(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: an apostrophe stands before what may be a formula."""
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
