from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from recsys.data import purchases
from recsys.data.checks import Removed, sentence
from recsys.data.dataset import INTERACTIONS, ITEMS, SHOPPERS
from recsys.data.files import readers
from recsys.data.files.readers import sql_parquet
from recsys.data.purchases import Counted
from recsys.data.side_files import (
    SideFile,
    Source,
    load_side_file,
    write_items,
    write_shoppers,
)
from recsys.types import Report, silent
from recsys.workspace import Workspace

__all__ = ["Source", "ingest"]


def ingest(
    workspace: Workspace,
    *,
    interactions: Source,
    items: Source | None = None,
    shoppers: Source | None = None,
    name: str,
    currency: str = "",
    notes: Sequence[str] = (),
    report: Report = silent,
) -> str:
    """Make a dataset out of a shop's files and return its id.

    Rows that cannot be used are left out, counted and named in the manifest; the files stay as
    they are. The dataset appears whole or not at all.

    Parameters
    ----------
    items
        The catalogue; without one it is made of the products in the interactions.
    shoppers
        Attributes of shoppers; those who did nothing are left out.
    notes
        What a reader of the numbers has to know, for example "Stock is simulated."

    Raises
    ------
    BadFile, BadMapping
        A file is no table, or its columns are not the ones mapped.
    NoUsableRows
        Nothing was left.
    StorageError
        The disk is full.
    """
    dataset_id = workspace.datasets.new_id()
    manifest: dict[str, Any] = {
        "name": name,
        "created_at": time.time(),
        "currency": currency,
        "notes": list(notes),
        "files": [source.path.name for source in (interactions, items, shoppers) if source],
    }
    files = _Files(interactions, items, shoppers)
    with (
        workspace.scratch() as scratch,
        readers.connect(scratch) as connection,
        workspace.datasets.writing(dataset_id, manifest) as folder,
    ):
        manifest.update(_write(connection, folder, scratch, files=files, report=report))
    return dataset_id


@dataclass(frozen=True)
class _Files:
    interactions: Source
    items: Source | None
    shoppers: Source | None


def _write(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    scratch: Path,
    *,
    files: _Files,
    report: Report,
) -> dict[str, Any]:
    """Write the three tables of a dataset and return what its manifest tells of them."""
    interactions, items, shoppers = files.interactions, files.items, files.shoppers
    roles = set(interactions.mapping)
    catalogue, people = SideFile(), SideFile()
    if items:
        report(0.0, f"Reading {items.path.name}")
        catalogue = load_side_file(connection, "items", source=items, scratch=scratch)
        purchases.number_items(connection, "FROM items_file")
    if shoppers:
        report(0.05, f"Reading {shoppers.path.name}")
        people = load_side_file(connection, "shoppers", source=shoppers, scratch=scratch)
    report(0.1, f"Reading {interactions.path.name}")
    date_format = purchases.load_rows(connection, interactions, scratch=scratch)
    report(0.5, "Checking rows")
    name = items.path.name if items else ""
    counted = purchases.check_rows(connection, interactions, catalogue=name)
    report(0.6, "Numbering shoppers and baskets")
    basket_source = purchases.number_rows(connection, roles)
    report(0.7, "Writing interactions")
    purchases.write_rows(connection, folder / INTERACTIONS, roles=roles)
    report(0.85, "Writing products and shoppers")
    write_items(connection, folder / ITEMS, catalogue.fields, roles=roles)
    idle = write_shoppers(connection, folder / SHOPPERS, people.fields)
    report(0.95, "Summing up")
    removed = [*counted.removed, *catalogue.removed, *people.removed]
    if shoppers and idle:
        words = sentence(idle, "names a shopper who did nothing", "name shoppers who did nothing")
        removed.append(Removed("idle", "shoppers", idle, f"{shoppers.path.name}: {words}"))
    return {
        "counts": _counts(connection, counted),
        "removed": [asdict(one) for one in removed],
        "basket_source": basket_source,
        "date_format": date_format,
        **_what_there_is(connection, folder, roles=roles, shopper_fields=people.fields),
        "fingerprint": _fingerprint(folder),
    }


def _counts(connection: duckdb.DuckDBPyConnection, counted: Counted) -> dict[str, int]:
    items, shoppers, baskets = connection.execute(
        "SELECT (SELECT count(*) FROM numbered_items), (SELECT count(*) FROM numbered_shoppers),"
        " (SELECT count(*) FROM baskets)"
    ).fetchall()[0]
    return {
        "read": counted.read,
        "removed": counted.read - counted.kept,
        "interactions": counted.kept,
        "items": items,
        "shoppers": shoppers,
        "baskets": baskets,
    }


def _what_there_is(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    roles: Set[str],
    shopper_fields: Sequence[str],
) -> dict[str, Any]:
    """Tell which facts the dataset has, so that nobody offers what would be empty."""
    items = sql_parquet(folder / ITEMS)
    columns = [row[0] for row in connection.execute(f"DESCRIBE FROM {items}").fetchall()]
    counts = connection.execute(f"SELECT count(COLUMNS(*)) FROM {items}").fetchall()[0]
    filled = dict(zip(columns, counts, strict=True))
    first = last = None
    if "timestamp" in roles:
        query = "SELECT min(timestamp), max(timestamp) FROM lines"
        first, last = connection.execute(query).fetchall()[0]
    categories = 0
    if "category" in columns:
        query = f"SELECT count(DISTINCT category) FROM {items}"
        categories = connection.execute(query).fetchall()[0][0]
    fields = ("name", "category", "brand", "price", "stock", "image_url", "description")
    return {
        "has": {
            **{field: filled.get(field, 0) > 0 for field in fields},
            **{role: role in roles for role in ("timestamp", "order_id", "event_type", "rating")},
            "shopper_attributes": bool(shopper_fields),
        },
        "categories": categories,
        "first_timestamp": first,
        "last_timestamp": last,
        "columns": columns,
    }


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (INTERACTIONS, ITEMS, SHOPPERS):
        with (folder / name).open("rb") as handle:
            digest.update(hashlib.file_digest(handle, "sha256").digest())
    return digest.hexdigest()
