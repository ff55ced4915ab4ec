"""SQL expressions that make clean values out of the columns of a shop's file.

``column`` is always a quoted identifier, ``kind`` its DuckDB type. Nothing here can fail on a row:
a value that cannot be read becomes NULL.
"""

from __future__ import annotations

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


def stock(column: str) -> str:
    """Return the value as whole pieces; less than none is none."""
    value = f"TRY_CAST({column} AS DOUBLE)"
    return f"CASE WHEN {value} < 0 THEN 0 ELSE TRY_CAST(floor({value}) AS INTEGER) END"
