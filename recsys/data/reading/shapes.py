"""The shapes of a column's cells: ``12/1/2010 8:26`` has the shape ``00/0/0000 0:00``.

A column of a million cells has a handful of shapes, so how they are to be read can be worked out
in Python, at leisure, and is then said to DuckDB in one expression.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

_MOST_SHAPES = 500
_SAMPLE_ROWS = 20_000
_DIGITS = str.maketrans("123456789", "000000000")


@dataclass(frozen=True)
class Shape:
    """Cells that differ in their digits only.

    Attributes
    ----------
    text
        The cell in small letters, every digit a 0.
    rows
        How many of the rows looked at have it.
    least
        The first of these cells in the order of text.
    """

    text: str
    rows: int
    least: str


def of_text(text: str) -> str:
    """Return the shape of one text.

    Examples
    --------
    >>> of_text("1 Dec 2010")
    '0 dec 0000'
    """
    return text.lower().translate(_DIGITS)


def of_column(
    connection: duckdb.DuckDBPyConnection, rows: str, *, column: str, cell: str
) -> list[Shape]:
    """Return the shapes of a column, the most frequent first, at most 500 of them.

    Parameters
    ----------
    rows, column
        What to write after FROM, and its column.
    cell
        SQL for its cell as text. Of a long column the first 20,000 rows are looked at, and about
        as many more from all over it: files of several years may change their ways.
    """
    count = connection.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0]
    cells = f"SELECT {cell} AS cell FROM {rows}"
    if count > 2 * _SAMPLE_ROWS:
        # hash() picks the same rows in every run, which sampling in parallel does not
        picked = f"{cells} WHERE hash({column}) % {count // _SAMPLE_ROWS} = 0"
        cells = f"FROM ({cells} LIMIT {_SAMPLE_ROWS}) UNION ALL {picked}"
    found = connection.execute(
        f"SELECT translate(lower(cell), '123456789', '000000000') AS shape, count(*), min(cell)"
        f" FROM ({cells}) WHERE cell IS NOT NULL"
        f" GROUP BY shape ORDER BY count(*) DESC, shape LIMIT {_MOST_SHAPES}"
    ).fetchall()
    return [Shape(*row) for row in found]
