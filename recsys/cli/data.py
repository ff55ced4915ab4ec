from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.cli.files import (
    DateOrders,
    Dates,
    Files,
    Interactions,
    Items,
    Mapped,
    Shoppers,
    given_files,
)
from recsys.cli.output import AsJson, Progress, actor, finish, give, printable, say
from recsys.cli.reports import (
    KIND_WORDS,
    counted,
    counts_of,
    finding_words,
    give_dataset,
    proposed,
    sorted_findings,
)

if TYPE_CHECKING:
    from recsys.data.ingest import Source
    from recsys.data.reading.columns import Kind

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
    give_dataset(workspace, finish(workspace, job)["dataset_id"], as_json=as_json)


@app.command()
def check(
    files: Files = None,
    *,
    interactions: Interactions = None,
    items: Items = None,
    shoppers: Shoppers = None,
    mapping: Mapped = None,
    date_order: Dates = DateOrders.AUTO,
    as_json: AsJson = False,
) -> None:
    """Look at a shop's files: what they are, and what is wrong in them. Nothing is kept."""
    from recsys.workflows.checking import check_files
    from recsys.workspace import Workspace

    named: dict[Kind, Any] = {"interactions": interactions, "items": items, "shoppers": shoppers}
    given = given_files(files, named, mapping=mapping, dates=date_order)
    progress = Progress()
    try:
        found = check_files(Workspace.from_environment(), given, report=progress)
    finally:
        progress.close()
    document = {
        "files": found["files"],
        **counts_of(found["counts"]),
        "findings": found["findings"],
    }
    give(document, _check_words(found), as_json=as_json)


@app.command()
def ingest(
    files: Files = None,
    *,
    interactions: Interactions = None,
    items: Items = None,
    shoppers: Shoppers = None,
    mapping: Mapped = None,
    date_order: Dates = DateOrders.AUTO,
    fix: Annotated[bool, typer.Option("--fix", help="Apply all fixes that are proposed.")] = False,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Add the files to this dataset, or to the 'newest': a new version of it.",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="What to call the data; by default as the file.")] = "",
    currency: Annotated[str, typer.Option(help="Of the prices, for example EUR.")] = "",
    as_json: AsJson = False,
) -> None:
    """Load a shop's own files."""
    from recsys.workflows.data_jobs import submit_ingest
    from recsys.workflows.loading import require_purchases
    from recsys.workflows.training import newest_dataset
    from recsys.workspace import Workspace

    named: dict[Kind, Any] = {"interactions": interactions, "items": items, "shoppers": shoppers}
    given = given_files(files, named, mapping=mapping, dates=date_order)
    for kind, source in given:
        say(f"{source.file_name}: {KIND_WORDS[kind]}: {_mapping_words(source.mapping)}")
    workspace = Workspace.from_environment()
    if into is None:
        require_purchases(given)
        called = name or _name(given)
    else:
        dataset = newest_dataset(workspace, None if into == "newest" else into)
        into, called = dataset.id, dataset.name
    job = submit_ingest(
        workspace, given, name=called, currency=currency, accept=fix, into=into, actor=actor()
    )
    give_dataset(workspace, finish(workspace, job)["dataset_id"], as_json=as_json)


def _name(given: Sequence[tuple[Kind, Source]]) -> str:
    purchases = next(source for kind, source in given if kind == "interactions")
    return purchases.path.name.split(".")[0] or "Shop"


def _mapping_words(mapping: dict[str, str]) -> str:
    return ", ".join(f"{role} = {printable(column)}" for role, column in mapping.items())


def _check_words(found: dict[str, Any]) -> str:
    lines: list[str] = []
    for file in found["files"]:
        lines.append(
            f"{file['name']}: {'; '.join((KIND_WORDS[file['kind']], *file['understood']))}"
        )
        lines.append(f"      {_mapping_words(file['mapping'])}")
    lines.append("")
    findings = sorted_findings(found["findings"])
    lines += [finding_words(finding) for finding in findings] or ["Nothing is wrong."]
    lines += ["", found["overview"]["summary"], f"As they are: {counted(found['counts'])}."]
    codes = proposed(findings)
    if codes:
        lines.append(f"aisle ingest --fix applies what is proposed: {', '.join(codes)}.")
    return "\n".join(lines)
