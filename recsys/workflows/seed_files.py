"""Lists of shoppers as people have them: pasted, uploaded, or a file of ten million rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
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
from recsys.errors import BadFile, InputError
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.rules.saying import counted
from recsys.segments.definition import MOST_SEEDS
from recsys.shelves.once import once_a_release
from recsys.workflows.set_members import read_ids
from recsys.workspace import Workspace

By = Literal["id", "email"]

_MOST_NAMED = 5
_NAMED_CHARACTERS = 80
# So many cells are looked at to find the column of the ids, and so many columns.
_LOOKED_AT, _MOST_COLUMNS = 1_000_000, 100
# Text that may be a list of ids with several on a line is short: it was typed or pasted.
_MOST_TEXT = 20_000_000
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


def read_seeds(
    workspace: Workspace,
    view: LiveView,
    given: str | bytes | Path,
    *,
    name: str = "",
    most: int = MOST_SEEDS,
    keep_unknown: bool = False,
) -> SeedFile:
    """Find the shoppers that a list names.

    A table may have any columns: the one whose values are known ids of shoppers most often is
    taken, with or without a line of names above. Where no id is known, e-mail addresses are looked
    up. Memory does not grow with the file.

    Parameters
    ----------
    given
        Pasted text, the bytes of an uploaded file, or a file on this machine; text, CSV, Excel,
        Parquet and what else :mod:`recsys.data.files` reads.
    name
        What messages call an uploaded file.
    most
        Of more shoppers than these so many are drawn, by a seed: always the same ones.
    keep_unknown
        Values that no shopper has are kept behind the others, up to ``most``: for a list that waits
        for a release that knows them.

    Raises
    ------
    InputError
        It is empty, or no file is there.
    BadFile
        It is neither a table nor a list.
    """
    wanted = _Wanted(most, keep_unknown)
    with workspace.scratch() as scratch:
        if isinstance(given, Path):
            if not given.is_file():
                raise InputError(f"There is no file {given}.", hint="Check its name.")
            return _best(view, given, scratch, name or given.name, wanted)
        text = given.encode() if isinstance(given, str) else given
        if not text.strip():
            raise InputError("There are no ids in it.", hint="One on a line, or a table.")
        path = scratch / "seeds"
        path.write_bytes(text)
        return _best(view, path, scratch, name or "The list", wanted)


@dataclass(frozen=True)
class _Wanted:
    most: int
    keep_unknown: bool


def _best(view: LiveView, path: Path, scratch: Path, name: str, wanted: _Wanted) -> SeedFile:
    """Read a table; what is none, or has ids in its first line too, may be a plain list."""
    try:
        table, headless = _of_table(view, path, scratch, name, wanted)
    except BadFile as error:
        plain = _of_text(view, path, wanted)
        if plain is None or not plain.matched:
            raise error
        return plain
    if table.matched and not headless:
        return table
    plain = _of_text(view, path, wanted)
    return plain if plain is not None and plain.matched > table.matched else table


def _of_text(view: LiveView, path: Path, wanted: _Wanted) -> SeedFile | None:
    """Read a plain list, several ids on a line; None for what is no text, or too long."""
    if path.stat().st_size > _MOST_TEXT:
        return None
    try:
        cells = read_ids(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        return None
    return _of_cells(view.release, cells, wanted)


def _of_cells(release: Release, cells: Sequence[str], wanted: _Wanted) -> SeedFile:
    distinct = list(dict.fromkeys(cells))
    found = [one for one in distinct if one in release.user_ids]
    unknown = [one for one in distinct if one not in release.user_ids]
    by: By = "id"
    if not found:
        by, addresses = "email", _addresses(release)
        hits = [addresses.get(one.lower(), []) for one in distinct]
        found = list(dict.fromkeys(user for users in hits for user in users))
        unknown = [one for one, users in zip(distinct, hits, strict=True) if not users]
    return SeedFile(
        ids=_kept(found, unknown, wanted),
        column="",
        by=by if found else "id",
        rows=len(cells),
        empty=0,
        twice=len(cells) - len(distinct),
        matched=len(found),
        unknown=len(unknown),
        unknown_some=tuple(one[:_NAMED_CHARACTERS] for one in unknown[:_MOST_NAMED]),
        drawn=len(found) > wanted.most,
    )


@once_a_release
def _addresses(release: Release) -> dict[str, list[str]]:
    """Return the shoppers of each e-mail address."""
    found: dict[str, list[str]] = {}
    if "email" in release.shoppers.column_names:
        column = release.shoppers.column("email").to_pylist()
        for user_id, address in zip(release.user_ids.ids, column, strict=True):
            if address:
                found.setdefault(str(address).strip().lower(), []).append(user_id)
    return found


def _kept(found: Sequence[str], unknown: Iterable[str], wanted: _Wanted) -> tuple[str, ...]:
    if len(found) > wanted.most:
        drawn = set(sorted(found, key=_draw)[: wanted.most])
        found = [one for one in found if one in drawn]
    if not wanted.keep_unknown:
        return tuple(found)
    return (*found, *list(unknown)[: wanted.most - len(found)])


def _draw(user_id: str) -> bytes:
    """Return by what shoppers are drawn: of the id alone, so that it is the same for ever."""
    return hashlib.md5(user_id.encode(), usedforsecurity=False).digest()


def _of_table(
    view: LiveView, path: Path, scratch: Path, name: str, wanted: _Wanted
) -> tuple[SeedFile, bool]:
    """Read a table, and tell whether its first line holds ids instead of names."""
    with connect(scratch) as connection:
        table = open_table(connection, path, scratch=scratch, name=name)
        with reading(path, name=name):
            _know(connection, view.release)
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
            # Of the values one is the name.
            named = known_rank(role, columns[place]) is not None and 2 * hits >= distinct - 1
            found.append((named and hits > 0, hits, -place, columns[place], by))
    # Ids before addresses where both are known.
    _, hits, _, column, by = max(found, key=lambda one: (*one[:3], one[4] == "id"))
    if not hits:
        called = (one for one in columns if known_rank(_USER, one) is not None)
        return next(called, columns[0]), "id"
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


def _summary(connection: Any, column: str, by: By, headless: bool, wanted: _Wanted) -> SeedFile:
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
    # As _draw has it, in the database, since there may be more than fit into memory.
    drawn = f"SELECT * FROM found ORDER BY md5(id) LIMIT {wanted.most}"
    ids = connection.execute(f"SELECT id FROM ({drawn}) ORDER BY place").fetchall()
    room = wanted.most - len(ids) if wanted.keep_unknown else 0
    some = connection.execute(
        f"SELECT cell {unknown} ORDER BY place LIMIT {max(room, _MOST_NAMED)}"
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
        unknown_some=tuple(row[0][:_NAMED_CHARACTERS] for row in some[:_MOST_NAMED]),
        drawn=matched > wanted.most,
    )
