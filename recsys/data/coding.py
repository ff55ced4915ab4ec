"""Read kept files into rows of integers: ids are numbered, cells become values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from recsys.data.files import readers
from recsys.data.files.readers import sql_name, sql_text
from recsys.data.intake import PLACE
from recsys.data.reading import dates, events, numbers, values
from recsys.data.reading.columns import check_mapping
from recsys.data.recipe import KeptFile, Recipe

# A row's place holds the number of its file above these bits, and its place in the file below.
FILE_BITS = 40
NUMBERS = ("price", "quantity", "rating", "line_total")
# Bits of ``unread``: something stands in the cell and cannot be read as what it should be.
UNREAD = {"price": 1, "quantity": 2, "rating": 4, "timestamp": 8}
# Role -> what its tables are called, and its column in ``coded``.
_NUMBERED = {
    "user_id": ("user", "u"),
    "item_id": ("item", "i"),
    "order_id": ("ordr", "o"),
    "event_type": ("event_id", "e"),
}


@dataclass(frozen=True)
class KeptTable:
    """A kept file as a view ``file_<number>``: its own columns, and the place of each row."""

    number: int
    file: KeptFile
    types: Mapping[str, str]

    @property
    def view(self) -> str:
        """The name of the view."""
        return f"file_{self.number}"

    def cell(self, role: str) -> str:
        """Return the SQL of a role's cell as it stands in the file."""
        return sql_name(self.file.mapping[role])

    def text(self, role: str) -> str:
        """Return the SQL of a role's cell as clean text; NULL for a role it does not have."""
        column = self.file.mapping.get(role)
        return "NULL" if column is None else values.text(sql_name(column), self.types[column])

    def cells(self, **named: str) -> str:
        """Return a relation of some cells, by SQL, and ``spot``, the row's place in the file.

        The shop's own column names stay inside it, so that none is taken for one of ours.
        """
        cells = "".join(f", {sql} AS {name}" for name, sql in named.items())
        return f"(SELECT {PLACE} AS spot{cells} FROM {self.view})"

    def lines(self, rows: str, columns: str) -> str:
        """Return a relation of the coded rows of this file, and ``spot``."""
        return (
            f"(SELECT {columns}, place & {(1 << FILE_BITS) - 1} AS spot FROM {rows}"
            f" WHERE place >> {FILE_BITS} = {self.number})"
        )

    def place(self) -> str:
        """Return the SQL of a row's place among all files."""
        return f"({self.number << FILE_BITS} + {PLACE})"


@dataclass(frozen=True)
class Coded:
    """What the kept files hold, now in tables of the connection.

    Table ``coded`` has a row for each row of purchases: ``place``; ``u``, ``i``, ``o`` and ``e``,
    numbers into ``all_user``, ``all_item``, ``all_ordr`` and ``all_event`` (NULL: none); ``ts``
    in seconds; ``quantity``, ``price``, ``rating``, ``weight`` and ``unread``.

    Attributes
    ----------
    roles
        Roles that some file of purchases has.
    understood
        File name -> how its dates and numbers are read, in words.
    doubts
        File name -> an example of a date whose day and month could be swapped.
    currencies
        Currencies that stand beside prices.
    """

    purchases: tuple[KeptTable, ...]
    catalogues: tuple[KeptTable, ...]
    people: tuple[KeptTable, ...]
    roles: frozenset[str]
    understood: Mapping[str, tuple[str, ...]]
    doubts: Mapping[str, str]
    currencies: tuple[str, ...]

    @property
    def tables(self) -> tuple[KeptTable, ...]:
        """All files."""
        return (*self.purchases, *self.catalogues, *self.people)


