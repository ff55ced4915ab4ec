"""CSV as a table: its header says how it is written, and nothing else is guessed.

CSV is read as text throughout, so that the ids ``00123`` and ``1e5`` stay what they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from recsys.data.files import bad_files
from recsys.data.files.duck import ONLY_THE_FILE, sql_path, sql_text, sql_texts
from recsys.data.files.opened import OpenedTable, check_names, check_width
from recsys.data.files.sources import Source

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# Spreadsheets in some countries write their delimiter above the header.
_SAYS_DELIMITER = re.compile(r'"?sep=([,;\t|])"?(?:\r\n|\r|\n)', re.IGNORECASE)
_ROWS_TO_LOOK_AT = 50


@dataclass(frozen=True)
class _Head:
    columns: tuple[str, ...]
    delimiter: str
    lines_above: int


def open_csv(source: Source, start: str, *, delimiter: str = "") -> OpenedTable:
    """Return UTF-8 text, plain or gzip, as a table.

    Parameters
    ----------
    start
        Its beginning, the header and some rows.
    delimiter
        What stands between the cells, where that is known.
    """
    head = _read_head(source.name, start, delimiter)
    # Everything is said, nothing is guessed: a guess that skips odd lines would lose rows unseen.
    options = (
        f"auto_detect=false, header=true, skip={head.lines_above}, nullstr='',"
        f" delim={sql_text(head.delimiter)}, quote='\"', escape='\"',"
        f" columns={sql_texts(head.columns)},"
        f" compression='{'gzip' if source.packing else 'none'}'"
    )
    words = f"{_DELIMITERS[head.delimiter]}-separated" if len(head.columns) > 1 else "one column"
    return OpenedTable(
        source.name,
        f"read_csv({sql_path(source.path)}, {options}, {ONLY_THE_FILE})",
        head.columns,
        ("VARCHAR",) * len(head.columns),
        head.lines_above + 2,
        words,
    )


def _read_head(name: str, start: str, delimiter: str) -> _Head:
    """Read the header line: its delimiter is the one that stands in it most often."""
    body = start.lstrip("\r\n")
    lines_above = len(start[: len(start) - len(body)].splitlines())
    said = _SAYS_DELIMITER.match(body)
    if said and not delimiter:
        delimiter, body, lines_above = said[1], body[said.end() :], lines_above + 1
    unquoted = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", body, maxsplit=1)[0])
    delimiter = delimiter or max(_DELIMITERS, key=unquoted.count)
    rows: Iterator[list[str]] = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    try:
        header = next(rows)
    except (csv.Error, StopIteration) as error:
        raise bad_files.no_header(name) from error
    if _rows_end_with_delimiter(rows, len(header)):
        header.append("")
    check_width(name, len(header))
    columns = [one.strip() or f"column {place}" for place, one in enumerate(header, start=1)]
    check_names(name, columns)
    return _Head(tuple(columns), delimiter, lines_above)


def _rows_end_with_delimiter(rows: Iterator[list[str]], width: int) -> bool:
    """Tell whether each row has one cell more than the header, an empty one.

    The cell becomes a column of its own, in case it is filled further down.
    """
    seen = 0
    try:
        for row in rows:
            if row and (len(row) != width + 1 or row[-1]):
                break
            seen += bool(row)
            if seen == _ROWS_TO_LOOK_AT:
                return True
        else:
            return seen > 0
    except csv.Error:
        pass
    return False
