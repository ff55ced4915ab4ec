"""Keep a shop's files verbatim: each becomes one Parquet file, all columns as they stand."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb

from recsys.data.files import bad_files, readers
from recsys.data.files.readers import OpenedTable, sql_name, sql_parquet, sql_text
from recsys.data.files.sources import PARQUET
from recsys.data.reading.columns import Kind, check_mapping
from recsys.data.recipe import KeptFile, Source
from recsys.types import Report, silent
from recsys.workspace import Workspace

Given = Sequence[tuple[Kind, Source]]

# The number of a row is asked of DuckDB under this name, so no column may have it.
PLACE = "file_row_number"


def take_in(workspace: Workspace, given: Given, *, report: Report = silent) -> list[KeptFile]:
    """Keep files in a new intake, whole or not at all.

    Raises
    ------
    BadFile, BadMapping
        A file is no table, holds no rows, or its columns are not the ones mapped.
    StorageError
        The disk is full.
    """
    intake_id = workspace.intakes.new_id()
    manifest: dict[str, Any] = {"created_at": time.time()}
    with (
        workspace.scratch() as scratch,
        workspace.intakes.writing(intake_id, manifest) as folder,
    ):
        kept = keep_files(folder, scratch, given, report=report)
        kept = [replace(file, intake=intake_id) for file in kept]
        manifest["files"] = [asdict(file) for file in kept]
    return kept


def keep_files(
    folder: Path, scratch: Path, given: Given, *, report: Report = silent
) -> list[KeptFile]:
    """Write each file to ``folder`` as Parquet and return what they are."""
    kept: list[KeptFile] = []
    with readers.connect(scratch) as connection:
        for place, (kind, source) in enumerate(given):
            report(place / len(given), f"Reading {source.file_name}")
            with tempfile.TemporaryDirectory(dir=scratch) as copies:
                target = folder / f"{place}.parquet"
                kept.append(_keep(connection, target, kind, source, copies=Path(copies)))
    return kept


def _keep(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    kind: Kind,
    source: Source,
    *,
    copies: Path,
) -> KeptFile:
    table = readers.open_table(connection, source.path, scratch=copies, name=source.file_name)
    check_mapping(kind, source.mapping, columns=table.columns, file_name=source.file_name)
    mapping = dict(source.mapping)
    if _is_parquet(source.path) and PLACE not in {name.lower() for name in table.columns}:
        shutil.copyfile(source.path, target)
    else:
        mapping = {role: _safe(column) for role, column in mapping.items()}
        _copy(connection, source, table, target)
    return KeptFile(
        intake="",
        file=target.name,
        name=source.file_name,
        kind=kind,
        mapping=mapping,
        date_order=source.date_order,
        first_row=table.first_row,
        understood=table.understood,
    )


def _copy(
    connection: duckdb.DuckDBPyConnection, source: Source, table: OpenedTable, target: Path
) -> None:
    columns = ", ".join(f"{sql_name(name)} AS {sql_name(_safe(name))}" for name in table.columns)
    with readers.reading(source.path, name=source.file_name):
        connection.execute(
            f"COPY (SELECT {columns} FROM {table.sql}) TO {sql_text(str(target))} (FORMAT parquet)"
        ).fetchall()
        rows = connection.execute(f"SELECT count(*) FROM {sql_parquet(target)}").fetchall()[0][0]
    if not rows:
        raise bad_files.empty(source.path, source.file_name)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(len(PARQUET)) == PARQUET


def _safe(column: str) -> str:
    return f"{column}_" if column.lower() == PLACE else column
