"""Which rows cannot be used, and why: every reason counted on the whole file, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from recsys.data.reading.columns import Kind

_EXAMPLES = 5


@dataclass(frozen=True)
class Reason:
    """What is wrong with a row, which mostly means that it cannot be used.

    Attributes
    ----------
    unusable
        SQL condition over the rows.
    singular, plural
        What such a row or such rows do, to stand after their number and noun.
    example
        SQL of the value worth showing; empty for none.
    noun
        What is counted.
    removes
        Whether the row is left out; otherwise only one of its cells is.
    """

    code: str
    unusable: str
    singular: str
    plural: str
    example: str = ""
    noun: str = "row"
    removes: bool = True

    def words(self, number: int) -> str:
        """Say it of so many rows."""
        return sentence(number, self.singular, self.plural, noun=self.noun)


@dataclass(frozen=True)
class Removed:
    """What was left out of a dataset, rows or cells, and why; stands in its manifest."""

    code: str
    kind: Kind
    count: int
    message: str
    examples: tuple[str, ...] = ()


def reasons(mapping: dict[str, str], catalogue_name: str) -> list[Reason]:
    """Return the reasons that can apply to interactions with these roles.

    ``catalogue_name`` is the file of the items, empty when there is none.
    """
    found = [
        Reason("no_shopper", "user_id IS NULL", "has no shopper id", "have no shopper id"),
        Reason("no_item", "item_id IS NULL", "has no product id", "have no product id"),
    ]
    if "quantity" in mapping:
        words = "a quantity that is not above 0"
        unusable = "coalesce(quantity, 0) <= 0"
        found.append(_having("quantity", unusable, words, "printf('%g', quantity)"))
    if "timestamp" in mapping:
        words = "a date that is missing or cannot be read"
        found.append(_having("date", "timestamp IS NULL", words, "moment"))
    if "event_type" in mapping:
        words = "an event of unknown type"
        found.append(_having("event", "event_weight IS NULL", words, "event_type"))
    if "rating" in mapping:
        found.append(_having("rating", "rating IS NULL", "a rating that is not a number", ""))
    if "price" in mapping:
        found.append(unreadable("price", example="price_text"))
    if catalogue_name:
        # the item's row is looked up by its id, so it is missing without an id, too
        unusable = "item IS NULL AND item_id IS NOT NULL"
        words = f"a product that is not in {catalogue_name}"
        found.append(Reason("orphan", unusable, f"names {words}", f"name {words}", "item_id"))
    return found


def count(
    connection: duckdb.DuckDBPyConnection, rows: str, found: Sequence[Reason]
) -> tuple[int, int, list[Removed]]:
    """Count rows, usable rows, and the rows of each reason, of a table or view.

    A row with two reasons counts under both, so the counts may add up to more than was removed.
    """
    each = ", ".join(f"count(*) FILTER ({reason.unusable})" for reason in found)
    query = f"SELECT count(*), count(*) FILTER ({usable(found)}), {each} FROM {rows}"
    read, left, *counts = connection.execute(query).fetchall()[0]
    removed = [
        Removed(
            reason.code,
            "interactions",
            number,
            reason.words(number),
            examples(connection, rows, reason),
        )
        for reason, number in zip(found, counts, strict=True)
        if number
    ]
    return read, left, removed


def usable(found: Sequence[Reason]) -> str:
    """Return the SQL condition of a row to which none of the reasons applies."""
    return " AND ".join(f"NOT ({reason.unusable})" for reason in found if reason.removes)


def unreadable(role: str, *, example: str) -> Reason:
    """Return the reason why cells of price, cost or stock are empty though something stands there.

    ``example`` is the SQL of what stands there, NULL for cells that could be read.
    """
    number = "12" if role == "stock" else "3.99"
    return Reason(
        f"unreadable_{role}",
        f"{example} IS NOT NULL",
        f"is not a number such as {number} and was left empty",
        f"are not numbers such as {number} and were left empty",
        example,
        noun="stock value" if role == "stock" else role,
        removes=False,
    )


def sentence(number: int, singular: str, plural: str, *, noun: str = "row") -> str:
    """Say what rows do: ``1 row has no shopper id.``, ``1,200 rows have no shopper id.``."""
    return f"1 {noun} {singular}." if number == 1 else f"{number:,} {noun}s {plural}."


def _having(code: str, unusable: str, words: str, example: str) -> Reason:
    return Reason(code, unusable, f"has {words}", f"have {words}", example)


def examples(connection: duckdb.DuckDBPyConnection, rows: str, reason: Reason) -> tuple[str, ...]:
    """Return up to 5 distinct values that show the reason."""
    if not reason.example:
        return ()
    query = (
        f"SELECT DISTINCT {reason.example} AS example FROM {rows} WHERE {reason.unusable}"
        f" AND example IS NOT NULL ORDER BY example LIMIT {_EXAMPLES}"
    )
    return tuple(str(example) for (example,) in connection.execute(query).fetchall())
