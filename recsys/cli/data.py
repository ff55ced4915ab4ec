from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys.cli.output import AsJson, actor, finish, give, say
from recsys.errors import BadMapping

if TYPE_CHECKING:
    from recsys.data.ingest import Source
    from recsys.data.reading.columns import Kind
    from recsys.workspace import Workspace

app = typer.Typer()


@app.command()
def demo(
    shoppers: Annotated[int | None, typer.Option(hidden=True, min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Load the demo shop: a year of a supermarket, 1.47 million purchases."""
    from recsys.workflows.data_jobs import submit_demo
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    job = submit_demo(workspace, actor=actor(), shoppers=shoppers)
    _give_dataset(workspace, finish(workspace, job)["dataset_id"], as_json=as_json)


@app.command()
def ingest(
    *,
    interactions: Annotated[
        Path, typer.Option(help="Purchases or other events: CSV, TSV, CSV.gz or Parquet.")
    ],
    items: Annotated[Path | None, typer.Option(help="The catalogue.")] = None,
    shoppers: Annotated[Path | None, typer.Option(help="Facts about shoppers.")] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="[FILE.]ROLE=COLUMN",
            help="Which column plays a role, where the guess is wrong: user_id=CustomerID,"
            " items.price=Cost; without a column the role is left out.",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="What to call the data; by default as the file.")] = "",
    currency: Annotated[str, typer.Option(help="Of the prices, for example EUR.")] = "",
    as_json: AsJson = False,
) -> None:
    """Load a shop's own files."""
    from recsys.workflows.data_jobs import submit_ingest
    from recsys.workspace import Workspace

    corrections = _corrections(mapping or [])
    purchases = _source("interactions", interactions, corrections["interactions"])
    workspace = Workspace.from_environment()
    given: list[tuple[Kind, Source]] = [("interactions", purchases)]
    if items:
        given.append(("items", _source("items", items, corrections["items"])))
    if shoppers:
        given.append(("shoppers", _source("shoppers", shoppers, corrections["shoppers"])))
    job = submit_ingest(
        workspace,
        given,
        name=name or interactions.name.split(".")[0],
        currency=currency,
        actor=actor(),
    )
    _give_dataset(workspace, finish(workspace, job)["dataset_id"], as_json=as_json)


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


def _corrections(given: list[str]) -> dict[str, dict[str, str]]:
    """Return what ``--map`` says about each file: role -> column."""
    found: dict[str, dict[str, str]] = {"interactions": {}, "items": {}, "shoppers": {}}
    for text in given:
        left, equals, column = text.partition("=")
        file, dot, role = left.rpartition(".")
        kind = file if dot else "interactions"
        if not equals or not role or kind not in found:
            raise BadMapping(
                f"--map {text!r} is not of the form ROLE=COLUMN.",
                hint="For example user_id=CustomerID, or items.price=Cost for the catalogue;"
                " the files are interactions, items and shoppers.",
            )
        found[kind][role] = column
    return found


def _source(kind: Kind, path: Path, corrections: dict[str, str]) -> Source:
    """Return a file with the guessed and corrected roles of its columns, and say them."""
    from recsys.workflows.loading import Source, guess_file, preview_file

    path = path.resolve()  # a worker may have another working folder
    guessed = guess_file(preview_file(path).columns, kind)[1]
    # A column that is given a role by hand loses the one that was guessed for it.
    kept = {role: column for role, column in guessed.items() if column not in corrections.values()}
    mapping = {role: column for role, column in (kept | corrections).items() if column}
    say(f"{path.name}: " + ", ".join(f"{role} = {column}" for role, column in mapping.items()))
    return Source(path, mapping)


def _give_dataset(workspace: Workspace, dataset_id: str, *, as_json: bool) -> None:
    manifest = workspace.datasets.manifest(dataset_id)
    document = {
        "dataset_id": dataset_id,
        **{name: manifest[name] for name in ("name", "counts", "findings", "notes")},
    }
    counted = ", ".join(f"{count:,} {word}" for word, count in manifest["counts"].items())
    for line in [*(one["message"] for one in manifest["findings"]), *manifest["notes"]]:
        say(line)
    give(document, f"{manifest['name']}: {counted}\nDataset {dataset_id}", as_json=as_json)
