"""Shoppers named in a table of any size: found by DuckDB, which spills to the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from recsys.data.files.readers import (
    OpenedTable,
    connect,
    open_table,
    reading,
    sql_name,
    sql_parquet,
    sql_text,
)
from recsys.data.reading import values
from recsys.data.reading.columns import ROLES, Role, known_rank
from recsys.releases.release import Release
from recsys.rules.saying import counted

By = Literal["id", "email"]

MOST_NAMED = 5
NAMED_CHARACTERS = 80
# So many cells are looked at to find the column of the ids, and so many columns.
_LOOKED_AT, _MOST_COLUMNS = 1_000_000, 100
_USER = next(role for role in ROLES["interactions"] if role.name == "user_id")
_EMAIL = next(role for role in ROLES["shoppers"] if role.name == "email")


@dataclass(frozen=True)
class SeedFile:
    """Which shoppers a list names.

    Attributes
    ----------
    ids
        The shop's ids, each once, in the order of the list; with what is unknown only where that
        was asked for.
    column
        Where they stood; empty for a plain list.
    by
        What they were found by.
    rows, empty, twice
        Rows of the list, those without a value, and those whose value stood there before.
    matched
        Shoppers found, of which ``ids`` may be a part.
    unknown, unknown_some
        Different values that no shopper has, and the first five.
    """

    ids: tuple[str, ...]
    column: str
    by: By
    rows: int
    empty: int
    twice: int
    matched: int
    unknown: int
    unknown_some: tuple[str, ...]
    drawn: bool = False

    def words(self) -> str:
        """Say what was found, in some sentences; examples in it are the file's text."""
        where = f" in column {self.column!r}" if self.column else ""
        how = " by their e-mail addresses" if self.by == "email" else ""
        said = [f"{counted(self.matched, 'shopper')} found{how}{where}."]
        if self.twice:
            verb = "was named before and counts" if self.twice == 1 else "were named before, count"
            said.append(f"{counted(self.twice, 'row')} {verb} once.")
        if self.empty:
            said.append(f"{counted(self.empty, 'row')} without a value.")
        if self.unknown:
            some = ", ".join(map(repr, self.unknown_some[:3]))
            said.append(
                f"{counted(self.unknown, 'value is', 'values are')} no shopper's, such as {some}."
            )
        if self.drawn:
            said.append(
                f"{len(self.ids):,} of them were drawn at random, always the same ones, since more"
                " add time and no knowledge."
            )
        return " ".join(said)


@dataclass(frozen=True)
class Wanted:
    """How many shoppers, and whether unknown ones are kept behind them."""

    most: int
    keep_unknown: bool


def of_table(
    release: Release, path: Path, scratch: Path, name: str, wanted: Wanted
) -> tuple[SeedFile, bool]:
    """Read a table, and tell whether its first line holds ids instead of names."""
    with connect(scratch) as connection:
        table = open_table(connection, path, scratch=scratch, name=name)
        with reading(path, name=name):
            _know(connection, release)
            column, by = _find_column(connection, table)
            headless = _is_value(connection, column, by)
            _count_cells(connection, table, column, headless=headless)
            return _summary(connection, column, by, headless, wanted), headless


def _know(connection: Any, release: Release) -> None:
    """Make the table of known ids and addresses."""
    shoppers = sql_parquet(release.folder / "shoppers.parquet")
    email = "NULL"
    if "email" in release.shoppers.column_names:
        email = "nullif(lower(trim(CAST(email AS VARCHAR))), '')"
    connection.execute(
        f"CREATE TABLE known AS SELECT user_id AS id, {email} AS email FROM {shoppers}"
    )


