"""Parquet by pyarrow, which brings no type stubs and loads pandas at the slightest touch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Table: TypeAlias = Any
    pa: Any
    pq: Any
else:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import Table

__all__ = ["Table", "column_names", "pa", "read_parquet", "write_parquet"]


def read_parquet(path: Path, *, columns: Sequence[str] | None = None) -> Table:
    """Return a Parquet file, or some of its columns, as a ``pyarrow.Table``.

    ``pq.read_table`` would load pandas, which takes a second.
    """
    with pq.ParquetFile(path) as file:
        return file.read(columns=None if columns is None else list(columns))


def column_names(path: Path) -> list[str]:
    """Return the names of the columns of a Parquet file."""
    with pq.ParquetFile(path) as file:
        return list(file.schema_arrow.names)


def write_parquet(table: Table, path: Path) -> None:
    """Write a ``pyarrow.Table`` to a Parquet file."""
    pq.write_table(table, path)
