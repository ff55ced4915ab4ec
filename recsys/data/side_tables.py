"""The files beside the purchases, one row for each product or shopper, as one table a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recsys.data.coding import KeptTable
from recsys.data.files import readers
from recsys.data.files.readers import sql_name, sql_text
from recsys.data.findings.base import Bench, Finding, rows_do
from recsys.data.reading import categories, dates, numbers, values
from recsys.data.reading.columns import ROLES, Kind

_NUMBERS = ("price", "cost", "stock")
_KINDS = {"price": "DOUBLE", "cost": "DOUBLE", "stock": "INTEGER", "launched_at": "BIGINT"}
# What a category that is a path becomes: its levels, and the whole of it.
_LEVELS = ("category", "category_2", "category_3")
_PATH = "category_path"
# What marks a product of a sensitive category, see recsys.data.findings.sensitive.
SENSITIVE = "sensitive"
_UNMAPPED = " (unmapped)"
_ID_ROLES: dict[Kind, str] = {"items": "item_id", "shoppers": "user_id"}


@dataclass(frozen=True)
class Field:
    """A column beside the id: a role, or an attribute under the shop's own name.

    ``column`` is what it is called inside: the shop may call its own rowid, item or place.
    """

    name: str
    role: str
    column: str


@dataclass(frozen=True)
class SideTable:
    """What the files of a kind brought: table ``<kind>_side`` with ``id`` and the fields."""

    kind: Kind
    fields: tuple[Field, ...] = ()

    def has(self, role: str) -> bool:
        """Tell whether some file has a role."""
        return any(field.role == role for field in self.fields)


def load_side(bench: Bench, kind: Kind, tables: Sequence[KeptTable]) -> SideTable:
    """Read the files of a kind into one table, one row an id, and settle what is found in them.

    Within a file the first row of an id holds; what a later file says of it holds before what an
    earlier one says. Columns without a role are kept as text under their own names.
    """
    if not tables:
        return SideTable(kind)
    readings = {table.number: _read(bench, table) for table in tables}
    fields = _fields(kind, tables, readings)
    names = {field.column: field for field in fields}
    selects: list[str] = []
    for table in tables:
        cells = [f"{table.text(_ID_ROLES[kind])} AS id", f"{table.place()} AS place"]
        for field in fields:
            cells += _cells(table, field, readings[table.number])
        selects.append(f"SELECT {', '.join(cells)} FROM {table.view}")
    with readers.reading(Path(", ".join(table.file.name for table in tables))):
        query = f"CREATE TABLE {kind}_all AS {' UNION ALL BY NAME '.join(selects)}"
        bench.connection.execute(query).fetchall()
    bench.settle([*_unread(bench, kind, fields), *_lost(bench, kind)])
    best = f"FROM {kind}_all WHERE id IS NOT NULL QUALIFY row_number() OVER"
    if len(tables) == 1:
        chosen = ", ".join(["id", *names])
        bench.run(
            f"CREATE TABLE {kind}_side AS SELECT {chosen} {best}"
            " (PARTITION BY id ORDER BY place) = 1"
        )
    else:
        newest = ", ".join(
            f"any_value({column} ORDER BY place >> 40 DESC, place) AS {column}" for column in names
        )
        bench.run(
            f"CREATE TABLE {kind}_side AS SELECT id, {newest or 'count(*) AS rows'} FROM"
            f" (SELECT * {best} (PARTITION BY id, place >> 40 ORDER BY place) = 1) GROUP BY id"
        )
    bench.run(f"DROP TABLE {kind}_all")
    return SideTable(kind, tuple(fields))


def _read(bench: Bench, table: KeptTable) -> dict[str, str]:
    """Find out how numbers, dates, stock and categories are written: role -> SQL."""
    mapping = table.file.mapping
    sql = {role: table.text(role) for role in mapping}
    for role in mapping:
        rows, column, kind = table.view, table.cell(role), table.types[mapping[role]]
        with readers.reading(Path(table.file.name)):
            if role in ("price", "cost"):
                found = numbers.find_reading(bench.connection, rows, column=column, kind=kind)
                sql[role] = f"CASE WHEN {found.sql} >= 0 THEN {found.sql} END"
            elif role == "stock":
                sql[role] = values.stock(column, kind)
            elif role == "launched_at":
                sql[role] = dates.find_reading(
                    bench.connection, rows, column=column, kind=kind, order=table.file.date_order
                ).sql
            elif role == "category":
                path = categories.find_reading(bench.connection, rows, column=column, kind=kind)
                if path.levels > 1:
                    sql[_PATH] = table.text(role)
                    sql |= {
                        name: path.level_sql(path.best + below)
                        for below, name in enumerate(_LEVELS)
                        if name not in mapping or name == role
                    }
    return sql


def kept_name(kind: Kind, column: str) -> str:
    """Return the name of a column that no role has: under a role's name it would be taken for it.

    Examples
    --------
    >>> kept_name("items", "Colour"), kept_name("items", "Stock")
    ('Colour', 'Stock (unmapped)')
    """
    taken = {role.name for role in ROLES[kind]} | {_PATH, SENSITIVE}
    return f"{column}{_UNMAPPED}" if column.lower() in taken else column


def _fields(
    kind: Kind, tables: Sequence[KeptTable], readings: Mapping[int, Mapping[str, str]]
) -> list[Field]:
    """Return the columns of all files, roles first; two names that differ in capitals are one."""
    roles = [role.name for role in ROLES[kind] if role.name != _ID_ROLES[kind]]
    there = {role for reading in readings.values() for role in reading}
    chosen = [role for role in (*roles, _PATH) if role in there]
    attributes: dict[str, str] = {}
    for table in tables:
        for column in table.types:
            if column not in table.file.mapping.values():
                name = kept_name(kind, column)
                attributes.setdefault(name.lower(), name)
    fields = [(role, role) for role in chosen] + [(name, "") for name in attributes.values()]
    return [Field(name, role, f"field_{place}") for place, (name, role) in enumerate(fields)]


def _cells(table: KeptTable, field: Field, reading: Mapping[str, str]) -> list[str]:
    """Return the cells of a field, and for numbers the text of what could not be read."""
    if not field.role:
        wanted = field.name.lower().removesuffix(_UNMAPPED)
        same = [name for name in table.types if name.lower() in (wanted, field.name.lower())]
        free = [name for name in same if name not in table.file.mapping.values()]
        text = values.text(sql_name(free[0]), table.types[free[0]]) if free else "NULL"
        return [f"CAST({text} AS VARCHAR) AS {field.column}"]
    value = reading.get(field.role, "NULL")
    cells = [f"CAST({value} AS {_KINDS.get(field.role, 'VARCHAR')}) AS {field.column}"]
    if field.role in _NUMBERS:
        unread = f"CASE WHEN {value} IS NULL THEN {table.text(field.role)} END"
        cells.append(f"CAST({unread} AS VARCHAR) AS {field.column}_unread")
    return cells


def _unread(bench: Bench, kind: Kind, fields: Sequence[Field]) -> list[Finding]:
    found: list[Finding] = []
    for field in fields:
        if field.role not in _NUMBERS:
            continue
        column = f"{field.column}_unread"
        number = bench.count(f"{column} IS NOT NULL", f"{kind}_all")
        if number:
            some = bench.run(
                f"SELECT DISTINCT left({column}, 80) AS cell FROM {kind}_all"
                f" WHERE {column} IS NOT NULL ORDER BY cell LIMIT 5"
            )
            like = "12 or in stock" if field.role == "stock" else "3.99"
            message = rows_do(
                number,
                f"could not be read as a number such as {like} and was left empty",
                f"could not be read as numbers such as {like} and were left empty",
                noun=f"{field.role} cell",
            )
            found.append(
                Finding(
                    code=f"unreadable_{field.role}",
                    about=kind,
                    message=message,
                    count=number,
                    severity="note",
                    advice="The rows stay. Check whether another column is meant.",
                    examples=tuple(str(cell) for (cell,) in some),
                )
            )
    return found


def _lost(bench: Bench, kind: Kind) -> list[Finding]:
    """Find rows without an id, and rows that repeat one; neither can be used."""
    noun = "catalogue row" if kind == "items" else "shopper row"
    bench.run(
        f"CREATE TABLE {kind}_repeated AS SELECT place FROM {kind}_all WHERE id IS NOT NULL"
        " QUALIFY row_number() OVER (PARTITION BY id, place >> 40 ORDER BY place) > 1"
    )
    lost = (
        ("no_id", "id IS NULL", "has no id", "have no id", "Nobody can tell what they describe."),
        (
            "repeated",
            f"place IN (FROM {kind}_repeated)",
            "repeats an id",
            "repeat an id",
            "The first row of each id holds.",
        ),
    )
    found: list[Finding] = []
    for code, where, singular, plural, advice in lost:
        number = bench.count(where, f"{kind}_all")
        if number:
            bench.run(
                f"INSERT INTO gone SELECT place, {sql_text(f'{kind}_{code}')} FROM {kind}_all"
                f" WHERE {where}"
            )
            some = bench.run(
                f"SELECT DISTINCT id FROM {kind}_all WHERE {where} AND id IS NOT NULL"
                " ORDER BY id LIMIT 5"
            )
            found.append(
                Finding(
                    code=f"{kind}_{code}",
                    about=kind,
                    message=rows_do(number, singular, plural, noun=noun),
                    count=number,
                    severity="note",
                    advice=f"{advice} The rows are kept among the rejected ones.",
                    examples=tuple(str(one) for (one,) in some),
                    must=True,
                    reason=singular,
                )
            )
    return found