def code_files(
    connection: duckdb.DuckDBPyConnection, recipe: Recipe, *, folder: Callable[[str], Path]
) -> Coded:
    """Give all ids numbers, and read the cells of the purchases.

    Parameters
    ----------
    folder
        Gives the folder of an intake by its id.

    Raises
    ------
    BadFile
        A kept Parquet file turns out to be damaged.
    BadMapping
        The columns of a file are not the ones mapped.
    """
    tables = [
        _open(connection, number, file, folder(file.intake) / file.file)
        for number, file in enumerate(recipe.files)
    ]
    purchases, catalogues, people = (
        tuple(table for table in tables if table.file.kind == kind)
        for kind in ("interactions", "items", "shoppers")
    )
    for role, (name, _) in _NUMBERED.items():
        also = catalogues if role == "item_id" else ()
        _number(connection, name, role, [*purchases, *also])
    _weigh_events(connection, recipe.event_weights)
    readings: list[_Reading] = []
    for table in purchases:
        with readers.reading(Path(table.file.name)):
            readings.append(_read(connection, table, turned="date_order" in recipe.fixes))
    selects = [_select(*pair) for pair in zip(purchases, readings, strict=True)]
    with _reading_all(purchases):
        query = f"CREATE TABLE coded AS {' UNION ALL '.join(selects)}"
        connection.execute(query).fetchall()
    roles = frozenset(role for table in purchases for role in table.file.mapping)
    named = [(table.file.name, reading) for table, reading in zip(purchases, readings, strict=True)]
    return Coded(
        purchases,
        catalogues,
        people,
        roles,
        understood={name: reading.labels for name, reading in named},
        doubts={name: reading.doubt for name, reading in named if reading.doubt},
        currencies=tuple({reading.currency: None for _, reading in named if reading.currency}),
    )


def _open(
    connection: duckdb.DuckDBPyConnection, number: int, file: KeptFile, path: Path
) -> KeptTable:
    sql = readers.sql_parquet(path).removesuffix(")") + f", {PLACE}=true)"
    with readers.reading(Path(file.name)):
        connection.execute(f"CREATE VIEW file_{number} AS FROM {sql}").fetchall()
        described = connection.execute(f"DESCRIBE file_{number}").fetchall()
    types = {str(row[0]): str(row[1]) for row in described if row[0] != PLACE}
    check_mapping(file.kind, file.mapping, columns=list(types), file_name=file.name)
    return KeptTable(number, file, types)


def _number(
    connection: duckdb.DuckDBPyConnection, name: str, role: str, tables: Sequence[KeptTable]
) -> None:
    """Give the ids of a role numbers: ``all_<name>(id, n)``; ``<name>_<file>(raw, n)`` to join on.

    Each different cell is read as text once, not once a row.
    """
    having = [table for table in tables if role in table.file.mapping]
    with _reading_all(having):
        for table in having:
            cell = table.cell(role)
            connection.execute(
                f"CREATE TEMP TABLE {name}_cells_{table.number} AS"
                f" SELECT {cell} AS raw, {table.text(role)} AS id FROM"
                f" (SELECT DISTINCT {cell} FROM {table.view})"
            ).fetchall()
    cells = " UNION ".join(f"SELECT id FROM {name}_cells_{table.number}" for table in having)
    cells = cells or "SELECT NULL::VARCHAR AS id"
    with readers.storing():
        connection.execute(
            f"CREATE TABLE all_{name} AS"
            " SELECT id, CAST(row_number() OVER (ORDER BY id) - 1 AS INTEGER) AS n"
            f" FROM (SELECT DISTINCT id FROM ({cells}) WHERE id IS NOT NULL)"
        ).fetchall()
        for table in having:
            connection.execute(
                f"CREATE TABLE {name}_{table.number} AS SELECT raw, n"
                f" FROM {name}_cells_{table.number} JOIN all_{name} USING (id)"
            ).fetchall()
            connection.execute(f"DROP TABLE {name}_cells_{table.number}").fetchall()


def _weigh_events(connection: duckdb.DuckDBPyConnection, weights: Mapping[str, float]) -> None:
    """Make ``all_event(id, n, weight)`` of the events there are; weight NULL where unknown."""
    given = ", ".join(f"({sql_text(name)}, {weight!r})" for name, weight in weights.items())
    given = f"SELECT * FROM (VALUES {given}) AS given(id, own)" if given else _NO_WEIGHTS
    with readers.storing():
        connection.execute(
            "CREATE TABLE all_event AS SELECT id, n,"
            f" CAST(coalesce(own, {events.weight_sql('id')}) AS FLOAT) AS weight"
            f" FROM all_event_id LEFT JOIN ({given}) USING (id)"
        ).fetchall()


_NO_WEIGHTS = "SELECT NULL::VARCHAR AS id, NULL::DOUBLE AS own WHERE false"