def _find_column(connection: Any, table: OpenedTable) -> tuple[str, By]:
    """Return the column with most known ids among the first rows, and by what it is known.

    A column that is called as columns of shoppers are comes first where half of its values are
    known: a small number may be anybody's id.
    """
    columns = table.columns[:_MOST_COLUMNS]
    rows = max(_LOOKED_AT // len(columns), 1_000)
    cells = ", ".join(_cell(table, column) for column in columns)
    # The names are looked up, too: in a file without names they are its first values.
    names = ", ".join(sql_text(column) for column in columns)
    connection.execute(
        "CREATE TABLE first_cells AS SELECT DISTINCT place, cell FROM"
        f" (SELECT unnest([{cells}]) AS cell, unnest(range({len(columns)})) AS place"
        f" FROM (SELECT * FROM {table.sql} LIMIT {rows})"
        f" UNION ALL SELECT unnest([{names}]), unnest(range({len(columns)})))"
        " WHERE cell IS NOT NULL"
    )
    found: list[tuple[bool, int, int, str, By]] = []
    pairs: tuple[tuple[By, Role], ...] = (("id", _USER), ("email", _EMAIL))
    for by, role in pairs:
        counted_cells = connection.execute(
            f"SELECT place, count(*), count(key) FROM first_cells LEFT JOIN"
            f" (SELECT DISTINCT {by} AS key FROM known) ON {_key(by)} = key GROUP BY place"
        ).fetchall()
        for place, distinct, hits in counted_cells:
            column = columns[int(place)]
            # Of the values one is the name.
            named = known_rank(role, column) is not None and 2 * int(hits) >= int(distinct) - 1
            found.append((named and hits > 0, int(hits), -int(place), column, by))
    # Ids before addresses where both are known.
    _, hits, _, column, by = max(found, key=lambda one: (one[0], one[1], one[2], one[4] == "id"))
    if not hits:
        called = [one for one in columns if known_rank(_USER, one) is not None]
        return (called or columns)[0], "id"
    return column, by


def _is_value(connection: Any, column: str, by: By) -> bool:
    """Tell whether the name of a column is itself a known id or address: a file without names."""
    value = column.lower() if by == "email" else column
    query = f"SELECT count(*) > 0 FROM known WHERE {by} = {sql_text(value)}"
    return bool(connection.execute(query).fetchone()[0])


def _cell(table: OpenedTable, column: str) -> str:
    kind = dict(zip(table.columns, table.types, strict=True))[column]
    return f"CAST({values.text(sql_name(column), kind)} AS VARCHAR)"


def _key(by: By) -> str:
    """Return by what a cell is looked up."""
    return "lower(cell)" if by == "email" else "cell"


def _count_cells(connection: Any, table: OpenedTable, column: str, *, headless: bool) -> None:
    """Make the table of the different values with their first place; DuckDB spills to disk."""
    cell = _cell(table, column)
    rows = f"SELECT {cell} AS cell, row_number() OVER () AS place FROM {table.sql}"
    if headless:
        rows = f"SELECT {sql_text(column)} AS cell, 0 AS place UNION ALL {rows}"
    connection.execute(
        f"CREATE TABLE cells AS SELECT cell, min(place) AS place, count(*) AS times FROM ({rows})"
        " GROUP BY cell"
    )


def _summary(connection: Any, column: str, by: By, headless: bool, wanted: Wanted) -> SeedFile:
    def one(query: str) -> Any:
        return connection.execute(query).fetchone()[0] or 0

    cell = _key(by)
    connection.execute(
        f"CREATE TABLE found AS SELECT k.id, min(c.place) AS place FROM cells AS c JOIN known AS k"
        f" ON {cell} = k.{by} GROUP BY k.id"
    )
    unknown = (
        f"FROM cells WHERE cell IS NOT NULL AND {cell} NOT IN"
        f" (SELECT {by} FROM known WHERE {by} IS NOT NULL)"
    )
    matched = one("SELECT count(*) FROM found")
    # As in a plain list, in the database, since there may be more than fit into memory.
    drawn = f"SELECT * FROM found ORDER BY md5(id) LIMIT {wanted.most}"
    ids = connection.execute(f"SELECT id FROM ({drawn}) ORDER BY place").fetchall()
    room = wanted.most - len(ids) if wanted.keep_unknown else 0
    some = connection.execute(
        f"SELECT cell {unknown} ORDER BY place LIMIT {max(room, MOST_NAMED)}"
    ).fetchall()
    given = one("SELECT sum(times) FROM cells WHERE cell IS NOT NULL")
    empty = one("SELECT sum(times) FROM cells WHERE cell IS NULL")
    return SeedFile(
        ids=tuple(row[0] for row in (*ids, *some[:room])),
        column="" if headless else column,
        by=by,
        rows=int(given + empty),
        empty=int(empty),
        twice=int(given) - one("SELECT count(*) FROM cells WHERE cell IS NOT NULL"),
        matched=matched,
        unknown=one(f"SELECT count(*) {unknown}"),
        unknown_some=tuple(row[0][:NAMED_CHARACTERS] for row in some[:MOST_NAMED]),
        drawn=matched > wanted.most,
    )
