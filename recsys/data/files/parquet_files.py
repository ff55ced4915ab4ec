"""Parquet as a table, with the types that it says."""

from __future__ import annotations

import duckdb

from recsys.data.files import bad_files
from recsys.data.files.duck import reading, sql_parquet, sql_path
from recsys.data.files.opened import OpenedTable, check_names, check_width
from recsys.data.files.sources import Source


def open_parquet(connection: duckdb.DuckDBPyConnection, source: Source) -> OpenedTable:
    """Return a Parquet file as a table.

    Raises
    ------
    BadFile
        It is damaged, has no rows, or names a column twice.
    """
    sql = sql_parquet(source.path)
    with reading(source.path, name=source.name):
        # DuckDB renames columns of one name, so the names are asked of the file itself
        names = connection.execute(
            f"SELECT name, num_children FROM parquet_schema({sql_path(source.path)})"
        ).fetchall()
        check_width(source.name, names[0][1] or 0)  # the first is the table itself
        schema = connection.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
        count = connection.execute(f"SELECT count(*) FROM {sql}").fetchall()[0][0]
    if count == 0:
        raise bad_files.empty(source.path, source.name)
    columns = tuple(str(row[0]) for row in schema)
    top_level = {str(name) for name, _ in names}
    renamed = [name for name in columns if name not in top_level]
    if renamed:
        raise bad_files.twice(source.name, renamed[0].rsplit("_", 1)[0])
    check_names(source.name, columns)
    types = tuple(str(row[1]) for row in schema)
    return OpenedTable(source.name, sql, columns, types, 1, "Parquet")
