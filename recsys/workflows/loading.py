from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recsys.data.demo import write_demo
from recsys.data.files.readers import FilePreview, preview
from recsys.data.ingest import Source, ingest
from recsys.data.reading.columns import Kind, guess_mapping
from recsys.types import Report, part_of, silent
from recsys.workspace import Workspace


def load_files(
    workspace: Workspace,
    *,
    interactions: Source,
    items: Source | None = None,
    shoppers: Source | None = None,
    name: str,
    currency: str = "",
    report: Report = silent,
) -> str:
    """Read a shop's files into a new dataset; see :func:`recsys.data.ingest.ingest`.

    Returns
    -------
    str
        The id of the dataset.
    """
    return ingest(
        workspace,
        interactions=interactions,
        items=items,
        shoppers=shoppers,
        name=name,
        currency=currency,
        report=report,
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
            report=part_of(report, 0.4, 1.0),
        )


def source_from(params: Mapping[str, Any] | None) -> Source | None:
    """Return the source that a job's parameters describe."""
    return None if params is None else Source(Path(params["path"]), dict(params["mapping"]))


def source_params(source: Source | None) -> dict[str, Any] | None:
    """Return a source as a job's parameters."""
    return None if source is None else {"path": str(source.path), "mapping": dict(source.mapping)}


def preview_file(path: Path) -> FilePreview:
    """Return what a file looks like; see :func:`recsys.data.files.readers.preview`."""
    return preview(path)


def guess_file(columns: Sequence[str], kind: Kind | None = None) -> tuple[Kind, dict[str, str]]:
    """Guess what a file holds, and which column plays which role.

    Parameters
    ----------
    kind
        What the user says it is; by default it is guessed: shoppers and products together make
        purchases, products alone a catalogue.
    """
    if kind is None:
        roles = guess_mapping("interactions", columns)
        kind = "interactions"
        if not {"user_id", "item_id"} <= roles.keys():
            if "user_id" in roles:
                kind = "shoppers"
            elif "item_id" in guess_mapping("items", columns):
                kind = "items"
    return kind, guess_mapping(kind, columns)
