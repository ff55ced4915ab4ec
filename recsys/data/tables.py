"""Write what is left of the rows as the tables of a dataset."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.data.coding import KeptTable
from recsys.data.dataset import GUESTS, INTERACTIONS, ITEMS
from recsys.data.event_kinds import number_kinds
from recsys.data.files.readers import sql_name, sql_parquet, sql_text
from recsys.data.findings.base import Bench
from recsys.data.reading import categories, values
from recsys.data.side_tables import Field, SideTable, kept_name

# What a catalogue lacks comes from the purchases: its field -> their role.
_FILLS = {"name": "item_name", "category": "item_category", "brand": "item_brand"}
# A column of the purchases describes shoppers (or products) when hardly any has two values.
_STEADY = 1.05
_MOST_DESCRIBED = 40
# Rows are in the order of their ids: whoever wants one reads no more than so many.
_ROW_GROUP = 8_192


@dataclass(frozen=True)
class Described:
    """Columns of the purchases that tell something of the shopper or the product.

    Tables ``of_u`` and ``of_i`` hold the number and, by the fields' columns, the value most rows
    have.
    """

    shoppers: tuple[Field, ...] = ()
    items: tuple[Field, ...] = ()


def attributes(bench: Bench) -> Described:
    """Find out what the unmapped columns of the purchases describe."""
    names: dict[str, str] = {}
    for table in bench.coded.purchases:
        for column in table.types:
            if column not in table.file.mapping.values():
                names.setdefault(column.lower(), column)
    fields = [
        Field(name, "", f"said_{place}")
        for place, name in enumerate(list(names.values())[:_MOST_DESCRIBED])
    ]
    if not fields:
        return Described()
    selects: list[str] = []
    for table in bench.coded.purchases:
        own = {column.lower(): column for column in table.types}
        named: dict[str, str] = {}
        for field in fields:
            column = own.get(field.name.lower())
            mapped = column in table.file.mapping.values()
            text = "NULL"
            if column is not None and not mapped:
                text = values.text(sql_name(column), table.types[column])
            named[field.column] = f"CAST({text} AS VARCHAR)"
        selects.append(
            f"SELECT u, i, {', '.join(named)} FROM {table.cells(**named)}"
            f" JOIN {table.lines(bench.left, 'u, i')} USING (spot)"
        )
    bench.run(f"CREATE TABLE said AS {' UNION ALL '.join(selects)}")
    shoppers = [field for field in fields if _steady(bench, field, "u")]
    items = [field for field in fields if field not in shoppers and _steady(bench, field, "i")]
    for letter, chosen in (("u", shoppers), ("i", items)):
        modes = "".join(f", mode({field.column}) AS {field.column}" for field in chosen)
        bench.run(
            f"CREATE TABLE of_{letter} AS SELECT {letter} AS n{modes} FROM said"
            f" WHERE {letter} IS NOT NULL GROUP BY {letter}"
        )
    bench.run("DROP TABLE said")
    return Described(tuple(shoppers), tuple(items))


def _steady(bench: Bench, field: Field, letter: str) -> bool:
    pairs, ones, several = bench.run(
        f"SELECT count(*), count(DISTINCT {letter}), count(*) FILTER (rows > 1) FROM"
        f" (SELECT {letter}, {field.column}, count(*) AS rows FROM said WHERE {letter} IS NOT NULL"
        f" AND {field.column} IS NOT NULL GROUP BY ALL)"
    )[0]
    return several > 0 and pairs <= _STEADY * ones


def make_items(bench: Bench, side: SideTable, described: Described) -> list[Field]:
    """Make table ``items_made``: ``n``, ``item_id`` and the fields, which are returned.

    It holds what was sold and what stands in the catalogue. Names, categories and brands that a
    catalogue lacks are the ones that most rows of real purchases have; prices the median paid.
    """
    roles = bench.coded.roles
    fields = [Field(one.name, one.role, one.role or one.column) for one in side.fields]
    cells = [f"side.{one.column} AS {one.role or one.column}" for one in side.fields]
    joins = [f"LEFT JOIN {side.kind}_side AS side ON side.id = all_item.id"] if fields else []
    for field, role in _FILLS.items():
        if role in roles and not side.has(field):
            _most_frequent(bench, role)
            joins.append(f"LEFT JOIN most_{role} ON most_{role}.i = all_item.n")
            cells.append(f"most_{role}.text AS {field}")
            fields.append(Field(field, field, field))
    if roles & {"price", "line_total"} and not side.has("price"):
        # by way of text, else the 2.95 of a 32-bit float becomes 2.950000047683716
        paid = "CAST(CAST(CAST(median(price) AS FLOAT) AS VARCHAR) AS DOUBLE)"
        joins.append(
            f"LEFT JOIN (SELECT i, {paid} AS paid FROM {bench.left}"
            " WHERE price > 0 GROUP BY i) AS of_price ON of_price.i = all_item.n"
        )
        cells.append("of_price.paid AS price")
        fields.append(Field("price", "price", "price"))
    taken = {field.name.lower() for field in fields} | {"item_id"}
    for field in described.items:
        name = kept_name("items", field.name)
        if name.lower() not in taken:
            cells.append(f"of_i.{field.column}")
            fields.append(Field(name, "", field.column))
    if described.items:
        joins.append("LEFT JOIN of_i ON of_i.n = all_item.n")
    also = f" UNION SELECT n FROM all_item JOIN {side.kind}_side USING (id)" if side.fields else ""
    if bench.coded.catalogues and not side.fields:
        also = f" UNION SELECT n FROM all_item JOIN {side.kind}_side USING (id)"
    bench.run(
        f"CREATE TABLE items_made AS SELECT all_item.n, all_item.id AS item_id"
        f"{''.join(f', {cell}' for cell in cells)}"
        f" FROM (SELECT DISTINCT i AS n FROM {bench.left}{also}) AS there JOIN all_item USING (n)"
        f" {' '.join(joins)}"
    )
    return fields


def _most_frequent(bench: Bench, role: str) -> None:
    """Make ``most_<role>(i, text)``; of two texts as frequent the last in the alphabet holds."""
    real = "i, weight > 0 AND coalesce(price, 1) > 0 AS real"
    selects = " UNION ALL ".join(
        f"SELECT i, text, real FROM {table.cells(text=_text(bench, table, role))}"
        f" JOIN {table.lines(bench.left, real)} USING (spot)"
        for table in bench.tables_with(role)
    )
    bench.run(
        f"CREATE TABLE most_{role} AS SELECT i, max({{'real': real, 'n': n, 'text': text}}).text"
        " AS text FROM (SELECT i, text, count(*) AS n, bool_or(real) AS real"
        f" FROM ({selects}) WHERE text IS NOT NULL GROUP BY i, text) GROUP BY i"
    )


def _text(bench: Bench, table: KeptTable, role: str) -> str:
    """Return the SQL of a role's cell; of a category that is a path, its best level."""
    text = table.text(role)
    if role == "item_category":
        kind = table.types[table.file.mapping[role]]
        found = categories.find_reading(
            bench.connection, table.view, column=table.cell(role), kind=kind
        )
        text = found.level_sql(found.best) if found.levels > 1 else text
    return text


