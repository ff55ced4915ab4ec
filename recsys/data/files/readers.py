"""Open a shop's file as a table that DuckDB can query, or say what is wrong with it.

What a file is, its first bytes say; its name is never trusted.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from recsys.data.files import bad_files, sources
from recsys.data.files.complaints import COPIES
from recsys.data.files.csv_files import open_csv
from recsys.data.files.duck import (
    NO_EXTENSIONS,
    connect,
    reading,
    sql_name,
    sql_parquet,
    sql_text,
    storing,
)
from recsys.data.files.encodings import WORDS, find_encoding, read_start, write_utf8
from recsys.data.files.json_lines import open_json
from recsys.data.files.opened import OpenedTable
from recsys.data.files.parquet_files import open_parquet
from recsys.data.files.sheets import check_old_office, open_sheet
from recsys.data.files.sources import GZIP, PARQUET, ZIP, Source

__all__ = [
    "FilePreview",
    "OpenedTable",
    "connect",
    "open_table",
    "preview",
    "reading",
    "sql_name",
    "sql_parquet",
    "sql_text",
    "storing",
]

_HEAD_BYTES = 1 << 20
_MOST_SAMPLE_ROWS = 1_000
_LEAST_SAMPLE_ROWS = 20
_MOST_SAMPLE_CELLS = 50_000
_CELL_CHARACTERS = 200


@dataclass(frozen=True)
class FilePreview:
    """What a file looks like.

    Attributes
    ----------
    columns, types, understood
        As in :class:`OpenedTable`.
    sample
        The first rows as text, up to 1,000; fewer where there are more than 50 columns.
    bytes
        Its size.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    sample: list[dict[str, str]]
    bytes: int
    understood: str


@dataclass(frozen=True)
class _Task:
    connection: duckdb.DuckDBPyConnection
    folder: Path
    given: Source
    whole: bool


def preview(path: Path, *, name: str = "") -> FilePreview:
    """Return the columns and the first rows of a file, reading only its beginning.

    Cells are cut after 200 characters.

    Parameters
    ----------
    name
        What messages call the file; by default the name of the path.

    Raises
    ------
    BadFile
        It is not a table, empty, in an unknown encoding, ragged within its first rows, or these
        rows need more memory than a page may use.
    """
    # a few bytes of Parquet can unpack to gigabytes, and this runs in the server
    with (
        tempfile.TemporaryDirectory() as scratch,
        duckdb.connect(
            ":memory:",
            config={"threads": 1, "memory_limit": "400MB", "temp_directory": "", **NO_EXTENSIONS},
        ) as connection,
    ):
        table = open_table(connection, path, scratch=Path(scratch), whole=False, name=name)
        fitting = _MOST_SAMPLE_CELLS // len(table.columns)
        most_rows = min(_MOST_SAMPLE_ROWS, max(_LEAST_SAMPLE_ROWS, fitting))
        with reading(path, name=name):
            rows = _first_rows(connection, table, most_rows)
    if not rows:
        raise bad_files.empty(path, name)
    sample = [
        {column: value or "" for column, value in zip(table.columns, row, strict=True)}
        for row in rows
    ]
    return FilePreview(table.columns, table.types, sample, path.stat().st_size, table.understood)


def open_table(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    scratch: Path,
    whole: bool = True,
    name: str = "",
) -> OpenedTable:
    """Find out what a file is and how to query it.

    Run the queries inside :func:`reading`, which says what is wrong in words. CSV in UTF-8, plain
    or gzip, is queried as it is, and so is Parquet; what is packed otherwise, in another encoding,
    or a workbook, is converted once.

    Parameters
    ----------
    scratch
        A folder for that copy, to be kept as long as the table is queried. Nothing stays in it
        when the file is refused.
    whole
        Look at a text to its end: for letters that show its encoding, for names of JSON that come
        late, and for the checksum of a compressed file, which DuckDB does not compare. Else only
        its first rows can be read.
    name
        What messages call the file; by default the name of the path.

    Raises
    ------
    BadFile
        It is not a table, is empty, names a column twice, or has more than 2,000 columns.
    """
    given = Source.of(path, name)
    with _copies(scratch) as folder:
        table = _open(_Task(connection, folder, given, whole))
    return table