@dataclass(frozen=True)
class _Reading:
    """How the cells of a file of purchases are read: SQL by role, and what to say of it."""

    sql: Mapping[str, str]
    unread: str
    labels: tuple[str, ...]
    doubt: str = ""
    currency: str = ""


def _read(connection: duckdb.DuckDBPyConnection, table: KeptTable, *, turned: bool) -> _Reading:
    """Find out how the numbers and dates of a file are written.

    ``turned`` reads dates whose day and month could be swapped the other way round.
    """
    mapping = table.file.mapping
    labels: list[str] = []
    sql = dict.fromkeys(NUMBERS, "CAST(NULL AS DOUBLE)") | {"timestamp": "CAST(NULL AS BIGINT)"}
    unread: list[str] = []
    doubt = currency = ""
    for role in (role for role in NUMBERS if role in mapping):
        kind = table.types[mapping[role]]
        found = numbers.find_reading(connection, table.view, column=table.cell(role), kind=kind)
        sql[role] = found.sql
        currency = currency or found.currency
        labels += [f"{role.replace('_', ' ')} with {found.label}"] if found.label else []
        if role in UNREAD and not values.is_number(kind):
            text = table.text(role)
            case = f"CASE WHEN {found.sql} IS NULL AND {text} IS NOT NULL THEN {UNREAD[role]}"
            unread.append(f"{case} ELSE 0 END")
    if "timestamp" in mapping:
        written = {"column": table.cell("timestamp"), "kind": table.types[mapping["timestamp"]]}
        order = table.file.date_order
        moment = dates.find_reading(connection, table.view, **written, order=order)
        if moment.ambiguous and turned:
            other = "month first" if moment.label.startswith("day") else "day first"
            again = dates.find_reading(connection, table.view, **written, order=other)
            moment = replace(again, ambiguous=True, example=again.example or moment.label)
        sql["timestamp"] = moment.sql
        labels.append(f"dates as {moment.label}")
        doubt = moment.example if moment.ambiguous else ""
    if "line_total" in mapping and "price" not in mapping:
        sql["price"] = f"{sql['line_total']} / nullif({sql['quantity']}, 0)"
    return _Reading(sql, " + ".join(unread) or "0", tuple(labels), doubt, currency)


def _select(table: KeptTable, reading: _Reading) -> str:
    """Return the query that reads the rows of a file of purchases."""
    mapping, sql = table.file.mapping, reading.sql
    weight = "1"
    if "rating" in mapping:
        weight = "rating"
    elif "event_type" in mapping:
        weight = "all_event.weight"
    raws, joins, ids = _joins(table)
    # a returned piece speaks against the product as much as a bought one speaks for it
    return (
        f"SELECT place, {ids}, ts, CAST(quantity AS FLOAT) AS quantity,"
        " CAST(price AS FLOAT) AS price, CAST(rating AS FLOAT) AS rating,"
        f" CAST({weight} * sign(quantity) AS FLOAT) AS weight, CAST(unread AS UTINYINT) AS unread"
        f" FROM (SELECT {table.place()} AS place, {raws}, {sql['timestamp']} AS ts,"
        f" coalesce({sql['quantity']}, 1) AS quantity, {sql['price']} AS price,"
        f" {sql['rating']} AS rating, {reading.unread} AS unread"
        f" FROM {table.view}) AS line {joins}"
    )


def _joins(table: KeptTable) -> tuple[str, str, str]:
    """Return the cells to join on, the joins that bring numbers for them, and those numbers."""
    raws: list[str] = []
    joins: list[str] = []
    numbers: list[str] = []
    for role, (name, letter) in _NUMBERED.items():
        if role not in table.file.mapping:
            numbers.append(f"CAST(NULL AS INTEGER) AS {letter}")
            continue
        made = f"{name}_{table.number}"
        raws.append(f"{table.cell(role)} AS raw_{letter}")
        joins.append(f"LEFT JOIN {made} ON line.raw_{letter} = {made}.raw")
        numbers.append(f"{made}.n AS {letter}")
    if "event_type" in table.file.mapping:
        joins.append(f"LEFT JOIN all_event ON all_event.n = event_id_{table.number}.n")
    return ", ".join(raws), " ".join(joins), ", ".join(numbers)


def _reading_all(tables: Sequence[KeptTable]) -> AbstractContextManager[None]:
    return readers.reading(Path(", ".join(table.file.name for table in tables) or "the files"))
