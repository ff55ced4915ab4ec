"""The files beside the interactions: one row for each product, or for each shopper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import duckdb

from recsys.data import checks
from recsys.data.checks import Removed, sentence
from recsys.data.files import bad_files, readers
from recsys.data.files.readers import OpenedTable, sql_name, sql_text
from recsys.data.reading import values
from recsys.data.reading.columns import ROLES, Kind, check_mapping

# What a catalogue lacks comes from the interactions: its field -> their role.
_FILLS = {"name": "item_name", "category": "item_category", "brand": "item_brand"}
_NUMBERS = ("price", "cost", "stock")


@dataclass(frozen=True)
class Source:
    """A file, and which of its columns plays which role (role -> column)."""

    path: Path
    mapping: dict[str, str]


@dataclass(frozen=True)
class SideFile:
    """What a side file brought.

    Attributes
    ----------
    fields
        The columns of table ``items_file`` or ``shoppers_file`` beside the id: roles first, then
        attributes.
    removed
        Rows that were left out, and cells that could not be read.
    """

    fields: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()


def load_side_file(
    connection: duckdb.DuckDBPyConnection, kind: Kind, *, source: Source
) -> SideFile:
    """Read a side file into table ``<kind>_file``, the first row of each id.

    Columns without a role are kept as text under their own names, but for those that have the
    name of a role: they would be taken for it.

    Raises
    ------
    BadFile, BadMapping
        The file is no table, or its columns are not the ones mapped.
    """
    table = readers.open_table(connection, source.path)
    check_mapping(kind, source.mapping, columns=table.columns, file_name=table.file_name)
    roles = [role.name for role in ROLES[kind] if role.name in source.mapping]
    id_role = roles.pop(0)
    types = dict(zip(table.columns, table.types, strict=True))
    attributes = _attributes(kind, table, source.mapping)
    fields = (*roles, *attributes)
    # The shop may call a column rowid or item: until all is sorted the columns have numbers.
    cells = [f"{_cell(id_role, source.mapping[id_role], types)} AS {id_role}"]
    chosen = [*((role, source.mapping[role]) for role in roles), *(("", one) for one in attributes)]
    for place, (role, column) in enumerate(chosen):
        cells.append(f"{_cell(role, column, types)} AS field_{place}")
    numbers = [role for role in roles if role in _NUMBERS]
    for role in numbers:
        column = source.mapping[role]
        value = _cell(role, column, types)
        text = values.unread(sql_name(column), types[column], value=value)
        cells.append(f"{text} AS {role}_text")
    with readers.reading(source.path):
        query = f"CREATE TABLE {kind}_all AS SELECT {', '.join(cells)} FROM {table.sql}"
        connection.execute(query).fetchall()
    empty_cells = _count_unreadable(connection, kind, numbers, source.path)
    rows = _keep_first(connection, kind, id_role, fields=fields, path=source.path)
    return SideFile(fields, (*rows, *empty_cells))


def _attributes(kind: Kind, table: OpenedTable, mapping: dict[str, str]) -> tuple[str, ...]:
    taken = {role.name for role in ROLES[kind]}
    free = [column for column in table.columns if column not in mapping.values()]
    return tuple(column for column in free if column.lower() not in taken)


def _cell(role: str, column: str, types: dict[str, str]) -> str:
    name = sql_name(column)
    if role in ("price", "cost"):
        return values.price(name)
    if role == "stock":
        return values.stock(name, types[column])
    return values.text(name, types[column])


def _count_unreadable(
    connection: duckdb.DuckDBPyConnection, kind: Kind, roles: Sequence[str], path: Path
) -> list[Removed]:
    found: list[Removed] = []
    for role in roles:
        reason = checks.unreadable(role, example=f"{role}_text")
        query = f"SELECT count(*) FROM {kind}_all WHERE {reason.unusable}"
        number = connection.execute(query).fetchall()[0][0]
        if number:
            some = checks.examples(connection, f"{kind}_all", reason)
            message = f"{path.name}: {reason.words(number)}"
            found.append(Removed(reason.code, kind, number, message, some))
    return found


def _keep_first(
    connection: duckdb.DuckDBPyConnection,
    kind: Kind,
    id_role: str,
    *,
    fields: Sequence[str],
    path: Path,
) -> tuple[Removed, ...]:
    columns = [id_role, *(f"field_{n} AS {sql_name(name)}" for n, name in enumerate(fields))]
    with readers.storing():
        query = f"SELECT count(*), count({id_role}), count(DISTINCT {id_role}) FROM {kind}_all"
        read, with_id, distinct = connection.execute(query).fetchall()[0]
        if read == 0:
            raise bad_files.empty(path)
        connection.execute(
            f"CREATE TABLE {kind}_file AS SELECT {', '.join(columns)} FROM {kind}_all"
            f" WHERE {id_role} IS NOT NULL QUALIFY"
            f" row_number() OVER (PARTITION BY {id_role} ORDER BY {kind}_all.rowid) = 1"
        ).fetchall()
        connection.execute(f"DROP TABLE {kind}_all").fetchall()
    removed: list[Removed] = []
    for code, number, verb, verbs in (
        ("no_id", read - with_id, "has no id", "have no id"),
        ("repeated", with_id - distinct, "repeats an id", "repeat an id"),
    ):
        if number:
            message = f"{path.name}: {sentence(number, verb, verbs)}"
            removed.append(Removed(code, kind, number, message))
    return tuple(removed)


def write_items(
    connection: duckdb.DuckDBPyConnection, path: Path, fields: Sequence[str], *, roles: Set[str]
) -> None:
    """Write the catalogue in the order of its row numbers.

    Parameters
    ----------
    fields
        What table ``items_file`` brings; nothing when there is no such file.
    roles
        The roles of the interactions, from which comes what the fields lack: the most frequent
        name, category and brand of an item, and the median of the prices paid.
    """
    cells = {field: f"items_file.{sql_name(field)}" for field in fields}
    joins = ["LEFT JOIN items_file USING (item_id)"] if fields else []
    for field, role in _FILLS.items():
        if role in roles and field not in fields:
            # of two texts as frequent the last in the alphabet, so that every run gives the same
            joins.append(
                f"LEFT JOIN (SELECT item, max({{'n': n, 'text': {role}}}).text AS {role} FROM"
                f" (SELECT item, {role}, count(*) AS n FROM usable WHERE {role} IS NOT NULL"
                f" GROUP BY ALL) GROUP BY item) AS of_{role}"
                f" ON of_{role}.item = numbered_items.item"
            )
            cells[field] = f"of_{role}.{role}"
    if "price" in roles and "price" not in fields:
        joins.append(
            "LEFT JOIN (SELECT item, median(price) AS paid FROM usable WHERE price > 0"
            " GROUP BY item) AS of_price ON of_price.item = numbered_items.item"
        )
        cells["price"] = "of_price.paid"
    _write(connection, path, f"numbered_items {' '.join(joins)}", "item_id", cells)


def write_shoppers(connection: duckdb.DuckDBPyConnection, path: Path, fields: Sequence[str]) -> int:
    """Write the shoppers in the order of their row numbers.

    Returns
    -------
    int
        How many rows of table ``shoppers_file`` were left out, since that shopper did nothing.
    """
    if not fields:
        _write(connection, path, "numbered_shoppers", "user_id", {})
        return 0
    cells = {field: f"shoppers_file.{sql_name(field)}" for field in fields}
    rows = "numbered_shoppers LEFT JOIN shoppers_file USING (user_id)"
    _write(connection, path, rows, "user_id", cells)
    query = "SELECT count(*) FROM shoppers_file ANTI JOIN numbered_shoppers USING (user_id)"
    return connection.execute(query).fetchall()[0][0]


def _write(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    rows: str,
    id_role: str,
    cells: Mapping[str, str],
) -> None:
    columns = [id_role, *(f"{sql} AS {sql_name(name)}" for name, sql in cells.items())]
    with readers.storing():
        connection.execute(
            f"COPY (SELECT {', '.join(columns)} FROM {rows} ORDER BY {id_role})"
            f" TO {sql_text(str(path))} (FORMAT parquet)"
        ).fetchall()
