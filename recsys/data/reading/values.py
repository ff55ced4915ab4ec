"""SQL expressions that make clean values out of the columns of a shop's file.

``column`` is always a quoted identifier, ``kind`` its DuckDB type. Nothing here can fail on a row:
a value that cannot be read becomes NULL.
"""

from __future__ import annotations

from recsys.data.reading.stock_words import COUNTED, NO, YES

_FLOATS = ("FLOAT", "DOUBLE", "DECIMAL")
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT")
_BLANKS = (32, 9, 10, 12, 13, 160)
_WHOLE = (*_INTEGERS, "UINTEGER", "UBIGINT", "UHUGEINT")


def is_number(kind: str) -> bool:
    """Tell whether a type is one of numbers."""
    return kind.startswith(_FLOATS) or kind in _WHOLE


def text(column: str, kind: str) -> str:
    """Return the value as text without blanks around it; empty text is NULL.

    A whole number that was stored as a float (an id column with gaps) is written without ``.0``.
    """
    if kind in _WHOLE:
        return f"CAST({column} AS VARCHAR)"
    if kind.startswith(_FLOATS):
        whole = f"CAST(TRY_CAST({column} AS HUGEINT) AS VARCHAR)"
        is_whole = f"{column} = trunc({column}) AND abs({column}) < 1e18"
        missing = f"NOT isfinite(CAST({column} AS DOUBLE))"
        return (
            f"CASE WHEN {missing} THEN NULL WHEN {is_whole} THEN {whole}"
            f" ELSE CAST({column} AS VARCHAR) END"
        )
    value = column if kind == "VARCHAR" else f"CAST({column} AS VARCHAR)"
    # trim() alone leaves tabs and the no-break spaces that spreadsheets love; with a list of them
    # it takes ten times as long, so it looks only at cells that need it
    dirty = [f"{value} < '!'", f"prefix({value}, chr(160))"]
    dirty += [f"suffix({value}, chr({blank}))" for blank in _BLANKS]
    blanks = " || ".join(f"chr({blank})" for blank in _BLANKS)
    trimmed = f"trim({value}, {blanks})"
    return f"nullif(CASE WHEN {' OR '.join(dirty)} THEN {trimmed} ELSE {value} END, '')"


def unread(column: str, kind: str, *, value: str) -> str:
    """Return the text of a cell whose ``value`` (SQL) could not be read, else NULL."""
    return f"CASE WHEN {value} IS NULL THEN {text(column, kind)} END"


def number(column: str) -> str:
    """Return the value as a DOUBLE that fits a 32-bit float, too (so never NaN or infinite)."""
    value = f"TRY_CAST({column} AS DOUBLE)"
    return f"CASE WHEN abs({value}) < 1e38 THEN {value} END"


def price(column: str) -> str:
    """Return the value as a price: a DOUBLE of at least 0."""
    value = f"TRY_CAST({column} AS DOUBLE)"
    return f"CASE WHEN {value} >= 0 AND {value} < 1e38 THEN {value} END"


def stock(column: str, kind: str) -> str:
    """Return the value as whole pieces, an INTEGER; less than none is none.

    "In stock" and its like are 1 piece, "sold out" is 0, and "12 left", ">10" and "10+" are the
    number they name. Words that are not known are NULL.
    """
    if kind == "BOOLEAN":
        return f"CAST({column} AS INTEGER)"
    if is_number(kind):
        return _pieces(f"TRY_CAST({column} AS DOUBLE)")
    cell = text(column, kind)
    # a comma before three digits divides thousands, before one or two it is a decimal sign
    digits = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:[.,][0-9]+)?"
    counted = rf"^[^0-9]*?(-?(?:{digits}))[^0-9]*$"
    found = f"nullif(regexp_extract({cell}, '{counted}', 1), '')"
    whole = rf"regexp_replace({found}, ',([0-9]{{3}})', '\1', 'g')"
    named = f"TRY_CAST(replace({whole}, ',', '.') AS DOUBLE)"
    words = rf"regexp_replace(lower({cell}), '[^\pL]', '', 'g')"
    return (
        f"CASE WHEN TRY_CAST({cell} AS DOUBLE) IS NOT NULL"
        f" THEN {_pieces(f'TRY_CAST({cell} AS DOUBLE)')}"
        f" WHEN {words} IN {_listed(COUNTED | {''})} AND {found} IS NOT NULL THEN {_pieces(named)}"
        f" WHEN regexp_matches({cell}, '[0-9]') THEN NULL"
        f" WHEN {words} IN {_listed(YES)} THEN 1 WHEN {words} IN {_listed(NO)} THEN 0 END"
    )


def _pieces(value: str) -> str:
    return f"CASE WHEN {value} < 0 THEN 0 ELSE TRY_CAST(floor({value}) AS INTEGER) END"


def _listed(words: frozenset[str]) -> str:
    return f"({', '.join(repr(word) for word in sorted(words))})"
