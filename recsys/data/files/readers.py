"""Open a shop's file as a table that DuckDB can query, or say what is wrong with it.

What a file is, its first bytes say; its name is never trusted. CSV is read as text throughout, so
that the ids ``00123`` and ``1e5`` stay what they are.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from recsys.data.files import bad_files
from recsys.data.files.bad_files import GZIP, PARQUET
from recsys.errors import BadFile, StorageError

_HEAD_BYTES = 1 << 20
_SAMPLE_ROWS = 20
_DELIMITERS = ",;\t|"
_FILE_ERRORS = (
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.ConversionException,
    duckdb.NotImplementedException,
    duckdb.InternalException,
)
# More is a matrix, not a table: each column becomes a choice on the page.
_MOST_COLUMNS = 2_000
_CELL_CHARACTERS = 200
# DuckDB would take a folder named user_id=7 for a column of that name.
_ONLY_THE_FILE = "hive_partitioning=false, union_by_name=false, filename=false"
_NO_EXTENSIONS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


@dataclass(frozen=True)
class OpenedTable:
    """A file as a source of rows.

    Attributes
    ----------
    sql
        What to write after FROM; its columns are ``columns``.
    columns
        Column names as in the file, without spaces around them.
    types
        DuckDB type of each column; all VARCHAR for CSV.
    """

    file_name: str
    sql: str
    columns: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class FilePreview:
    """What a file looks like: columns, the first 20 rows as text, and its size."""

    columns: tuple[str, ...]
    sample: list[dict[str, str]]
    bytes: int


@dataclass(frozen=True)
class _Head:
    columns: tuple[str, ...]
    delimiter: str
    blank_lines: int


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB of its own with bounded memory that spills into ``scratch``.

    It fetches no extensions, and reads times without a zone as UTC wherever the machine stands.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": "1500MB",
            "temp_directory": str(scratch / "spill"),
            "threads": 2,
            **_NO_EXTENSIONS,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def preview(path: Path) -> FilePreview:
    """Return the columns and the first rows of a file, reading only its beginning.

    Cells are cut after 200 characters.

    Raises
    ------
    BadFile
        It is not a table, empty, in another encoding, ragged within its first rows, or these
        rows need more memory than a page may use.
    """
    # a few bytes of Parquet can unpack to gigabytes, and this runs in the server
    with duckdb.connect(
        ":memory:",
        config={"threads": 1, "memory_limit": "400MB", "temp_directory": "", **_NO_EXTENSIONS},
    ) as connection:
        table = open_table(connection, path, whole=False)
        cells = f"left(CAST(COLUMNS(*) AS VARCHAR), {_CELL_CHARACTERS})"
        query = f"SELECT {cells} FROM {table.sql} LIMIT {_SAMPLE_ROWS}"
        with reading(path):
            try:
                rows = connection.execute(query).fetchall()
            except duckdb.OutOfMemoryException as error:
                raise bad_files.too_large_to_show(path) from error
    if not rows:
        raise bad_files.empty(path)
    sample = [
        {name: value or "" for name, value in zip(table.columns, row, strict=True)} for row in rows
    ]
    return FilePreview(table.columns, sample, path.stat().st_size)


def open_table(
    connection: duckdb.DuckDBPyConnection, path: Path, *, whole: bool = True
) -> OpenedTable:
    """Find out what a file is and how to query it; its rows are not read yet.

    Run the queries inside :func:`reading`, which says what is wrong in words.

    Parameters
    ----------
    whole
        Check a compressed file to its end, since DuckDB does not compare its checksum.

    Raises
    ------
    BadFile
        It is not a table, is empty, names a column twice, or has more than 2,000 columns.
    """
    path = path.resolve()  # a relative path may look like an address, such as s3:/x
    with _opening(path):
        start = bad_files.check_start(path)
    if start.startswith(PARQUET):
        return _open_parquet(connection, path)
    if whole and start.startswith(GZIP):
        _check_gzip(path)
    return _open_csv(path, compressed=start.startswith(GZIP))


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Turn what DuckDB says about a file, or about a full disk, into our errors."""
    try:
        with storing():
            yield
    except duckdb.Error as error:
        # a broken Parquet file may raise the base class itself; other classes are our mistakes
        if type(error) is not duckdb.Error and not isinstance(error, _FILE_ERRORS):
            raise
        raise bad_files.explain(path, str(error)) from error


