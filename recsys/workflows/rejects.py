"""The rows that a version left out, as a file to take away."""

from __future__ import annotations

from pathlib import Path

from recsys.data.files.readers import connect, sql_name, sql_parquet, sql_text, storing
from recsys.workflows.datasets import rejects_path
from recsys.workspace import Workspace

# What a spreadsheet takes for a formula; a number such as -1 is none.
_FORMULA = r"^\s*[=+\-@\t\r]"
_NUMBER = r"-?\d+([.,]\d+)*"


def write_rejects_csv(
    workspace: Workspace, dataset_id: str, path: Path, *, raw: bool = False
) -> None:
    """Write the rows that a version left out as CSV in UTF-8, in bounded memory.

    Parameters
    ----------
    raw
        True for machines: cells as they stood in the files. By default text that a spreadsheet
        would run as a formula gets a leading apostrophe.

    Raises
    ------
    NotFound
        There is no such version.
    StorageError
        The disk is full.
    """
    source = sql_parquet(rejects_path(workspace, dataset_id))
    with workspace.scratch() as scratch, connect(scratch) as connection, storing():
        columns = [str(row[0]) for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()]
        cells = [sql_name(column) if raw else _inert(column) for column in columns]
        connection.execute(
            f"COPY (SELECT {', '.join(cells)} FROM {source}) TO {sql_text(str(path))}"
            " (FORMAT csv, HEADER true)"
        ).fetchall()


def _inert(column: str) -> str:
    name, cell = sql_name(column), f"CAST({sql_name(column)} AS VARCHAR)"
    return (
        f"CASE WHEN regexp_matches({cell}, {sql_text(_FORMULA)})"
        f" AND NOT regexp_full_match({cell}, {sql_text(_NUMBER)})"
        f" THEN '''' || {cell} ELSE {cell} END AS {name}"
    )
