"""DuckDB for a shop's files: connections, names and texts in SQL, and its complaints."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from recsys.data.files import bad_files, complaints

_FILE_ERRORS = (
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.ConversionException,
    duckdb.NotImplementedException,
    duckdb.InternalException,
)
# DuckDB would take a folder named user_id=7 for a column of that name.
ONLY_THE_FILE = "hive_partitioning=false, union_by_name=false, filename=false"
NO_EXTENSIONS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB of its own with bounded memory that spills into ``scratch``.

    It fetches no extensions, and reads times without a zone as UTC wherever the machine stands.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": "1200MB",
            "temp_directory": str(scratch / "spill"),
            "threads": 2,
            **NO_EXTENSIONS,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


@contextmanager
def reading(path: Path, *, name: str = "") -> Generator[None]:
    """Turn what DuckDB says about a file, or about a full disk, into our errors.

    Parameters
    ----------
    path
        The file as the shop gave it, even where a converted copy is read.
    name
        What messages call it; by default the name of the path.
    """
    try:
        with storing():
            yield
    except duckdb.Error as error:
        # a broken Parquet file may raise the base class itself; other classes are our mistakes
        if type(error) is not duckdb.Error and not isinstance(error, _FILE_ERRORS):
            raise
        raise complaints.explain(path, str(error), name=name) from error


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
        raise bad_files.no_room(full[0] if full else found) from error


def sql_text(value: str) -> str:
    """Return a string as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def sql_name(value: str) -> str:
    """Return a string as a SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def sql_path(path: Path) -> str:
    """Return a path as a SQL literal that names this file only.

    DuckDB takes ``*``, ``?`` and ``[`` for patterns, even where a file has that very name.
    """
    return sql_text(re.sub(r"([*?[])", r"[\1]", str(path)))


def sql_parquet(path: Path) -> str:
    """Return the Parquet file as what to write after FROM."""
    return f"read_parquet({sql_path(path)}, {ONLY_THE_FILE})"


def sql_texts(columns: tuple[str, ...]) -> str:
    """Return columns that are all text, as CSV and JSON readers want them."""
    return "{" + ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in columns) + "}"
