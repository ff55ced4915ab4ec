from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recsys.data.demo import write_demo
from recsys.data.files.readers import FilePreview, preview
from recsys.data.ingest import Given, Source, add_files, ingest
from recsys.data.reading.guess import FileGuess, Guess, guess_files, guess_roles
from recsys.errors import InputError
from recsys.types import Report, part_of, silent
from recsys.workspace import Workspace

__all__ = [
    "FileGuess",
    "Guess",
    "add_files",
    "given_from",
    "given_params",
    "guess_files",
    "guess_roles",
    "load_demo",
    "load_given",
    "preview_file",
    "require_purchases",
]


def load_given(
    workspace: Workspace,
    given: Given,
    *,
    name: str,
    currency: str = "",
    accept: bool = False,
    report: Report = silent,
) -> str:
    """Read a shop's files into a new dataset; see :func:`recsys.data.ingest.ingest`.

    Returns
    -------
    str
        The id of the dataset.
    """
    require_purchases(given)
    interactions, items, shoppers = (
        [source for one, source in given if one == kind]
        for kind in ("interactions", "items", "shoppers")
    )
    return ingest(
        workspace,
        interactions=interactions,
        items=items,
        shoppers=shoppers,
        name=name,
        currency=currency,
        accept=accept,
        report=report,
    )


def require_purchases(given: Given) -> None:
    """Refuse files among which none says who bought what.

    Raises
    ------
    InputError
        There is no file of purchases.
    """
    if all(kind != "interactions" for kind, _ in given):
        raise InputError(
            "A file of purchases is missing: who bought what.",
            hint="Add it, or mark which file it is.",
        )


def load_demo(workspace: Workspace, *, shoppers: int | None = None, report: Report = silent) -> str:
    """Load the demo shop: a year of a supermarket, 1.47 million purchases.

    Parameters
    ----------
    shoppers
        Take only so many households (for tests).

    Raises
    ------
    InputError
        The package with the data is not installed.
    """
    with workspace.scratch() as folder:
        report(0.0, "Preparing the demo shop")
        demo = write_demo(folder, shoppers=shoppers)
        return ingest(
            workspace,
            interactions=demo.interactions,
            items=demo.items,
            shoppers=demo.shoppers,
            name="Complete Journey (demo)",
            currency=demo.currency,
            notes=demo.notes,
            change="Loaded the demo shop, with all proposed fixes",
            accept=True,
            report=part_of(report, 0.4, 1.0),
        )


def given_params(given: Given) -> list[dict[str, Any]]:
    """Return files as a job's parameters."""
    return [
        {
            "kind": kind,
            "path": str(source.path),
            "mapping": dict(source.mapping),
            "name": source.name,
            "date_order": source.date_order,
        }
        for kind, source in given
    ]


def given_from(params: Sequence[Mapping[str, Any]]) -> Given:
    """Return the files that a job's parameters describe."""
    return [
        (
            one["kind"],
            Source(Path(one["path"]), dict(one["mapping"]), one["name"], one["date_order"]),
        )
        for one in params
    ]


def preview_file(path: Path, *, name: str = "") -> FilePreview:
    """Return the columns and first rows of a file; see :mod:`recsys.data.files.readers`."""
    return preview(path, name=name)
