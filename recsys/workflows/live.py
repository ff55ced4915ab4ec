from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from recsys.data.files.readers import connect, open_table, reading, sql_name
from recsys.data.reading import values
from recsys.data.reading.columns import check_mapping, guess_mapping
from recsys.errors import InputError, NotFound, NotReady
from recsys.releases.live import LiveChange, LiveShop, change_live

_MOST_PIECES = 2_000_000_000
_MOST_PRICE = 1e12
# A stock file is read at once, in the server where it comes from a page.
_MOST_ROWS = 1_000_000
_ROLES = ("item_id", "stock", "price")


def change_item(shop: LiveShop, change: LiveChange, *, actor: str) -> None:
    """Change stock, price or visibility of one product at once, without a release.

    Raises
    ------
    NotFound
        The live catalogue has no such product.
    InputError
        A number is negative or absurd, or nothing is to be changed.
    """
    if shop.current().release.item_ids.row(change.item_id) is None:
        raise NotFound(
            f"The live catalogue has no product {change.item_id!r}.",
            hint="Check the id; it is compared as text.",
        )
    if change.stock is None and change.price is None and change.hidden is None:
        raise InputError("Nothing is to be changed.", hint="Give a stock, a price or hidden.")
    _check(change, "The change")
    change_live(shop.workspace, [change], actor=actor)
    shop.look_again()


@dataclass(frozen=True)
class StockLoaded:
    """What a stock file did.

    Attributes
    ----------
    changed
        Products of the live release that were changed.
    unknown
        Ids that the live release does not have; kept, for a release that has them.
    """

    changed: int
    unknown: tuple[str, ...]

    def words(self) -> str:
        """Say it in one or two sentences."""
        said = f"{self.changed:,} of the live products changed."
        if self.unknown:
            some = ", ".join(map(repr, self.unknown[:3]))
            said += (
                f" {len(self.unknown):,} ids are not in the live release, such as {some};"
                " they are kept for a release that has them."
            )
        return said


def load_stock(shop: LiveShop, path: Path, *, actor: str) -> StockLoaded:
    """Take stock (and prices, where the file has them) from a file, at once.

    The file has a product id and a stock or a price column, found by their names.

    A stock below 0 (sold beyond the last piece) counts as 0.

    Raises
    ------
    BadFile, BadMapping
        The file is no table or lacks the columns.
    InputError
        A value is no number; nothing is changed then.
    """
    with shop.workspace.scratch() as scratch, connect(scratch) as connection:
        table = open_table(connection, path, scratch=scratch)
        mapping = guess_mapping("items", table.columns)
        wanted = [role for role in _ROLES if role in mapping]
        chosen = {role: mapping[role] for role in wanted}
        check_mapping("items", chosen, columns=table.columns, file_name=path.name)
        if "user_id" in guess_mapping("interactions", table.columns):
            raise InputError(
                f"{path.name} names shoppers in a column, so it looks like purchases, not stock.",
                hint="Choose a file with one row for each product; nothing has changed.",
            )
        if len(chosen) < 2:
            found = ", ".join(repr(column) for column in table.columns)
            raise InputError(
                f"{path.name} has neither a stock nor a price column; found {found}.",
                hint="Name one of them stock or price.",
            )
        types = dict(zip(table.columns, table.types, strict=True))
        texts = ", ".join(_text(role, column, types[column]) for role, column in chosen.items())
        with reading(path):
            query = f"SELECT {texts} FROM {table.sql} LIMIT {_MOST_ROWS + 1}"
            rows = connection.execute(query).fetchall()
    if len(rows) > _MOST_ROWS:
        raise InputError(
            f"{path.name} has more than {_MOST_ROWS:,} rows.",
            hint="Load it in parts, or load the catalogue again as a new dataset.",
        )
    changes = [
        _change(dict(zip(wanted, row, strict=True)), f"{path.name}, line {line}")
        for line, row in enumerate(rows, table.first_row)
    ]
    named = {one.item_id: one for one in changes if one.item_id}
    for one in changes:
        if one.item_id and one != named[one.item_id]:
            raise InputError(
                f"{path.name} has two rows for product {one.item_id!r} that differ.",
                hint="Keep one row for each product; nothing has changed.",
            )
    change_live(shop.workspace, named.values(), actor=actor)
    shop.look_again()
    known = _live_ids(shop)
    unknown = tuple(item_id for item_id in named if item_id not in known)
    return StockLoaded(len(named) - len(unknown), unknown)


def _text(role: str, column: str, kind: str) -> str:
    """Return the SQL of a cell as text; stock that is said in words becomes a number."""
    text = f"CAST({sql_name(column)} AS VARCHAR)"
    if role != "stock":
        return text
    in_words = f"TRY_CAST({text} AS DOUBLE) IS NULL AND NOT regexp_matches({text}, '[0-9]')"
    words = f"CAST({values.stock(sql_name(column), kind)} AS VARCHAR)"
    return f"CASE WHEN {in_words} THEN coalesce({words}, {text}) ELSE {text} END"


def _live_ids(shop: LiveShop) -> Container[str]:
    try:
        return shop.current().release.item_ids
    except NotReady:
        return ()  # what is loaded waits for the first release


def _change(row: dict[str, str | None], where: str) -> LiveChange:
    stock = _number(row.get("stock"), where, "stock")
    price = _number(row.get("price"), where, "price")
    item_id = (row["item_id"] or "").strip()
    if stock is not None and stock != int(stock):
        raise InputError(
            f"{where}: stock is {row['stock']!r}, which is not a whole number.",
            hint="Write 1200, not 1.200, and load it again; nothing has changed.",
        )
    change = LiveChange(item_id, None if stock is None else max(int(stock), 0), price)
    _check(change, where)
    return change


def _number(text: str | None, where: str, column: str) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(
            f"{where}: {column} is {text!r}, which is not a number.",
            hint="Mend the file and load it again; nothing has changed.",
        )
    return number


def _check(change: LiveChange, where: str) -> None:
    if change.stock is not None and not 0 <= change.stock <= _MOST_PIECES:
        most = f"{_MOST_PIECES:,}"
        raise InputError(f"{where}: stock is {change.stock:.6g}; it has to be from 0 to {most}.")
    if change.price is not None and not 0 <= change.price <= _MOST_PRICE:
        raise InputError(f"{where}: price is {change.price:.6g}; it has to be 0 or more.")