def number(bench: Bench) -> None:
    """Give products and shoppers that are left their row numbers, in the order of their ids."""
    for table, letter, rows in (
        ("final_items", "item", "items_made"),
        ("final_users", "user", f"(SELECT DISTINCT u AS n FROM {bench.left} WHERE u IS NOT NULL)"),
    ):
        bench.run(
            f"CREATE TABLE {table} AS SELECT n,"
            f' CAST(row_number() OVER (ORDER BY n) - 1 AS INTEGER) AS "{letter}" FROM {rows}'
        )


def write_purchases(bench: Bench, folder: Path, *, roles: Set[str]) -> str:
    """Write the numbered rows in the order of time, rows of one second in that of the files.

    Rows without a shopper go to a file of their own.

    Returns
    -------
    str
        What makes a basket: "order", "shopper_day" or "shopper".
    """
    key = f"{_basket_key(roles)} AS key"
    bench.run(
        "CREATE TABLE baskets AS SELECT key,"
        " CAST(row_number() OVER (ORDER BY key) - 1 AS INTEGER) AS basket"
        f" FROM (SELECT DISTINCT {key} FROM {bench.left})"
    )
    columns = ["item", "weight", "quantity"]
    columns += ["ts AS timestamp"] if "timestamp" in roles else []
    columns += ["coalesce(price, 'nan') AS price"] if roles & {"price", "line_total"} else []
    kinds = ""
    if "event_type" in roles:
        columns.append(f"{number_kinds(bench)} AS event")
        kinds = " LEFT JOIN event_kinds ON event_kinds.n = line.e"
    order = "ts, place" if "timestamp" in roles else "place"
    rows = (
        f"(SELECT *, {key} FROM {bench.left}) AS line JOIN baskets USING (key)"
        f" JOIN final_items ON final_items.n = line.i{kinds}"
    )
    bench.run(
        f'COPY (SELECT "user", {", ".join(columns)}, basket FROM {rows}'
        " JOIN final_users ON final_users.n = line.u"
        f" ORDER BY {order}) TO {sql_text(str(folder / INTERACTIONS))} (FORMAT parquet)"
    )
    bench.run(
        f"COPY (SELECT {', '.join(columns)}, basket FROM {rows} WHERE u IS NULL"
        f" ORDER BY {order}) TO {sql_text(str(folder / GUESTS))} (FORMAT parquet)"
    )
    if "order_id" in roles:
        return "order"
    return "shopper_day" if "timestamp" in roles else "shopper"


