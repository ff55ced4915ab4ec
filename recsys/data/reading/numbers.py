"""Find out how a shop writes its numbers, once for the whole column, and read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from recsys.data.reading import shapes, values
from recsys.data.reading.number_shapes import GROUP_SIGNS, MONEY, Number, number

# Below this share of the cells that name money, the column mixes currencies.
_ONE_CURRENCY = 0.9


@dataclass(frozen=True)
class NumberReading:
    """How the numbers of a column are read.

    Attributes
    ----------
    label
        In words, such as "decimal comma"; empty for plain numbers.
    sql
        DOUBLE that fits a 32-bit float, or NULL where the cell is no number.
    currency
        Code of the money that the cells name, such as "EUR"; empty when they name none, several
        or one of many countries ("kr").
    """

    label: str
    sql: str
    currency: str = ""


def find_reading(
    connection: duckdb.DuckDBPyConnection, rows: str, *, column: str, kind: str
) -> NumberReading:
    """Find the one way of reading numbers that fits a column best.

    A comma (or point) before three digits may be a decimal sign or one of thousands: other cells
    of the column say which, and where none does, it is taken for thousands.

    Parameters
    ----------
    rows, column, kind
        What to write after FROM, its column, and the type of that column.
    """
    if values.is_number(kind):
        return NumberReading("", values.number(column))
    cell = values.text(column, kind)
    plain = values.number(cell)
    there, read = connection.execute(
        f"SELECT count(cell), count({values.number('cell')}) FROM (SELECT {cell} AS cell"
        f" FROM {rows})"
    ).fetchall()[0]
    if there == read:
        return NumberReading("", plain)
    found: list[tuple[Number, int]] = []
    for shape in shapes.of_column(connection, rows, column=column, cell=cell):
        one = number(shape.text)
        if one is not None:
            found.append((one, shape.rows))
    comma = _decimal_comma(connection, rows, cell=cell, found=found)
    return NumberReading(_label(found, comma=comma), _read(cell, comma=comma), _currency(found))


def _decimal_comma(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    *,
    cell: str,
    found: Sequence[tuple[Number, int]],
) -> bool:
    """Tell whether the decimal sign is a comma."""
    votes: Counter[str] = Counter()
    for one, count in found:
        votes["comma"] += count * (one.decimal == "," or one.group == ".")
        votes["point"] += count * (one.decimal == "." or one.group == ",")
        votes[one.either] += count
    if votes["comma"] or votes["point"]:
        return votes["comma"] > votes["point"]
    if not (votes[","] or votes["."]):
        return False
    sign = "," if votes[","] >= votes["."] else "."
    # the sample does not say it: a leading zero or another number of digits somewhere may
    decimal = f"^[^0-9]*0?[{sign}][0-9]|[{sign}]([0-9]{{1,2}}|[0-9]{{4,}})([^0-9].*)?$"
    proofs = connection.execute(
        f"SELECT count(*) FROM (SELECT {cell} AS cell FROM {rows})"
        f" WHERE regexp_matches(cell, '{decimal}')"
    ).fetchall()[0][0]
    if sign == ",":
        return bool(proofs)
    # 1.234 is what a computer writes, too, but hardly as a price
    return not proofs and any(one.currency for one, _ in found)


def _currency(found: Sequence[tuple[Number, int]]) -> str:
    count: Counter[str] = Counter()
    for one, rows in found:
        if one.currency:
            count[one.currency] += rows
    if not count:
        return ""
    code, most = count.most_common(1)[0]
    return code if most >= _ONE_CURRENCY * count.total() else ""


def _label(found: Sequence[tuple[Number, int]], *, comma: bool) -> str:
    if comma and any("," in (one.decimal, one.either) for one, _ in found):
        return "decimal comma"
    group = "." if comma else ","
    if any(group in (one.group, one.either) for one, _ in found):
        return "thousands point" if comma else "thousands comma"
    others = {one.group for one, _ in found} - {"", ",", "."}
    if others:
        return "thousands apostrophe" if others & {"'", "\u2019"} else "thousands blank"
    return ""


def _read(cell: str, *, comma: bool) -> str:
    """Return SQL for the numbers, of which plain ones are read the fast way."""
    decimal, group = (",", ".") if comma else (".", ",")
    between = f"[{group}{GROUP_SIGNS}]".replace("'", "''")
    sign, money = r"[+\x{2212}-]?\s*", rf"(?:{MONEY})?\s*"
    digits = rf"(?:[0-9]{{1,3}}(?:{between}[0-9]{{2,3}})*{between}[0-9]{{3}}|[0-9]+)"
    number_pattern = rf"({digits}(?:[{decimal}][0-9]*)?|[{decimal}][0-9]+)"
    pattern = rf"(?i)^\(?{sign}{money}{sign}{number_pattern}\s*{money}-?\)?$"
    signs = f"{decimal}{group}{GROUP_SIGNS}".replace("'", "''")
    text = f"translate(regexp_extract({cell}, '{pattern}', 1), '{signs}', '.')"
    value = values.number(text)
    signed = f"CASE WHEN regexp_matches({cell}, '[(\u2212-]') THEN -({value}) ELSE {value} END"
    plain = values.number(f"replace({cell}, ',', '.')" if comma else cell)
    if comma:
        plain = f"CASE WHEN NOT contains({cell}, '.') THEN {plain} END"
    return f"coalesce({plain}, {signed})"
