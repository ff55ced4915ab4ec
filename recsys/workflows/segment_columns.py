"""The columns of a segment's file: who the members are, how they buy, and what to show them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.releases.live import LiveView
from recsys.shelves.placements import for_you
from recsys.types import LIMITS
from recsys.workflows.segment_layouts import Field, Layout, Source
from recsys.workflows.shelves import inert

# What a catalogue calls the address of a product's page, without capitals and signs.
_LINKS = (
    *("url", "link", "producturl", "productlink", "itemurl", "itemlink", "pageurl", "permalink"),
    *("productpage", "webadresse", "produkturl", "produktlink"),
)
# Where sensitive products are left out, so many more are asked for.
_MORE = 10

Cell = Callable[[str, int, dict[str, Any]], Any]


@dataclass(frozen=True)
class Columns:
    """What stands in a row.

    Attributes
    ----------
    names
        The head of the file.
    """

    view: LiveView
    names: tuple[str, ...]
    layout: Layout
    fields: tuple[Field, ...]
    source: Source
    shop: tuple[str, ...]
    buying: tuple[str, ...]
    told: bool
    recommended: Recommended | None

    def shoppers(self, rows: Sequence[int]) -> list[dict[str, Any]]:
        """Return what the shop says of some shoppers."""
        return self.view.release.shoppers.take(np.array(rows, np.int64)).to_pylist()

    def row(
        self, rank: int, user_id: str, row: int | None, shopper: dict[str, Any], *, held: bool
    ) -> list[Any]:
        """Return one row; of a member that the release does not know the id, and little else."""
        if self.layout.platform:
            cells = self.source.cells(shopper)
            found: list[Any] = [one.make(cells[one.needs]) for one in self.fields]
        else:
            found = [user_id, *(_cell(shopper.get(name)) for name in self.shop), rank]
            found += self._buying(row)
        if self.told:
            found.append("yes" if held else "no")
        if self.recommended is not None:
            products = self.recommended.cells(user_id)
            # A platform's layout is written as it is.
            found += map(inert, products) if self.layout.platform else products
        return found

    def _buying(self, row: int | None) -> list[Any]:
        people = self.view.release.people
        if people is None or row is None:
            return [""] * len(self.buying)
        found: list[Any] = [int(people.orders[row])]
        if people.spend is not None:
            found.append(round(float(people.spend[row]), 2))
        if people.last is not None:
            last = int(people.last[row])
            found.append(time.strftime("%Y-%m-%d", time.gmtime(last)) if last else "")
        return found


def columns_of(view: LiveView, layout: Layout, recommend: int, *, told: bool) -> Columns:
    """Return the columns of a layout for which the shop says something.

    Parameters
    ----------
    recommend
        How many products beside each member.
    told
        Whether a column says who is set aside.
    """
    release = view.release
    shop = [name for name in release.shoppers.column_names if name != "user_id"]
    source = Source(release.shoppers.column_names)
    fields, buying = source.fields(layout), list[str]()
    if layout.platform:
        names = [one.name for one in fields]
    else:
        if release.people is not None:
            buying = ["orders"]
            buying += ["spend"] if release.people.spend is not None else []
            buying += ["last_purchase"] if release.people.last is not None else []
        names = ["user_id", *shop, "rank", *buying]
    recommended = Recommended(view, recommend) if recommend else None
    names += ["held_out"] if told else []
    names += recommended.names if recommended else []
    return Columns(
        view=view,
        names=tuple(_unique(names)),
        layout=layout,
        fields=tuple(fields),
        source=source,
        shop=() if layout.platform else tuple(shop),
        buying=tuple(buying),
        told=told,
        recommended=recommended,
    )


def _unique(names: Sequence[str]) -> Iterator[str]:
    """Give each column a name of its own: the shop may call one of its own "rank"."""
    seen = set[str]()
    for name in names:
        own = name
        while own.lower() in seen:
            own += "_2"
        seen.add(own.lower())
        yield own


def _cell(value: Any) -> Any:
    return "" if value is None else value


class Recommended:
    """For You of each member under the live rules; products marked as sensitive are never named.

    Attributes
    ----------
    names
        ``rec_1_id``, ``rec_1_name`` and, where the shop says it, ``rec_1_price``, ``rec_1_link``.
    """

    def __init__(self, view: LiveView, n: int) -> None:
        self._view, self._n = view, n
        release = view.release
        self._asked = n if release.sensitive is None else min(LIMITS["for_you"][1], n + _MORE)
        self._links = _links(view)
        self._parts = ["id", "name"]
        self._parts += ["price"] if np.isfinite(view.price).any() else []
        self._parts += ["link"] if self._links is not None else []
        self.names = [f"rec_{place}_{part}" for place in range(1, n + 1) for part in self._parts]

    def cells(self, user_id: str) -> list[Any]:
        """Return the products of one member; empty cells where there are too few."""
        release = self._view.release
        found: list[Any] = []
        for item in for_you(self._view, user_id, n=self._asked).items:
            row = release.item_ids.row(item.item_id)
            if row is None or (release.sensitive is not None and release.sensitive[row]):
                continue
            price = float(self._view.price[row])
            every = {
                "id": item.item_id,
                "name": release.names[row],
                "price": "" if np.isnan(price) else price,
                "link": self._links[row] if self._links else "",
            }
            found += [every[part] for part in self._parts]
        width = len(self.names)
        return (found + [""] * width)[:width]


def _links(view: LiveView) -> list[str] | None:
    """Return the address of each product's page, empty for what is none; None: no such column."""
    bare = {re.sub(r"[\W_]", "", name.lower()): name for name in view.release.attribute_names}
    column = next((bare[name] for name in _LINKS if name in bare), None)
    if column is None:
        return None
    cells = (str(cell or "").strip() for cell in view.release.attribute(column))
    return [cell if re.match(r"https?://\S+$", cell) else "" for cell in cells]
