"""Shoppers named in a table of any size: found by DuckDB, which spills to the disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from recsys.data.reading.columns import ROLES, known_rank
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
    beside
        Where nobody was found in a column that is called as shoppers' ids are: another one, with
        values that are known ids.
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
    beside: str = ""

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
        if self.beside:
            said.append(
                f"Column {self.beside!r} holds known ids, but is not called so: name it user_id to"
                " have it read."
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
    """Read a table, and tell whether it is surely one: not a plain list."""
    with connect(scratch) as connection:
        table = open_table(connection, path, scratch=scratch, name=name)
        with reading(path, name=name):
            _know(connection, release)
            found = _find_column(connection, table)
            headless = _is_value(connection, found)
            _count_cells(connection, table, found.column, headless=headless)
            read = _summary(connection, found, headless, wanted)
            # Of one column a list may be plain text, too; of several the one that is called so is
            # meant, whatever stands beside it.
            certain = found.named and len(table.columns) > 1 and not headless
            return read, certain or (read.matched > 0 and not headless)


def _know(connection: Any, release: Release) -> None:
    """Make the table of known ids and addresses."""
    shoppers = sql_parquet(release.folder / "shoppers.parquet")
    email = "NULL"
    if "email" in release.shoppers.column_names:
        email = "nullif(lower(trim(CAST(email AS VARCHAR))), '')"
    connection.execute(
        f"CREATE TABLE known AS SELECT user_id AS id, {email} AS email FROM {shoppers}"
    )


@dataclass(frozen=True)
class _Found:
    """The column of the ids, whether it is called so, and one passed over for it."""

    column: str
    by: By
    named: bool
    hits: int
    beside: str = ""


def _find_column(connection: Any, table: OpenedTable) -> _Found:
    """Return the column of the ids: one that is called so, else the one with most known ids.

    A small number may be anybody's id, so known values say less than the name of a column.
    """
    columns = table.columns[:_MOST_COLUMNS]
    rows = max(_LOOKED_AT // len(columns), 1_000)
    cells = ", ".join(_cell(table, column) for column in columns)
    # The names are looked up, too: in a file without names they are its first values.
    names = ", ".join(sql_text(column) for column in columns)
    connection.execute(
        f"CREATE TABLE first_cells AS SELECT DISTINCT place, {_AS_KNOWN} AS cell FROM"
        f" (SELECT unnest([{cells}]) AS cell, unnest(range({len(columns)})) AS place"
        f" FROM (SELECT * FROM {table.sql} LIMIT {rows})"
        f" UNION ALL SELECT unnest([{names}]), unnest(range({len(columns)}))) AS c {_WITH_KNOWN}"
        " WHERE cell IS NOT NULL"
    )
    found: list[tuple[_Found, int]] = []
    for by in ("id", "email"):
        hits = connection.execute(
            f"SELECT place, count(key) FROM first_cells LEFT JOIN"
            f" (SELECT DISTINCT {by} AS key FROM known) ON {_key(by)} = key GROUP BY place"
        ).fetchall()
        for place, count in hits:
            column = columns[int(place)]
            named = _is_called_so(column, by) and (by == "id" or count > 0)
            found.append((_Found(column, by, named, int(count)), -int(place)))

    def order(one: tuple[_Found, int]) -> tuple[bool, int, int, bool]:
        # Ids before addresses where both are known.
        return one[0].named, one[0].hits, one[1], one[0].by == "id"

    best, _ = max(found, key=order)
    if best.hits:
        return best
    if not best.named:
        return _Found(columns[0], "id", False, 0)
    other, _ = max(found, key=lambda one: (one[0].hits, *order(one)))
    return replace(best, beside=other.column if other.hits else "")


def _is_called_so(column: str, by: By) -> bool:
    """Tell whether a column is called as those of shoppers' ids are, or of their addresses."""
    address = known_rank(_EMAIL, column) is not None
    return address if by == "email" else not address and known_rank(_USER, column) is not None


def _is_value(connection: Any, found: _Found) -> bool:
    """Tell whether the name of a column is itself a known id or address: a file without names."""
    name = sql_text(found.column.lower() if found.by == "email" else found.column)
    query = f"SELECT count(*) > 0 FROM known WHERE {found.by} IN ({name}, {_whole(name)})"
    return bool(connection.execute(query).fetchone()[0])


def _whole(cell: str) -> str:
    """Return ``1`` for ``1.0``, which spreadsheets make of it; NULL for all else."""
    # Looking for the sign first spares most cells the pattern.
    number = f"regexp_extract({cell}, {sql_text(r'^(-?[0-9]+)[.]0+$')}, 1)"
    return f"CASE WHEN contains({cell}, '.0') THEN nullif({number}, '') END"


# Cells c, with 1.0 read as 1 where only the latter is known.
_WITH_KNOWN = (
    "LEFT JOIN known AS own ON own.id = c.cell LEFT JOIN known AS whole ON whole.id = "
    + _whole("c.cell")
)
_AS_KNOWN = "coalesce(own.id, whole.id, c.cell)"


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
    different = f"SELECT cell, min(place) AS place, count(*) AS times FROM ({rows}) GROUP BY cell"
    connection.execute(
        f"CREATE TABLE cells AS SELECT {_AS_KNOWN} AS cell, min(place) AS place,"
        f" sum(times) AS times FROM ({different}) AS c {_WITH_KNOWN} GROUP BY 1"
    )


def _summary(connection: Any, found: _Found, headless: bool, wanted: Wanted) -> SeedFile:
    def one(query: str) -> Any:
        return connection.execute(query).fetchone()[0] or 0

    by, cell = found.by, _key(found.by)
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
        column="" if headless else found.column,
        by=by,
        rows=int(given + empty),
        empty=int(empty),
        twice=int(given) - one("SELECT count(*) FROM cells WHERE cell IS NOT NULL"),
        matched=matched,
        unknown=one(f"SELECT count(*) {unknown}"),
        unknown_some=tuple(row[0][:NAMED_CHARACTERS] for row in some[:MOST_NAMED]),
        drawn=matched > wanted.most,
        beside=found.beside,
    )
