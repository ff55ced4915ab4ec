from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.output import AsJson, actor, give

app = typer.Typer()


@app.command()
def stock(
    file: Annotated[Path, typer.Argument(help="Product ids with a stock or a price column.")],
    as_json: AsJson = False,
) -> None:
    """Take stock and prices from a file, in force at once, without a release."""
    from recsys.releases.live import LiveShop
    from recsys.workflows.live import load_stock
    from recsys.workspace import Workspace

    done = load_stock(LiveShop(Workspace.from_environment()), file, actor=actor())
    document = {"changed": done.changed, "unknown": list(done.unknown[:100])}
    give(document, done.words(), as_json=as_json)


@app.command()
def hide(
    item_id: Annotated[str, typer.Argument(metavar="ITEM", help="The shop's own id.")],
    undo: Annotated[bool, typer.Option("--undo", help="Show it again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a product off every list at once, or put it back."""
    from recsys.releases.live import LiveChange, LiveShop
    from recsys.workflows.live import change_item
    from recsys.workspace import Workspace

    shop = LiveShop(Workspace.from_environment())
    change_item(shop, LiveChange(item_id, hidden=not undo), actor=actor())
    words = f"{item_id} is {'shown again' if undo else 'hidden from every list'}."
    give({"item_id": item_id, "hidden": not undo}, words, as_json=as_json)
