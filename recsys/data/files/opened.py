"""What an opened file is to those who query it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recsys.data.files import bad_files

# More is a matrix, not a table: each column becomes a choice on the page.
_MOST_COLUMNS = 2_000


@dataclass(frozen=True)
class OpenedTable:
    """A file as a source of rows.

    Attributes
    ----------
    file_name
        What messages call the file.
    sql
        What to write after FROM; its columns are ``columns``, its rows in the order of the file.
    columns
        Column names as in the file; for CSV and sheets without spaces around them.
    types
        DuckDB type of each column; all VARCHAR but for Parquet.
    first_row
        Number of the first row of data as people count: 2 below a header line, more where lines
        stand above the header; 1 for Parquet and JSON.
    understood
        What the file was taken for, such as "comma-separated, UTF-8, gzip".
    """

    file_name: str
    sql: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    first_row: int
    understood: str


def check_width(name: str, columns: int) -> None:
    """Refuse more columns than a table of a shop can have."""
    if columns > _MOST_COLUMNS:
        raise bad_files.too_wide(name, columns, most=_MOST_COLUMNS)


def check_names(name: str, columns: Sequence[str]) -> None:
    """Refuse two columns of one name, and names that no query can hold."""
    seen: set[str] = set()
    for column in columns:
        if "\0" in column:
            raise bad_files.unusable_name(name)
        if column.lower() in seen:
            raise bad_files.twice(name, column)
        seen.add(column.lower())