@contextmanager
def storing() -> Generator[None]:
    """Turn a full disk or exhausted memory, as DuckDB reports them, into a StorageError."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        found = str(error).splitlines()[0]
        full = re.search(r"no space left on device|disk quota exceeded", found, re.IGNORECASE)
        out_of_memory = isinstance(error, duckdb.OutOfMemoryException)
        failed = re.search(r"could not write|failed to write", found, re.IGNORECASE)
        if not (full or out_of_memory or failed):
            raise
        raise StorageError(
            f"There was no room to work on the data: {full[0] if full else found}.",
            hint="Free some space or choose another folder with AISLE_HOME, then run it again."
            " Nothing that was there before has changed.",
        ) from error


def sql_text(value: str) -> str:
    """Return a string as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def sql_parquet(path: Path) -> str:
    """Return the Parquet file as what to write after FROM."""
    return f"read_parquet({_sql_path(path)}, {_ONLY_THE_FILE})"


def sql_name(value: str) -> str:
    """Return a string as a SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def _sql_path(path: Path) -> str:
    """Return a path as a SQL literal that names this file only.

    DuckDB takes ``*``, ``?`` and ``[`` for patterns, even where a file has that very name.
    """
    return sql_text(re.sub(r"([*?[])", r"[\1]", str(path)))


@contextmanager
def _opening(path: Path) -> Generator[None]:
    """Turn what reading the first bytes can raise into our errors."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise bad_files.torn_gzip(path) from error
    except OSError as error:
        raise BadFile(
            f"{path.name} cannot be opened: {error.strerror or error}.",
            hint="Check that the file exists and may be read.",
        ) from error


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> OpenedTable:
    sql = sql_parquet(path)
    with reading(path):
        # DuckDB renames columns of one name, so the names are asked of the file itself
        names = connection.execute(
            f"SELECT name, num_children FROM parquet_schema({_sql_path(path)})"
        ).fetchall()
        _check_width(path, names[0][1] or 0)  # the first is the table itself
        schema = connection.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
        count = connection.execute(f"SELECT count(*) FROM {sql}").fetchall()[0][0]
    if count == 0:
        raise bad_files.empty(path)
    columns = tuple(str(row[0]) for row in schema)
    top_level = {str(name) for name, _ in names}
    renamed = [name for name in columns if name not in top_level]
    if renamed:
        raise bad_files.twice(path, renamed[0].rsplit("_", 1)[0])
    return OpenedTable(path.name, sql, columns, tuple(str(row[1]) for row in schema))


def _open_csv(path: Path, *, compressed: bool) -> OpenedTable:
    head = _read_head(path)
    # Everything is said, nothing is guessed: a guess that skips odd lines would lose rows unseen.
    fields = ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in head.columns)
    options = (
        f"auto_detect=false, header=true, skip={head.blank_lines}, nullstr='',"
        f" delim={sql_text(head.delimiter)}, quote='\"', escape='\"', columns={{{fields}}},"
        f" compression='{'gzip' if compressed else 'none'}'"
    )
    sql = f"read_csv({_sql_path(path)}, {options}, {_ONLY_THE_FILE})"
    return OpenedTable(path.name, sql, head.columns, ("VARCHAR",) * len(head.columns))


def _read_head(path: Path) -> _Head:
    """Read the header line: its delimiter is the one that stands in it most often."""
    with _opening(path), bad_files.open_bytes(path) as handle:
        start = handle.read(_HEAD_BYTES)
    bad_files.check_text(path, start)
    text = start.decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise bad_files.empty(path)
    body = text.lstrip("\r\n")
    blank_lines = len(text[: len(text) - len(body)].splitlines())
    unquoted = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", body, maxsplit=1)[0])
    delimiter = max(_DELIMITERS, key=unquoted.count)
    lines = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    try:
        header = next(lines)
    except csv.Error as error:
        raise bad_files.no_header(path) from error
    _check_width(path, len(header))
    names = [name.strip() or f"column {place}" for place, name in enumerate(header, start=1)]
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise bad_files.twice(path, name)
        seen.add(name.lower())
    return _Head(tuple(names), delimiter, blank_lines)


def _check_width(path: Path, columns: int) -> None:
    if columns > _MOST_COLUMNS:
        raise bad_files.too_wide(path, columns, most=_MOST_COLUMNS)


def _check_gzip(path: Path) -> None:
    with _opening(path), bad_files.open_bytes(path) as handle:
        while handle.read(_HEAD_BYTES):
            pass
