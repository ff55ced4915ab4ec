"""The rows of the interactions: read, checked, numbered and written."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import duckdb

from recsys.data import checks
from recsys.data.checks import Removed
from recsys.data.files import bad_files, readers
from recsys.data.files.readers import sql_name, sql_text
from recsys.data.reading import dates, events, values
from recsys.data.reading.columns import check_mapping
from recsys.data.side_files import Source
from recsys.errors import NoUsableRows

_TEXTS = ("order_id", "event_type", "item_name", "item_category", "item_brand")
_NUMBERS = ("quantity", "price", "rating")


@dataclass(frozen=True)
class Counted:
    """How many rows were read and kept, and why the others were not."""

    read: int
    kept: int
    removed: tuple[Removed, ...]


def load_rows(connection: duckdb.DuckDBPyConnection, source: Source, *, scratch: Path) -> str:
    """Read the interactions into ``dated``; return how their dates are read ("" for none).

    It has ``place`` (the row's place in the file), the ids as text, what the mapping names,
    ``timestamp`` in seconds, ``event_weight`` and ``price_text``, which is what stands in place of
    a price where that is no number.

    Raises
    ------
    BadFile, BadMapping
        The file is no table, or its columns are not the ones mapped.
    """
    table = readers.open_table(connection, source.path, scratch=scratch)
    mapping = source.mapping
    check_mapping("interactions", mapping, columns=table.columns, file_name=table.file_name)
    types = dict(zip(table.columns, table.types, strict=True))
    cells = [
        f"{values.text(sql_name(mapping[role]), types[mapping[role]])} AS {role}"
        for role in ("user_id", "item_id", *_TEXTS)
        if role in mapping
    ]
    cells += [
        f"{values.number(sql_name(mapping[role]))} AS {role}"
        for role in _NUMBERS
        if role in mapping
    ]
    if "price" in mapping:
        cells.append(f"{_price_text(sql_name(mapping['price']), types[mapping['price']])}")
    kind = types.get(mapping.get("timestamp", ""), "")
    if kind:
        moment = sql_name(mapping["timestamp"])
        typed = dates.is_moment(kind) or values.is_number(kind)
        cells.append(f"{moment if typed else values.text(moment, kind)} AS moment")
    with readers.reading(source.path):
        query = f"CREATE TABLE raw AS SELECT {', '.join(cells)} FROM {table.sql}"
        connection.execute(query).fetchall()
    return _add_dates_and_weights(connection, mapping, kind)


def _price_text(column: str, kind: str) -> str:
    # a column of numbers holds no text, and takes no room to say so
    unread = values.unread(column, kind, value=values.number(column))
    return f"{'NULL' if values.is_number(kind) else unread} AS price_text"


def _add_dates_and_weights(
    connection: duckdb.DuckDBPyConnection, mapping: dict[str, str], kind: str
) -> str:
    added: list[str] = []
    label = ""
    if kind:
        reading = dates.find_reading(connection, "raw", column="moment", kind=kind)
        label = reading.label
        added.append(f"{reading.sql} AS timestamp")
    if "event_type" in mapping:
        added.append(f"{events.weight_sql('event_type')} AS event_weight")
    columns = ", ".join(["rowid AS place", "*", *added])
    costly = "event_type" in mapping or (kind != "" and not dates.is_moment(kind))
    with readers.storing():
        if costly:  # many queries follow: what takes work to read is read once
            connection.execute(f"CREATE TABLE dated AS SELECT {columns} FROM raw").fetchall()
            connection.execute("DROP TABLE raw").fetchall()
        else:
            connection.execute(f"CREATE VIEW dated AS SELECT {columns} FROM raw").fetchall()
    return label


def check_rows(connection: duckdb.DuckDBPyConnection, source: Source, *, catalogue: str) -> Counted:
    """Count what can be used; view ``usable`` holds those rows.

    Parameters
    ----------
    catalogue
        File name of the items, whose ids are in table ``numbered_items``. Without one ("") any
        product will do, and the table is made here.

    Raises
    ------
    BadFile
        The file has a header and no rows.
    NoUsableRows
        Nothing was left.
    """
    found = checks.reasons(source.mapping, catalogue)
    if not catalogue:
        number_items(connection, f"SELECT item_id FROM dated WHERE {checks.usable(found)}")
    rows = "(FROM dated LEFT JOIN numbered_items USING (item_id))"
    with readers.storing():
        read, kept, removed = checks.count(connection, rows, found)
        if read == 0:
            raise bad_files.empty(source.path)
        if kept == 0:
            why = {reason.code for reason in found if reason.removes}
            reasons = " ".join(one.message for one in removed if one.code in why)
            raise NoUsableRows(
                f"None of the {read:,} rows of {source.path.name} can be used: {reasons}",
                hint="Check which column plays which role.",
            )
        connection.execute(
            f"CREATE VIEW usable AS FROM {rows} WHERE {checks.usable(found)}"
        ).fetchall()
    return Counted(read, kept, tuple(removed))


def number_items(connection: duckdb.DuckDBPyConnection, ids: str) -> None:
    """Give the items that a query returns their row numbers, in table ``numbered_items``."""
    with readers.storing():
        connection.execute(
            "CREATE TABLE numbered_items AS"
            " SELECT item_id, CAST(row_number() OVER (ORDER BY item_id) - 1 AS INTEGER) AS item"
            f" FROM (SELECT DISTINCT item_id FROM ({ids}))"
        ).fetchall()


def number_rows(connection: duckdb.DuckDBPyConnection, roles: Set[str]) -> str:
    """Give shoppers and baskets numbers: tables ``numbered_shoppers``, ``lines``, ``baskets``.

    Returns
    -------
    str
        What makes a basket: "order", "shopper_day" or "shopper".
    """
    weight = "rating" if "rating" in roles else "event_weight" if "event_type" in roles else "1"
    day = "timestamp // 86400" if "timestamp" in roles else "0"
    order = "NULL"
    if "order_id" in roles:  # a row without an order goes with the shopper's day
        order, day = "order_id", f"CASE WHEN order_id IS NULL THEN {day} ELSE 0 END"
    columns = [
        "user",
        "item",
        f"CAST({weight} AS FLOAT) AS weight",
        f"CAST({'quantity' if 'quantity' in roles else 1} AS FLOAT) AS quantity",
        f"coalesce({order}, '') AS order_key",
        f"{day} AS day",
        "place",
    ]
    if "timestamp" in roles:
        columns.append("timestamp")
    if "price" in roles:
        columns.append("coalesce(CAST(price AS FLOAT), 'nan') AS price")
    with readers.storing():
        connection.execute(
            "CREATE TABLE numbered_shoppers AS"
            " SELECT user_id, CAST(row_number() OVER (ORDER BY user_id) - 1 AS INTEGER) AS user"
            " FROM (SELECT DISTINCT user_id FROM usable)"
        ).fetchall()
        connection.execute(
            f"CREATE TABLE lines AS SELECT {', '.join(columns)}"
            " FROM usable JOIN numbered_shoppers USING (user_id)"
        ).fetchall()
        connection.execute(
            "CREATE TABLE baskets AS SELECT *,"
            " CAST(row_number() OVER (ORDER BY user, order_key, day) - 1 AS INTEGER) AS basket"
            " FROM (SELECT DISTINCT user, order_key, day FROM lines)"
        ).fetchall()
    if "order_id" in roles:
        return "order"
    return "shopper_day" if "timestamp" in roles else "shopper"


def write_rows(connection: duckdb.DuckDBPyConnection, path: Path, *, roles: Set[str]) -> None:
    """Write the numbered rows in the order of time, rows of one second in that of the file."""
    with readers.storing():
        connection.execute(
            "COPY (SELECT lines.* EXCLUDE (order_key, day, place), basket"
            " FROM lines JOIN baskets USING (user, order_key, day)"
            f" ORDER BY {'timestamp, ' if 'timestamp' in roles else ''}place)"
            f" TO {sql_text(str(path))} (FORMAT parquet)"
        ).fetchall()
