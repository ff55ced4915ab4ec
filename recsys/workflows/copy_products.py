"""The facts of products that copy may rest on: columns by an allow-list, and live stock."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from recsys.copywriting.catalogue import LEVELS, Catalogue
from recsys.copywriting.text import MOST_PRODUCTS, Fact, Facts
from recsys.errors import InputError, NotFound, NotReady
from recsys.releases.publishing import live
from recsys.shelves.facts import text_of
from recsys.workspace import Workspace
from recsys.workspace.tables import live_items

# What prompts may hold of any catalogue; AISLE_COPY_FIELDS adds to it.
ALLOWED = ("name", *LEVELS, "brand", "description")
LONGEST_FIELD, LONGEST_FACT, MOST_FACTS = 60, 20_000, 60
_VARIABLES = 500  # in one SQL statement


@dataclass(frozen=True)
class CopyShop:
    """The catalogue that copy is written from, and what of it prompts may hold."""

    catalogue: Catalogue
    currency: str
    fields: tuple[str, ...]

    @classmethod
    def of(cls, workspace: Workspace) -> CopyShop:
        """Open the live release's dataset, else the newest one.

        Raises
        ------
        NotReady
            There is none.
        """
        now = live(workspace)
        if now is not None:
            dataset_id = workspace.releases.manifest(now.release_id)["dataset_id"]
        else:
            dataset_id = next(iter(workspace.datasets.ids()), "")
        if not dataset_id:
            raise NotReady("There is no catalogue yet.", hint="Load the shop's data first.")
        catalogue = Catalogue(workspace.datasets.path(dataset_id))
        further = {name.casefold() for name in workspace.settings.copy_fields}
        fields = (
            *(name for name in ALLOWED if name in catalogue.columns),
            *(
                name
                for name in catalogue.columns
                if name.casefold() in further and name not in {*ALLOWED, "item_id"}
            ),
        )
        manifest = workspace.datasets.manifest(dataset_id)
        return cls(catalogue, manifest["currency"], fields)


def product_facts(workspace: Workspace, item_id: str, *, edits: Sequence[Fact] = ()) -> Facts:
    """Return the allowed fields of a product; ``edits`` replace or add, an empty value removes.

    Raises
    ------
    NotFound
        The catalogue has no such product.
    NotReady
        No data is loaded.
    InputError
        An edit has no name, is too long, or there are too many.
    """
    found = many_product_facts(workspace, [item_id])
    if item_id not in found:
        raise NotFound(
            f"The catalogue has no product {item_id!r}.",
            hint="Check the id; it is compared as text.",
        )
    return edited(found[item_id], edits)


def many_product_facts(workspace: Workspace, item_ids: Iterable[str]) -> dict[str, Facts]:
    """Return the facts of many products in one reading; unknown ids are not in it.

    Raises
    ------
    NotReady
        No data is loaded.
    """
    wanted = list(dict.fromkeys(item_ids))
    shop = CopyShop.of(workspace)
    # Read, though prompts may not hold them: what the shop has now, and how many.
    own = [name for name in ("name", "description", "stock") if name in shop.catalogue.columns]
    columns = list(dict.fromkeys([*shop.fields, *own]))
    rows = shop.catalogue.products(wanted, columns)
    changed = _live(workspace, list(rows))
    return {
        item_id: _product(shop, item_id, dict(zip(columns, rows[item_id], strict=True)) | now)
        for item_id in wanted
        if item_id in rows
        for now in [changed.get(item_id, {})]
    }


def _product(shop: CopyShop, item_id: str, row: dict[str, Any]) -> Facts:
    values = ((name, said(name, row.get(name), shop.currency)) for name in shop.fields)
    stock = row.get("stock")
    return Facts(
        about="product",
        id=item_id,
        name=str(row.get("name") or item_id),
        facts=tuple(Fact(field=name, value=value) for name, value in values if value),
        original=str(row.get("description") or "").strip(),
        stock=int(stock) if isinstance(stock, int | float) and not math.isnan(stock) else None,
    )


def said(name: str, value: object, currency: str) -> str:
    """Return a cell of the catalogue as a fact says it; empty where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if name == "launched_at" and isinstance(value, int):
        return time.strftime("%Y-%m-%d", time.gmtime(value))
    text = text_of(value).strip()
    return f"{text} {currency}".strip() if name in {"price", "cost"} else text


def _live(workspace: Workspace, item_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return stock and price where they were changed without a new dataset."""
    found: dict[str, dict[str, Any]] = {}
    columns = (live_items.c.item_id, live_items.c.stock, live_items.c.price)
    with workspace.database.read() as connection:
        for start in range(0, len(item_ids), _VARIABLES):
            some = live_items.c.item_id.in_(item_ids[start : start + _VARIABLES])
            for row in connection.execute(select(*columns).where(some)):
                now = {"stock": row.stock, "price": row.price}
                found[row.item_id] = {name: one for name, one in now.items() if one is not None}
    return found


def edited(facts: Facts, edits: Sequence[Fact]) -> Facts:
    """Return facts with some of them replaced, added, or (by an empty value) removed.

    Raises
    ------
    InputError
        An edit has no name, is too long, or there are too many.
    """
    kept = {fact.field: fact for fact in facts.facts}
    for edit in edits:
        field, value = " ".join(edit.field.split()), edit.value.strip()
        if not field or len(field) > LONGEST_FIELD:
            raise InputError(
                f"A fact needs a name of at most {LONGEST_FIELD} characters.",
                hint="Name what it tells, for example material.",
            )
        if len(value) > LONGEST_FACT:
            raise InputError(
                f"The fact {field!r} has {len(value):,} characters; {LONGEST_FACT:,} is the most."
            )
        before = kept.pop(field, None) if not value else kept.get(field)
        if value and (before is None or before.value != value):
            kept[field] = Fact(field=field, value=value, by_hand=True)
    if len(kept) > MOST_FACTS:
        raise InputError(f"Copy may rest on at most {MOST_FACTS} facts, not {len(kept)}.")
    return facts.model_copy(update={"facts": tuple(kept.values())})


def products_facts(workspace: Workspace, item_ids: Sequence[str]) -> Facts:
    """Return the facts of one to three products for one e-mail subject.

    Raises
    ------
    InputError
        There are none, or too many.
    NotFound
        The catalogue does not have one of them.
    """
    wanted = list(dict.fromkeys(item_ids))
    if not 1 <= len(wanted) <= MOST_PRODUCTS:
        raise InputError(
            f"A subject is about 1 to {MOST_PRODUCTS} products, not {len(wanted)}.",
            hint="Choose the ones that the e-mail shows first.",
        )
    found = many_product_facts(workspace, wanted)
    for item_id in wanted:
        if item_id not in found:
            raise NotFound(
                f"The catalogue has no product {item_id!r}.",
                hint="Check the id; it is compared as text.",
            )
    several = [found[item_id] for item_id in wanted]
    stocks = [one.stock for one in several]
    known = [stock for stock in stocks if stock is not None]
    return Facts(
        about="products",
        id=",".join(wanted),
        name=", ".join(one.name for one in several),
        facts=numbered(several),
        # Stock is short of all of them, or it is not.
        stock=max(known) if len(known) == len(stocks) else None,
    )


def numbered(several: Sequence[Facts]) -> tuple[Fact, ...]:
    """Return the facts of several products, their fields beginning with "product 1 "."""
    return tuple(
        fact.model_copy(update={"field": f"product {number} {fact.field}"})
        for number, one in enumerate(several, 1)
        for fact in one.facts
    )
