from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys.cli.output import AsJson, actor, finish, give, table
from recsys.cli.reports import counts_of, give_dataset
from recsys.errors import InputError

if TYPE_CHECKING:
    from recsys.workspace import Workspace

app = typer.Typer()

Codes = Annotated[list[str], typer.Argument(metavar="CODE...", help="As 'aisle check' names them.")]
Dataset = Annotated[str | None, typer.Option(metavar="ID", help="By default the newest.")]
Version = Annotated[str, typer.Argument(metavar="ID", help="A version, or 'newest'.")]


@app.command()
def fix(codes: Codes, *, dataset: Dataset = None, as_json: AsJson = False) -> None:
    """Apply fixes of findings: a new version; the one before stays."""
    from recsys.workflows.data_jobs import submit_fixes
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    job = submit_fixes(workspace, _find(workspace, dataset), codes, actor=actor())
    give_dataset(workspace, finish(workspace, job)["dataset_id"], as_json=as_json)


@app.command()
def undo(codes: Codes, *, dataset: Dataset = None, as_json: AsJson = False) -> None:
    """Undo fixes of findings: a new version, in which their rows are back."""
    from recsys.workflows.data_jobs import submit_undo
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    job = submit_undo(workspace, _find(workspace, dataset), codes, actor=actor())
    give_dataset(workspace, finish(workspace, job)["dataset_id"], as_json=as_json)


@app.command()
def datasets(as_json: AsJson = False) -> None:
    """List the datasets and their versions, newest first."""
    from recsys.workflows.datasets import all_versions
    from recsys.workspace import Workspace

    rows = [
        {
            "dataset_id": one["id"],
            "name": one["name"],
            "number": one["number"],
            "label": one["label"],
            "created_at": one["created_at"],
            **counts_of(one["counts"]),
            "change": one["change"],
        }
        for one in all_versions(Workspace.from_environment())
    ]
    shown = [
        {
            **row,
            "version": f"{row['number']} {row['label']}".strip(),
            "made (UTC)": time.strftime("%Y-%m-%d %H:%M", time.gmtime(row["created_at"])),
            "purchases": f"{row['interactions']:,}",
        }
        for row in rows
    ]
    columns = ("dataset_id", "name", "version", "made (UTC)", "purchases", "change")
    words = table(shown, columns) if rows else "There is no data yet: aisle ingest, or aisle demo."
    give({"datasets": rows}, words, as_json=as_json)


@app.command()
def restore(version: Version, as_json: AsJson = False) -> None:
    """Make a version that is like an older one; nothing newer is lost."""
    from recsys.workflows.data_jobs import submit_restore
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    job = submit_restore(workspace, _find(workspace, version), actor=actor())
    give_dataset(workspace, finish(workspace, job)["dataset_id"], as_json=as_json)


@app.command()
def delete(version: Version, as_json: AsJson = False) -> None:
    """Delete a version for good; refused while a model or release was made of it."""
    from recsys.workflows.datasets import delete_version
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    dataset_id = _find(workspace, version)
    delete_version(workspace, dataset_id, actor=actor())
    give({"deleted": dataset_id}, f"Dataset {dataset_id} is deleted.", as_json=as_json)


@app.command()
def rejects(
    version: Version,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="Where to write them.")],
    raw: Annotated[
        bool,
        typer.Option(
            "--raw", help="Cells as they stood; by default formulas are made harmless by a '."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the rows that a version left out, each with its file, its number and the reason."""
    from recsys.workflows.rejects import write_rejects_csv
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    dataset_id = _find(workspace, version)
    if not out.resolve().parent.is_dir() or out.is_dir():
        raise InputError(f"{out} cannot be written.", hint="Name a file in a folder that exists.")
    write_rejects_csv(workspace, dataset_id, out.resolve(), raw=raw)
    give(
        {"dataset_id": dataset_id, "file": str(out)},
        f"The rows that were left out are in {out}.",
        as_json=as_json,
    )


def _find(workspace: Workspace, version: str | None) -> str:
    from recsys.workflows.training import newest_dataset

    return newest_dataset(workspace, None if version == "newest" else version).id