def _basket_key(roles: Set[str]) -> str:
    """Return the SQL of a number that rows of one basket share: the shopper, and order or day.

    One number to group and to join by is twice as fast as three that may be NULL. An order stands
    in the lower 32 bits under a flag, a day without it; the shopper stands above.
    """
    # a row without an order goes with the shopper's day; days before 1970 stay above 0
    rest = "ts // 86400 + 100000" if "timestamp" in roles else "0"
    if "order_id" in roles:
        rest = f"CASE WHEN o IS NULL THEN {rest} ELSE 4294967296 + o END"
    return f"((coalesce(CAST(u AS BIGINT), -1) + 1) << 33) + {rest}"


def write_items(bench: Bench, path: Path, fields: Sequence[Field]) -> None:
    """Write the products in the order of their row numbers."""
    _write(bench, path, "items_made JOIN final_items USING (n)", fields, ids=("item_id", "item"))


def write_shoppers(bench: Bench, path: Path, side: SideTable, described: Described) -> int:
    """Write the shoppers in the order of their row numbers.

    Returns
    -------
    int
        How many shoppers of the files beside the purchases did nothing, and were left out.
    """
    taken = {field.name.lower() for field in side.fields} | {"user_id"}
    said = [Field(kept_name("shoppers", one.name), "", one.column) for one in described.shoppers]
    fields = [*side.fields, *(one for one in said if one.name.lower() not in taken)]
    rows = "final_users JOIN all_user USING (n)"
    if side.fields:
        rows += " LEFT JOIN shoppers_side USING (id)"
    if described.shoppers:
        rows += " LEFT JOIN of_u USING (n)"
    _write(bench, path, rows, fields, ids=("id AS user_id", '"user"'))
    if not bench.coded.people:
        return 0
    return bench.run(
        "SELECT count(*) FROM shoppers_side ANTI JOIN"
        " (SELECT id FROM final_users JOIN all_user USING (n)) USING (id)"
    )[0][0]


def _write(
    bench: Bench, path: Path, rows: str, fields: Sequence[Field], *, ids: tuple[str, str]
) -> None:
    """Write the id and the fields of some rows; ``ids`` are the id's SQL and the order of rows."""
    id_column, order = ids
    columns = [id_column, *(f"{field.column} AS {sql_name(field.name)}" for field in fields)]
    bench.run(
        f"COPY (SELECT {', '.join(columns)} FROM {rows} ORDER BY {order})"
        f" TO {sql_text(str(path))} (FORMAT parquet, ROW_GROUP_SIZE {_ROW_GROUP})"
    )


def summary(bench: Bench, folder: Path, people: SideTable) -> dict[str, Any]:
    """Tell how much there is and which facts, so that nobody offers what would be empty."""
    roles = bench.coded.roles
    items = sql_parquet(folder / ITEMS)
    columns = [row[0] for row in bench.run(f"DESCRIBE FROM {items}")]
    filled = dict(zip(columns, bench.run(f"SELECT count(COLUMNS(*)) FROM {items}")[0], strict=True))
    categories = 0
    if "category" in columns:
        categories = bench.run(f"SELECT count(DISTINCT category) FROM {items}")[0][0]
    fields = ("name", "category", "brand", "price", "stock", "image_url", "description")
    first, last = bench.run(f"SELECT min(ts), max(ts) FROM {bench.left}")[0]
    return {
        "counts": _counts(bench),
        "has": {
            **{field: filled.get(field, 0) > 0 for field in fields},
            **{role: role in roles for role in ("timestamp", "order_id", "event_type", "rating")},
            "shopper_attributes": bool(people.fields),
        },
        "categories": categories,
        "first_timestamp": first,
        "last_timestamp": last,
        "columns": columns,
    }


def _counts(bench: Bench) -> dict[str, int]:
    read = bench.count("true")
    left, guests = bench.run(f"SELECT count(*), count(*) - count(u) FROM {bench.left}")[0]
    items, shoppers, baskets = bench.run(
        "SELECT (SELECT count(*) FROM final_items), (SELECT count(*) FROM final_users),"
        " (SELECT count(*) FROM baskets)"
    )[0]
    return {
        "read": read,
        "removed": read - left,
        "interactions": left - guests,
        "guest_rows": guests,
        "items": items,
        "shoppers": shoppers,
        "baskets": baskets,
    }
