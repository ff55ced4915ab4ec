"""Look at a shop's files without keeping anything."""

from __future__ import annotations

import json
from typing import Any

from recsys.data.files import readers
from recsys.data.ingest import Given
from recsys.data.intake import keep_files
from recsys.data.overview import OVERVIEW
from recsys.data.recipe import Recipe
from recsys.data.version import build
from recsys.types import Report, part_of, silent
from recsys.workflows.loading import require_purchases
from recsys.workspace import Workspace


def check_files(workspace: Workspace, given: Given, *, report: Report = silent) -> dict[str, Any]:
    """Say what Aisle understands of a shop's files and what it finds in them; nothing is kept.

    The dataset is made as it would be, in a folder that goes at the end.

    Returns
    -------
    dict
        ``files`` (each with ``name``, ``kind``, ``mapping`` and, in words, ``understood``),
        ``counts``, ``findings`` and ``overview``, as of a version to which no fix is applied.

    Raises
    ------
    InputError
        There is no file of purchases.
    BadFile, BadMapping
        A file is no table, or its columns are not the ones mapped.
    NoUsableRows
        Nothing would be left.
    StorageError
        The disk is full.
    """
    require_purchases(given)
    with workspace.scratch() as scratch, readers.connect(scratch) as connection:
        kept, made = scratch / "kept", scratch / "made"
        kept.mkdir()
        made.mkdir()
        files = keep_files(kept, scratch, given, report=part_of(report, 0.0, 0.4))
        found = build(
            connection,
            made,
            Recipe(tuple(files)),
            intake=lambda _: kept,
            report=part_of(report, 0.4, 1.0),
        )
        pictures = json.loads((made / OVERVIEW).read_text(encoding="utf-8"))
    return {
        "files": [
            {
                "name": file.name,
                "kind": file.kind,
                "mapping": dict(file.mapping),
                "understood": found["understood"][file.name],
            }
            for file in files
        ],
        "counts": found["counts"],
        "findings": found["findings"],
        "overview": pictures,
    }
