"""What was chosen on a map, and what it has in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.lifts import Lift, lifts_of_codes
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.rules.saying import counted
from recsys.segments.lifecycle import DEFAULT_RULES
from recsys.segments.sharing import shared
from recsys.shelves.facts import Column, facts_of
from recsys.workflows.map_attributes import item_attributes
from recsys.workflows.map_cards import check_same_data
from recsys.workflows.segments import lifecycle_rules
from recsys.workspace import Workspace
from recsys.workspace.database import record

MOST_LINES = 1_000
# Values of one column that are told.
MOST_VALUES = 20
_BANDS = 5


@dataclass(frozen=True)
class Selection:
    """Points that were chosen on a map.

    Attributes
    ----------
    rows
        Row numbers of the picture, those with a place only.
    item_ids, shopper_ids
        The shop's ids of the chosen products and shoppers, those with the highest sales first.
    lifts
        What the chosen products have more often than all on the map: "Category", "Brand",
        "Price", and further columns of the catalogue -> values, the surest first. What chosen
        shoppers have more often than all: see :func:`recsys.segments.sharing.shared`; on a map of
        both these begin with "Shoppers: ".
    lines
        The chosen with the highest sales, at most 1,000: of products ``id``, ``name``,
        ``category``, ``price``, ``sales``; of shoppers ``id``, ``orders``, ``spend``, ``last``
        (day); each with ``row`` and ``what`` ("item" or "shopper").
    """

    rows: NDArray[np.int64]
    item_ids: list[str]
    shopper_ids: list[str]
    lifts: dict[str, list[Lift]]
    lines: list[dict[str, Any]]


def note_selection(workspace: Workspace, found: Selection, *, actor: str) -> None:
    """Write into the audit log that somebody took the lines of a selection away."""
    what = [str(line["what"]) for line in found.lines]
    counts = [counted(what.count("item"), "product"), counted(what.count("shopper"), "shopper")]
    told = " and ".join(one for one in counts if not one.startswith("0 "))
    with workspace.database.write() as connection:
        record(connection, actor, "download selection", "the map", name=told)


def selection(
    view: LiveView, picture: Picture, rows: NDArray[Any], *, workspace: Workspace | None = None
) -> Selection:
    """Say what some points are and what they have in common.

    Parameters
    ----------
    rows
        Row numbers of the picture, or a mask over its points.
    workspace
        For the shop's own rules of the lifecycle.

    Raises
    ------
    NotReady
        The map is of other data than what is live.
    """
    check_same_data(view, picture)
    mask = np.zeros(len(picture.points), np.bool_)
    mask[rows] = True
    chosen = np.flatnonzero(mask & picture.placed)
    order = np.argsort(-np.nan_to_num(picture.sales[chosen]), kind="stable")
    best = chosen[order]
    items = best[best < picture.n_items]
    shoppers = best[best >= picture.n_items] - picture.n_items
    release = view.release
    return Selection(
        rows=chosen,
        item_ids=[release.item_ids.id(row) for row in items.tolist()],
        shopper_ids=[release.user_ids.id(row) for row in shoppers.tolist()],
        lifts={
            **(_lifts(view, picture, np.sort(items)) if len(items) else {}),
            **_lifts_of_shoppers(view, picture, np.sort(shoppers), workspace),
        },
        lines=[
            _item_line(view, picture, row)
            if row < picture.n_items
            else _shopper(view, picture, row)
            for row in best[:MOST_LINES].tolist()
        ],
    )


def _item_line(view: LiveView, picture: Picture, row: int) -> dict[str, Any]:
    release, code = view.release, int(view.release.category_codes[row])
    price = float(view.price[row])
    return {
        "row": row,
        "what": "item",
        "id": release.item_ids.id(row),
        "name": release.names[row],
        "category": release.categories[code] if code >= 0 else None,
        "price": None if np.isnan(price) else price,
        "sales": float(picture.sales[row]),
    }


def _shopper(view: LiveView, picture: Picture, row: int) -> dict[str, Any]:
    user, people = row - picture.n_items, view.release.people
    line: dict[str, Any] = {"row": row, "what": "shopper", "id": view.release.user_ids.id(user)}
    line |= {"orders": None, "spend": None, "last": None}
    if people is not None:
        line["orders"] = int(people.orders[user])
        if people.spend is not None:
            line["spend"] = float(people.spend[user])
        if people.last is not None and people.last[user]:
            line["last"] = datetime.fromtimestamp(int(people.last[user]), UTC).date().isoformat()
    return line


def _lifts(view: LiveView, picture: Picture, items: NDArray[np.int64]) -> dict[str, list[Lift]]:
    """Compare some products with all that are on the map."""
    facts = facts_of(view)
    columns = {
        "Category": facts.category,
        "Brand": facts.brand,
        "Price": price_bands(view),
        **{one.name: one.column for one in item_attributes(view.release) if one.column is not None},
    }
    placed = np.flatnonzero(picture.placed[: picture.n_items])
    chosen = np.searchsorted(placed, items)
    found: dict[str, list[Lift]] = {}
    for name, column in columns.items():
        some = lifts_of_codes(column.values, column.codes[placed], chosen) if column.values else []
        told = [one for one in some if one.count or one.sure]
        if told:
            found[name] = told[:MOST_VALUES]
    return found


def _lifts_of_shoppers(
    view: LiveView, picture: Picture, shoppers: NDArray[np.int64], workspace: Workspace | None
) -> dict[str, list[Lift]]:
    """Compare some shoppers with all of the shop; told apart from products on a map of both."""
    if not len(shoppers):
        return {}
    rules = DEFAULT_RULES if workspace is None else lifecycle_rules(workspace)
    found: dict[str, list[Lift]] = {}
    for name, some in shared(view, shoppers.astype(np.int32), rules=rules).items():
        told = [one for one in some if one.count or one.sure]
        if told:
            title = f"{name[:1].upper()}{name[1:]}"
            found[f"Shoppers: {title}" if picture.n_items else title] = told[:MOST_VALUES]
    return found


def price_bands(view: LiveView) -> Column:
    """Return the fifth of the catalogue's prices in which each product is, in words."""
    priced = np.isfinite(view.price)
    none = Column((), np.full(len(view.price), -1, np.int32))
    if not priced.any():
        return none
    edges = np.unique(np.percentile(view.price[priced], np.linspace(0, 100, _BANDS + 1)))
    if len(edges) < 3:
        return none  # one price for all
    inner = edges[1:-1]
    codes = np.where(priced, np.searchsorted(inner, view.price, side="left"), -1)
    words = [f"up to {inner[0]:,.2f}"]
    words += [f"{low:,.2f} to {high:,.2f}" for low, high in pairwise(inner)]
    words += [f"above {inner[-1]:,.2f}"]
    return Column(tuple(words), codes.astype(np.int32))
