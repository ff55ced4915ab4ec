from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recsys.cli.output import AsJson, give, say, table
from recsys.types import Filters

if TYPE_CHECKING:
    from recsys.releases.live import LiveShop
    from recsys.types import Shelf

app = typer.Typer()

User = Annotated[str, typer.Argument(metavar="USER", help="The shop's own id of a shopper.")]
Number = Annotated[int | None, typer.Option("-n", help="How many products.")]
Category = Annotated[str | None, typer.Option(help="Exact category name.")]
PriceMin = Annotated[float | None, typer.Option(help="Inclusive.")]
PriceMax = Annotated[float | None, typer.Option(help="Inclusive.")]
PreferItems = Annotated[
    list[str] | None,
    typer.Option("--prefer-item", help="Id of a product the shopper likes; again for more."),
]
PreferCategories = Annotated[
    list[str] | None,
    typer.Option("--prefer-category", help="A category the shopper likes; again for more."),
]

_COLUMNS = ("rank", "item_id", "name", "category", "price", "stock", "score", "reason")


@app.command("for-you")
def for_you(
    user_id: User,
    *,
    n: Number = None,
    category: Category = None,
    price_min: PriceMin = None,
    price_max: PriceMax = None,
    prefer_items: PreferItems = None,
    prefer_categories: PreferCategories = None,
    as_json: AsJson = False,
) -> None:
    """Show the products that fit a shopper best."""
    from recsys.workflows.shelves import show_for_you

    shelf = show_for_you(
        _shop(),
        user_id,
        n=n,
        filters=Filters(category, price_min, price_max),
        prefer_items=prefer_items or (),
        prefer_categories=prefer_categories or (),
    )
    _give(shelf, as_json=as_json)


@app.command()
def similar(
    item_id: Annotated[str, typer.Argument(metavar="ITEM", help="The shop's own id.")],
    *,
    n: Number = None,
    category: Category = None,
    price_min: PriceMin = None,
    price_max: PriceMax = None,
    as_json: AsJson = False,
) -> None:
    """Show the products most like one product."""
    from recsys.workflows.shelves import show_similar

    filters = Filters(category, price_min, price_max)
    _give(show_similar(_shop(), item_id, n=n, filters=filters), as_json=as_json)


@app.command("also-bought")
def also_bought(
    item_ids: Annotated[list[str], typer.Argument(metavar="ITEM...", help="The cart.")],
    *,
    n: Number = None,
    category: Category = None,
    price_min: PriceMin = None,
    price_max: PriceMax = None,
    as_json: AsJson = False,
) -> None:
    """Show the products bought together with a cart."""
    from recsys.workflows.shelves import show_also_bought

    filters = Filters(category, price_min, price_max)
    _give(show_also_bought(_shop(), item_ids, n=n, filters=filters), as_json=as_json)


@app.command()
def lookalikes(
    user_id: User,
    *,
    n: Number = None,
    n_neighbours: Annotated[int, typer.Option(help="How many similar shoppers to ask.")] = 10,
    category: Category = None,
    price_min: PriceMin = None,
    price_max: PriceMax = None,
    as_json: AsJson = False,
) -> None:
    """Show what the most similar shoppers bought and this one did not."""
    from recsys.workflows.shelves import show_lookalikes

    filters = Filters(category, price_min, price_max)
    shelf = show_lookalikes(_shop(), user_id, n=n, n_neighbours=n_neighbours, filters=filters)
    _give(shelf, as_json=as_json)


def _shop() -> LiveShop:
    from recsys.releases.live import LiveShop
    from recsys.workspace import Workspace

    return LiveShop(Workspace.from_environment())


def _give(shelf: Shelf, *, as_json: bool) -> None:
    rows = [item.as_dict() for item in shelf.items]
    shown = [column for column in _COLUMNS if any(row.get(column) is not None for row in rows)]
    if shelf.fallback:
        say(shelf.fallback)
    say(shelf.trace())
    give(shelf.as_dict(), table(rows, shown) if rows else "Nothing to show.", as_json=as_json)
