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
    objects = f"read_json_objects({sql_path(source.path)}, {options})"
    with reading(given.path, name=given.name):
        names = _names(connection, objects, whole=whole)
        only_objects = None not in names or _only_objects(connection, objects, whole=whole)
    if not only_objects:
        raise _not_objects(given, array=array)
    names = tuple(name for name in names if name is not None)
    if not names:
        raise bad_files.empty(given.path, given.name)
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
    connection: duckdb.DuckDBPyConnection, objects: str, *, whole: bool
) -> tuple[str | None, ...]:
    """Return the names in the order of the first rows, then those that only come later.

    None among them stands for a value without names: an empty object, or none.
    """
    keys = "FROM (SELECT json_keys(json) AS keys FROM"
    names = "unnest(if(len(keys) = 0, [NULL], keys))"
    first = connection.execute(f"SELECT {names} {keys} {objects} LIMIT {_PREVIEWED})").fetchall()
    found: dict[str | None, None] = {name: None for (name,) in first}
    if whole:
        every = connection.execute(
            f"SELECT DISTINCT name FROM (SELECT {names} AS name {keys} {objects})) ORDER BY 1"
        )
        found.update((name, None) for (name,) in every.fetchall())
    return tuple(found)


def _only_objects(connection: duckdb.DuckDBPyConnection, objects: str, *, whole: bool) -> bool:
    some = "" if whole else f" LIMIT {_PREVIEWED}"
    query = f"SELECT bool_and(json_type(json) = 'OBJECT') FROM (SELECT json FROM {objects}{some})"
    return bool(connection.execute(query).fetchall()[0][0])


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
