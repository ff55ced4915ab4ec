"""Find out whether the categories of a column are paths, such as ``Home > Kitchen > Mugs``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import duckdb

from recsys.data.reading import values

# Longest first: " > " and ">>" are no other signs than ">". A slash may belong to a name
# ("Frozen/Ice"), so it has to prove that the values form a tree.
_SIGNS = (">", "::", "|", "\\", "/")
_ENOUGH = 0.5
_ENOUGH_OF_A_TREE = 0.8
_MOST_LEVELS = 9


@dataclass(frozen=True)
class CategoryReading:
    """How the categories of a column are read.

    Attributes
    ----------
    label
        In words, such as "levels divided by >"; empty when each cell is one category.
    levels
        How many levels there are; 1 when cells are no paths.
    level_sql
        Gives SQL for level 1 (the top), 2 and so on; NULL where a path is shorter.
    best
        The first level that tells products apart: 2 when all are below one root.
    """

    label: str
    levels: int
    level_sql: Callable[[int], str]
    best: int = 1


class _Found(NamedTuple):
    cells: int
    divided: int
    distinct: int
    distinct_divided: int
    tops: int
    deepest: int


def find_reading(
    connection: duckdb.DuckDBPyConnection, rows: str, *, column: str, kind: str
) -> CategoryReading:
    """Find out how a column names the categories of products.

    A sign divides levels when at least half of the filled cells have it. A slash does when four
    fifths have it, and the parts before it repeat as the branches of a tree do.

    Parameters
    ----------
    rows, column, kind
        What to write after FROM, its column, and the type of that column. Of a list, the items
        are the levels.
    """
    if kind.endswith("[]"):
        deepest = connection.execute(f"SELECT max(len({column})) FROM {rows}").fetchall()[0][0]
        return _with_best(connection, rows, "levels of a list", deepest or 1, _of_list(column))
    cell = values.text(column, kind)
    for sign in _SIGNS:
        found = _look(connection, rows, cell=cell, sign=sign)
        if _divides(sign, found):
            label = f"levels divided by {sign}"
            return _with_best(connection, rows, label, found.deepest, _of_path(cell, sign))
    return CategoryReading("", 1, lambda level: cell if level == 1 else "CAST(NULL AS VARCHAR)")


def _look(connection: duckdb.DuckDBPyConnection, rows: str, *, cell: str, sign: str) -> _Found:
    """Count the cells, and the different ones, that a sign divides."""
    level = _of_path("cell", sign)
    divided = f"{level(2)} IS NOT NULL"
    query = (
        f"SELECT cell, count(*) AS n, {divided} AS divided, {level(1)} AS top,"
        f" {_depth('cell', sign)} AS depth FROM (SELECT {cell} AS cell FROM {rows})"
        " WHERE cell IS NOT NULL GROUP BY cell"
    )
    found = connection.execute(
        "SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (divided), 0), count(*),"
        " count(*) FILTER (divided), count(DISTINCT top) FILTER (divided),"
        f" coalesce(max(depth), 1) FROM ({query})"
    ).fetchall()[0]
    return _Found(*map(int, found))


def _divides(sign: str, found: _Found) -> bool:
    if not found.divided:
        return False
    if sign != "/":
        return found.divided >= _ENOUGH * found.cells
    # different paths of a tree share their first parts
    return (
        found.divided >= _ENOUGH_OF_A_TREE * found.cells
        and found.distinct_divided >= _ENOUGH_OF_A_TREE * found.distinct
        and 2 * found.tops <= found.distinct_divided
    )


def _with_best(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    label: str,
    deepest: int,
    level_sql: Callable[[int], str],
) -> CategoryReading:
    levels = min(max(deepest, 1), _MOST_LEVELS)
    counts = ", ".join(f"count(DISTINCT {level_sql(level)})" for level in range(1, levels + 1))
    distinct = connection.execute(f"SELECT {counts} FROM {rows}").fetchall()[0]
    best = next((level for level, count in enumerate(distinct, start=1) if count > 1), 1)
    return CategoryReading(label, levels, level_sql, best)


def _parts(cell: str, sign: str) -> str:
    """Return SQL for the list of a path's parts, without empty ones at its ends."""
    inner = f"trim({cell}, '{sign} ')"
    return (
        f"string_split({inner}, '{sign}')"
        if sign != ">"
        else (f"string_split(replace({inner}, '>>', '>'), '>')")
    )


def _depth(cell: str, sign: str) -> str:
    return f"len({_parts(cell, sign)})"


def _of_path(cell: str, sign: str) -> Callable[[int], str]:
    return lambda level: f"nullif(trim({_parts(cell, sign)}[{int(level)}]), '')"


def _of_list(column: str) -> Callable[[int], str]:
    return lambda level: values.text(f"({column})[{int(level)}]", "")
