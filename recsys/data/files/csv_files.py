"""CSV as a table: its header says how it is written, and nothing else is guessed.

CSV is read as text throughout, so that the ids ``00123`` and ``1e5`` stay what they are.
"""

from __future__ import annotations

import csv
import io
import itertools
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
_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE = re.compile(r'(?:[^"\r\n]+|"[^"]*")*')
_ROWS_TO_LOOK_AT = 50


@dataclass(frozen=True)
class _Head:
    columns: tuple[str, ...]
    delimiter: str
    lines_above: int
    line_end: str  # only where DuckDB would take another one for it


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
        f" columns={sql_texts(head.columns)},{_line_end(head.line_end)}"
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
    """Read the header line and what stands above it."""
    body = start.lstrip("\r\n")
    said = _SAYS_DELIMITER.match(body)
    if said and not delimiter:
        delimiter, body = said[1], body[said.end() :]
    above = _LINE_END.findall(start[: len(start) - len(body)])
    line = _LINE.match(body)
    text = line[0] if line else ""
    end = _LINE_END.match(body, len(text))
    # DuckDB takes the first line end for that of all lines, and finds no rows where it is not
    if end and set(above) - {end[0]}:
        raise bad_files.mixed_ends(name)
    other_end = end[0] if end and set(_LINE_END.findall(text)) - {end[0]} else ""
    delimiter = delimiter or _find_delimiter(text, body)
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
    return _Head(tuple(columns), delimiter, len(above), other_end)


def _line_end(line_end: str) -> str:
    written = line_end.replace("\r", "\\r").replace("\n", "\\n")
    return f" new_line='{written}'," if line_end else ""


def _find_delimiter(header: str, body: str) -> str:
    """Return what stands between the names of the header, and so between the cells below it.

    Of several the one that cuts most of the first rows as it cuts the header, then the one that
    stands in the header most often.
    """
    unquoted = re.sub(r'"[^"]*"', "", header)
    there = [one for one in _DELIMITERS if one in unquoted]
    if len(there) < 2:
        return there[0] if there else ","
    return max(there, key=lambda one: (_share_of_fitting_rows(body, one), unquoted.count(one)))


def _share_of_fitting_rows(body: str, delimiter: str) -> float:
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    widths: list[int] = []
    try:
        for row in itertools.islice(rows, _ROWS_TO_LOOK_AT):
            ends_with_delimiter = bool(widths) and len(row) == widths[0] + 1 and not row[-1]
            widths.append(len(row) - ends_with_delimiter)
    except csv.Error:
        return 0.0
    return widths.count(widths[0]) / len(widths)


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
