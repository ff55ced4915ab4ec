"""JSON as a table: an object a row, a name a column, all as text."""

from __future__ import annotations

import duckdb

from recsys.data.files import bad_files
from recsys.data.files.duck import ONLY_THE_FILE, reading, sql_path, sql_texts
from recsys.data.files.json_faults import find_fault
from recsys.data.files.opened import OpenedTable, check_names, check_width
from recsys.data.files.sources import CHUNK, Source
from recsys.errors import BadFile

_PREVIEWED = 1_000


def open_json(
    connection: duckdb.DuckDBPyConnection, source: Source, start: str, *, given: Source, whole: bool
) -> OpenedTable:
    """Return UTF-8 JSON, plain or gzip, as a table of text.

    Numbers are as DuckDB writes them: whole ones as they stand, however long, and 1.10 as 1.1.

    Parameters
    ----------
    given
        The file as the shop gave it, which is where a fault is looked for.
    whole
        Take the names of all objects, since one may first stand in the last row; else those of
        the first thousand.

    Raises
    ------
    BadFile
        A line is no object, or a name is empty, or stands twice.
    """
    array = start.lstrip().startswith("[")
    options = (
        f"format='{'array' if array else 'newline_delimited'}',"
        f" compression='{'gzip' if source.packing else 'none'}', {ONLY_THE_FILE}"
    )
    if array and whole and not _ends(source):
        raise find_fault(given)
    with reading(given.path, name=given.name):
        columns = _names(connection, f"{sql_path(source.path)}, {options}", whole=whole)
    if not columns:
        raise bad_files.empty(given.path, given.name)
    if None in columns:
        raise _not_objects(given, array=array)
    names = tuple(name for name in columns if name is not None)
    check_width(given.name, len(names))
    if "" in names:
        raise bad_files.unusable_name(given.name)
    check_names(given.name, names)
    sql = (
        f"read_json({sql_path(source.path)}, auto_detect=false, records=true,"
        f" columns={sql_texts(names)}, {options})"
    )
    words = "a JSON array" if array else "JSON lines"
    return OpenedTable(given.name, sql, names, ("VARCHAR",) * len(names), 1, words)


def _names(
    connection: duckdb.DuckDBPyConnection, arguments: str, *, whole: bool
) -> list[str | None]:
    """Return the names in the order of the first rows, then those that only come later.

    None among them stands for values that are no objects.
    """
    objects = f"FROM read_json_objects({arguments})"
    keys = "unnest(if(json_type(json) = 'OBJECT', json_keys(json), [NULL])) AS name"
    first = connection.execute(f"SELECT {keys} FROM (SELECT json {objects} LIMIT {_PREVIEWED})")
    found: dict[str | None, None] = {name: None for (name,) in first.fetchall()}
    if whole:
        every = connection.execute(
            f"SELECT DISTINCT name FROM (SELECT {keys} {objects}) ORDER BY 1"
        )
        found.update((name, None) for (name,) in every.fetchall())
    return list(found)


def _ends(source: Source) -> bool:
    """Tell whether an array has its end, which DuckDB does not ask for."""
    end = b""
    with source.open() as handle:
        while chunk := handle.read(CHUNK):
            end = chunk.rstrip() or end
    return end.endswith(b"]")


def _not_objects(given: Source, *, array: bool) -> BadFile:
    if array:
        return bad_files.broken_json(given.name, 0, "the JSON array holds more than objects")
    return find_fault(given)
