"""Who to preview as: find a shopper, pick a persona, and say what they bought and like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.errors import NotFound
from recsys.models.arrays import Rows
from recsys.releases.live import LiveView
from recsys.shelves.lines import item_fields
from recsys.shelves.personas import Persona, picked
from recsys.shelves.taste import Taste, taste_of
from recsys.shelves.text_search import shopper_search


@dataclass(frozen=True)
class FoundShopper:
    """A shopper as one line of a list of results; what the shop does not say is empty.

    Attributes
    ----------
    products
        How many different products were bought.
    """

    user_id: str
    name: str
    email: str
    products: int


def find_shoppers(view: LiveView, text: str, *, limit: int = 20) -> list[FoundShopper]:
    """Return the shoppers whose id, name or e-mail has the text in it, the best fit first.

    See :meth:`recsys.shelves.text_search.TextSearch.find`. Empty text gives the first
    shoppers.
    """
    rows = shopper_search(view.release).find(text, limit=limit)
    table = view.release.shoppers.take(np.array(rows, np.int64)).to_pylist()
    indptr = view.release.bought.indptr
    return [
        FoundShopper(
            user_id=fields["user_id"],
            name=str(fields.get("name") or ""),
            email=str(fields.get("email") or ""),
            products=int(indptr[row + 1] - indptr[row]),
        )
        for row, fields in zip(rows, table, strict=True)
    ]


def random_shopper(view: LiveView, *, seed: int | None = None) -> str:
    """Return the id of a shopper drawn at random.

    Raises
    ------
    NotFound
        The live release has no shoppers.
    """
    count = len(view.release.user_ids)
    if not count:
        raise NotFound("The live release has no shoppers.")
    return view.release.user_ids.id(int(np.random.default_rng(seed).integers(count)))


def personas(view: LiveView, *, seed: int | None = None) -> list[Persona]:
    """Return shoppers who stand for kinds, and one drawn at random; see :func:`picked`.

    The kinds that the data cannot give are left out.

    Raises
    ------
    NotFound
        The live release has no shoppers.
    """
    drawn = Persona("random", "Random", random_shopper(view, seed=seed), "Drawn at random.")
    return [*picked(view.release), drawn]


def taste(view: LiveView, user_id: str) -> str:
    """Say in one sentence what a shopper likes; empty for those who bought nothing.

    Names of categories and brands in it are the shop's.
    """
    user = view.release.user_ids.row(user_id)
    if user is None:
        return ""
    items, _, last = view.release.history(user)
    latest = None if last is None or not len(last) else int(last.max())
    return _words(view, taste_of(view, items, latest))


def taste_of_items(view: LiveView, item_ids: list[str]) -> str:
    """Say in one sentence what some products show of the taste of who chose them."""
    rows: Rows = np.array(view.release.item_ids.rows(item_ids), np.int32)
    return _words(view, taste_of(view, np.unique(rows), None))


def _words(view: LiveView, found: Taste) -> str:
    return found.words(view.release.currency)


@dataclass(frozen=True)
class Bought:
    """One line of a shopper's history."""

    item_id: str
    name: str
    times: int
    last: int | None
    fields: dict[str, Any]


def shopper_history(view: LiveView, user_id: str, *, limit: int = 50) -> list[Bought]:
    """Return what a shopper bought, latest first (without dates: most often first).

    A shopper nobody knows has an empty history.
    """
    release = view.release
    user = release.user_ids.row(user_id)
    if user is None:
        return []
    items, times, last = release.history(user)
    order = np.lexsort((items, -times) if last is None else (items, -times, -last))[:limit]
    fields = item_fields(view, items[order])
    return [
        Bought(
            item_id=release.item_ids.id(int(items[row])),
            name=release.names[items[row]],
            times=int(times[row]),
            last=None if last is None else int(last[row]),
            fields=field,
        )
        for row, field in zip(order, fields, strict=True)
    ]


def shopper_facts(view: LiveView, user_id: str) -> dict[str, str]:
    """Return what the shop says about a shopper beside the id; empty for strangers."""
    user = view.release.user_ids.row(user_id)
    if user is None:
        return {}
    row = view.release.shoppers.slice(user, 1).to_pylist()[0]
    return {key: str(value) for key, value in row.items() if key != "user_id" and value}