@contextmanager
def _copies(scratch: Path) -> Generator[Path]:
    """Give a folder for copies, which is gone again when there is none or an error."""
    folder = Path(tempfile.mkdtemp(prefix=COPIES, dir=scratch.resolve()))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if not any(folder.iterdir()):
        folder.rmdir()


def _open(task: _Task) -> OpenedTable:
    given = task.given
    if given.path.stat().st_size == 0:
        raise bad_files.empty(given.path, given.name)
    if given.packing == "zip":
        kind = sources.workbook_kind(given)
        if kind in ("xlsx", "ods"):
            return _open_sheet(task, given, kind)
        if kind != "archive":
            raise bad_files.not_a_table(given.name, kind)
    with given.open() as handle:
        start = handle.read(512)
    if given.packing and start.startswith((PARQUET, GZIP, *ZIP)):
        table = _open_member(task)
    elif start.startswith(PARQUET):
        return open_parquet(task.connection, given)
    else:
        check_old_office(given, start)
        what = sources.what_it_is(start)
        if what:
            raise bad_files.not_a_table(given.name, what)
        table = _open_text(task)
    return replace(table, understood=", ".join(filter(None, (table.understood, given.packing))))


def _open_member(task: _Task) -> OpenedTable:
    """Open a file within an archive that is itself of a packed kind: Parquet or a workbook."""
    copy = task.folder / "member"
    sources.unpack(task.given, copy)
    member = Source.of(copy, task.given.name)
    if member.packing == "":
        return open_parquet(task.connection, member)
    kind = sources.workbook_kind(member) if member.packing == "zip" else "archive"
    if kind in ("xlsx", "ods"):
        return _open_sheet(task, member, kind)
    raise bad_files.nested(task.given.name)


def _open_sheet(task: _Task, source: Source, kind: str) -> OpenedTable:
    most_rows = 0 if task.whole else _MOST_SAMPLE_ROWS
    return open_sheet(source, kind, task.folder, most_rows=most_rows)


def _open_text(task: _Task) -> OpenedTable:
    given = task.given
    encoding = find_encoding(given, whole=task.whole)
    start = read_start(given, encoding, _HEAD_BYTES)
    if not start.strip():
        raise bad_files.empty(given.path, given.name)
    is_json = sources.is_json(start)
    text = given
    # DuckDB passes over the mark at the beginning of UTF-8 in CSV, in JSON it does not
    direct = ("utf-8",) if is_json else ("utf-8", "utf-8-sig")
    if given.packing == "zip" or encoding not in direct:
        text = Source(task.folder / "text", given.name)
        write_utf8(given, encoding, text.path, whole=task.whole)
    if is_json:
        return open_json(task.connection, text, start, given=given, whole=task.whole)
    table = open_csv(text, start)
    return replace(table, understood=f"{table.understood}, {WORDS[encoding]}")


def _first_rows(
    connection: duckdb.DuckDBPyConnection, table: OpenedTable, most_rows: int
) -> list[tuple[str | None, ...]]:
    cells = f"left(CAST(COLUMNS(*) AS VARCHAR), {_CELL_CHARACTERS})"
    query = f"SELECT {cells} FROM {table.sql} LIMIT"
    try:
        return connection.execute(f"{query} {most_rows}").fetchall()
    except duckdb.OutOfMemoryException:
        try:
            return connection.execute(f"{query} {_LEAST_SAMPLE_ROWS}").fetchall()
        except duckdb.OutOfMemoryException as error:
            raise bad_files.too_large_to_show(table.file_name) from error
