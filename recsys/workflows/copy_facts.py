"""What copy may rest on: facts of a product, some products, a segment or a category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from recsys.copywriting.text import Fact, Facts
from recsys.errors import InputError, NotFound, NotReady
from recsys.workflows.copy_products import (
    ALLOWED,
    CopyShop,
    edited,
    many_product_facts,
    product_facts,
    products_facts,
    said,
)
from recsys.workflows.copy_segments import LEAST_MEMBERS, segment_facts
from recsys.workspace import Workspace

__all__ = [
    "ALLOWED",
    "LEAST_MEMBERS",
    "all_facts_now",
    "category_facts",
    "edited",
    "facts_now",
    "find_products",
    "many_product_facts",
    "missing_description",
    "product_facts",
    "products_facts",
    "segment_facts",
]


def find_products(workspace: Workspace, text: str, *, limit: int = 20) -> list[tuple[str, str]]:
    """Find products by name or id: ids with names, the best match first.

    All words of the text have to be in them; empty text gives the first by name.

    Raises
    ------
    NotReady
        No data is loaded.
    """
    return CopyShop.of(workspace).catalogue.find(text, limit=limit)


def category_facts(workspace: Workspace, category: str) -> Facts:
    """Return what is known of a category of any level: how many products, brands, kinds, names.

    Prices are in it where ``AISLE_COPY_FIELDS`` names them.

    Raises
    ------
    NotFound
        No product has it.
    NotReady
        No data is loaded.
    """
    shop = CopyShop.of(workspace)
    found = shop.catalogue.category(category)
    if found is None:
        raise NotFound(
            f"The catalogue has no category {category!r}.", hint="Check how it is written."
        )
    lines = {
        "category": category,
        "number of products": f"{found['count']:,}",
        "kinds": ", ".join(found["kinds"]),
        "brands": ", ".join(found["brands"]),
        "products, some of them": ", ".join(found["products"]),
    }
    low, high = (said("price", price, shop.currency) for price in found["prices"])
    if "price" in shop.fields and low:
        lines["prices"] = low if low == high else f"{low} to {high}"
    return Facts(
        about="category",
        id=category,
        name=category,
        facts=tuple(Fact(field=field, value=value) for field, value in lines.items() if value),
    )


def missing_description(workspace: Workspace) -> list[str]:
    """Return the ids of products without a description, the most bought first.

    Raises
    ------
    NotReady
        No data is loaded.
    """
    return CopyShop.of(workspace).catalogue.without_description()


def facts_now(workspace: Workspace, facts: Facts) -> Facts:
    """Return facts as they are now, with what was added by hand; as they were, where that is gone.

    What a segment shares stays as it was when it was looked at.
    """
    return all_facts_now(workspace, [facts])[0]


def all_facts_now(workspace: Workspace, several: Sequence[Facts]) -> list[Facts]:
    """Return each of several as :func:`facts_now` does, all products in one reading."""
    ids = [facts.id for facts in several if facts.about == "product"]
    products: dict[str, Facts] = {}
    with suppress(NotReady):
        products = many_product_facts(workspace, ids) if ids else {}
    return [_now(workspace, facts, products) for facts in several]


def _now(workspace: Workspace, facts: Facts, products: Mapping[str, Facts]) -> Facts:
    by_hand = [fact for fact in facts.facts if fact.by_hand]
    with suppress(NotFound, NotReady, InputError):
        if facts.about == "product":
            return edited(products.get(facts.id, facts), by_hand)
        if facts.about == "products":
            return edited(products_facts(workspace, facts.id.split(",")), by_hand)
        if facts.about == "category":
            return edited(category_facts(workspace, facts.id), by_hand)
    return facts
