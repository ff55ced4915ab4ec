"""The rows of a dataset's catalogue that copy is written from, read one by one by DuckDB."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from recsys.data.arrow import column_names
from recsys.data.dataset import INTERACTIONS, ITEMS, EventKind
from recsys.data.files.duck import NO_EXTENSIONS, sql_name, sql_text
from recsys.errors import StorageError

LEVELS = ("category", "category_2", "category_3")
_MOST_NAMED = 8
_AT_A_TIME = 5_000


class Catalogue:
    """The products of a dataset; nothing of it is kept in memory.

    Parameters
    ----------
    folder
        Of the dataset.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._items = _rows(folder / ITEMS)

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns, roles under theirs and the shop's own under its own."""
        try:
            return column_names(self._folder / ITEMS)
        except (OSError, ValueError) as error:
            raise _damaged() from error

    def products(self, item_ids: Sequence[str], columns: Sequence[str]) -> dict[str, list[Any]]:
        """Return some columns of some products; ids that are not there are left out."""
        wanted = ", ".join(["item_id", *map(sql_name, columns)])
        found: dict[str, list[Any]] = {}
        with self._reading() as connection:
            for start in range(0, len(item_ids), _AT_A_TIME):
                some = list(item_ids[start : start + _AT_A_TIME])
                where = "item_id = ?" if len(some) == 1 else "item_id IN (SELECT unnest(?))"
                query = f"SELECT {wanted} FROM {self._items} WHERE {where}"
                rows = connection.execute(query, [some[0] if len(some) == 1 else some]).fetchall()
                found |= {row[0]: list(row[1:]) for row in rows}
        return found

    def find(self, text: str, *, limit: int) -> list[tuple[str, str]]:
        """Return ids and names of products that have all words of a text in id or name."""
        name = "coalesce(nullif(name, ''), item_id)" if "name" in self.columns else "item_id"
        words = text.split()
        has = " AND ".join(["contains(hay, lower(?))"] * len(words)) or "true"
        query = (
            f"SELECT item_id, called FROM (SELECT item_id, {name} AS called,"
            f" lower({name} || ' ' || item_id) AS hay FROM {self._items}) WHERE {has}"
            " ORDER BY item_id <> ?, NOT starts_with(hay, lower(?)),"
            " NOT contains(hay, ' ' || lower(?)), called, item_id LIMIT ?"
        )
        phrase = " ".join(words)
        with self._reading() as connection:
            values = [*words, text.strip(), phrase, phrase, limit]
            return connection.execute(query, values).fetchall()

    def category(self, name: str) -> dict[str, Any] | None:
        """Return what is known of a category of any level; None where no product has it.

        Returns
        -------
        dict
            ``count`` of products; ``brands``, ``kinds`` (the categories one level below) and
            ``products`` by name, the most frequent first; ``prices``, the least and the most.
        """
        levels = [level for level in LEVELS if level in self.columns]
        if not levels:
            return None
        with self._reading() as connection:
            has = " OR ".join(f"{level} = ?" for level in levels)
            connection.execute(
                f"CREATE TEMP TABLE found AS SELECT * FROM {self._items} WHERE {has}",
                [name] * len(levels),
            )
            (count,) = connection.execute("SELECT count(*) FROM found").fetchall()[0]
            if not count:
                return None
            named = {
                "brands": self._frequent(connection, "brand"),
                "kinds": [
                    kind
                    for level, below in pairwise(levels)
                    for kind in self._frequent(connection, below, f"{level} = ?", name)
                ],
                "products": self._frequent(connection, "name"),
            }
            prices: list[Any] = [None, None]
            if "price" in self.columns:
                found = connection.execute("SELECT min(price), max(price) FROM found").fetchall()
                prices = list(found[0])
        return {"count": int(count), "prices": prices, **named}

    def _frequent(
        self, connection: Any, column: str, where: str = "true", *values: str
    ) -> list[str]:
        if column not in self.columns:
            return []
        query = (
            f"SELECT {column} FROM found WHERE {where} AND {column} <> '' GROUP BY 1"
            f" ORDER BY count(*) DESC, 1 LIMIT {_MOST_NAMED}"
        )
        return [str(row[0]) for row in connection.execute(query, list(values)).fetchall()]

    def without_description(self) -> list[str]:
        """Return the ids of products that have none, the most bought first."""
        empty = "true"
        if "description" in self.columns:
            empty = "(description IS NULL OR trim(description) = '')"
        path = self._folder / INTERACTIONS
        with self._reading() as connection:
            bought = "weight > 0"
            if "event" in column_names(path):
                bought = f"event = {EventKind.PURCHASED.value}"
            rows = connection.execute(
                f"WITH sold AS (SELECT item, count(*) AS n FROM {_rows(path)} WHERE {bought}"
                " GROUP BY item)"
                " SELECT item_id FROM"
                f" read_parquet({sql_text(str(self._folder / ITEMS))}, file_row_number = true)"
                f" LEFT JOIN sold ON item = file_row_number WHERE {empty}"
                " ORDER BY coalesce(n, 0) DESC, item_id"
            ).fetchall()
        return [row[0] for row in rows]

    @contextmanager
    def _reading(self) -> Generator[Any]:
        """Give a connection of its own; a file that is gone or damaged is said."""
        try:
            with _engine().cursor() as connection:
                yield connection
        except (duckdb.IOException, duckdb.InvalidInputException, OSError) as error:
            raise _damaged() from error


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Return the one DuckDB that reads catalogues: to open one takes longer than a query."""
    return duckdb.connect(
        ":memory:", config={"threads": 1, "memory_limit": "400MB", **NO_EXTENSIONS}
    )


def _damaged() -> StorageError:
    return StorageError(
        "The catalogue of the dataset cannot be read.",
        hint="Load the data again, then write from the new dataset.",
    )


def _rows(path: Path) -> str:
    return f"read_parquet({sql_text(str(path))})"
