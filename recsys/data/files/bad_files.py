"""What can be wrong with a shop's file, found and said in words."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import re
from pathlib import Path
from typing import IO, cast

from recsys.errors import BadFile

PARQUET = b"PAR1"
GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20

_NOT_TABLES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "an image or a recording",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
}
_MARKUP = re.compile(rb"\s*(<!doctype|<html|<\?xml|<svg|<table|<div)", re.IGNORECASE)
_JSON = re.compile(rb'\s*(\{\s*"|\[\s*[\[{"])')
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_SAVE_AS_CSV = "Save it as CSV (UTF-8) or Parquet, then add it again."
_SAVE_AS_UTF8 = "Save it as “CSV UTF-8”, then add it again."


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for its bytes, decompressed where it is gzip."""
    with path.open("rb") as handle:
        compressed = handle.read(len(GZIP)) == GZIP
    return cast("IO[bytes]", gzip.open(path)) if compressed else path.open("rb")


def check_start(path: Path) -> bytes:
    """Return the first bytes of a file that may be a table.

    Raises
    ------
    BadFile
        They belong to something else (a picture, an archive, a web page), or there are none.
    """
    with path.open("rb") as handle:
        start = handle.read(512)
    if not start:
        raise empty(path)
    if start.startswith(PARQUET):
        return start
    with open_bytes(path) as handle:
        inside = handle.read(512)
    found = _what_it_is(inside)
    if found:
        raise BadFile(f"{path.name} is not a table; it looks like {found}.", hint=_SAVE_AS_CSV)
    return start


def check_text(path: Path, start: bytes) -> None:
    """Refuse bytes that are no UTF-8 text.

    Raises
    ------
    BadFile
        They are binary, or text in another encoding.
    """
    if start.startswith(_UTF16):
        raise BadFile(f"{path.name} is UTF-16 text, not UTF-8.", hint=_SAVE_AS_UTF8)
    if b"\0" in start:
        place = start.index(b"\0")
        line = start.count(b"\n", 0, place) + 1
        raise BadFile(
            f"{path.name} is not a table; line {line:,} holds a zero byte, as in binary files.",
            hint=_SAVE_AS_CSV,
        )
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError as error:
        raise _find_not_utf8(path) from error


def explain(path: Path, found: str) -> BadFile:
    """Return what DuckDB found wrong with a file, in the words of a merchandiser."""
    if "not utf-8" in found:
        return _find_not_utf8(path)
    if "GZIP" in found:
        return torn_gzip(path)
    row = re.search(r"Error on Line: (\d+)", found)
    delimiter = re.search(r"delimiter = (.) \(Set", found)
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", found)
    at = "one of its lines"
    if row and delimiter:
        at = f"line {_line_of(path, int(row[1]), delimiter[1]):,}"
    if fields:
        count = "1 field" if fields[2] == "1" else f"{fields[2]} fields"
        message = f"{path.name}, {at}: {count} where the header has {fields[1]}."
        hint = "Mend that line (often a delimiter inside a text without quotes)"
    elif "unterminated quote" in found:
        message = f"{path.name}, {at}: a quote is opened and not closed."
        hint = 'Write a quote inside a quoted text twice ("")'
    elif "Maximum line size" in found:
        message = f"{path.name}, {at}: the line is longer than 2 MB."
        hint = "Often a quote is opened and not closed; mend it"
    elif "state machine" in found:
        message = f"{path.name} has line ends of more than one kind."
        hint = "Save it once with a spreadsheet or an editor"
    else:
        reason = re.sub(r"^[\w ]+ Error: ", "", found.splitlines()[0])
        reason = re.sub(rf"[^\s'\"]*{re.escape(path.name)}", path.name, reason)
        message = f"{path.name} is damaged: {reason}."
        hint = "Export or download it once more"
    return BadFile(message, hint=f"{hint}, then add the file again.")


def empty(path: Path) -> BadFile:
    """Return the error for a file without a single row."""
    size = path.stat().st_size
    what = "is empty (0 bytes)" if size == 0 else "holds no rows"
    return BadFile(f"{path.name} {what}.", hint="Export it once more and check that it holds rows.")


def twice(path: Path, column: str) -> BadFile:
    """Return the error for two columns of one name."""
    return BadFile(
        f"{path.name} names the column '{column}' twice.",
        hint="Give each column a name of its own (capitals do not tell two apart).",
    )


def no_header(path: Path) -> BadFile:
    """Return the error for a text whose first line cannot be column names."""
    return BadFile(
        f"{path.name} is not a table; its first line holds no column names.", hint=_SAVE_AS_CSV
    )


def too_wide(path: Path, columns: int, *, most: int) -> BadFile:
    """Return the error for more columns than a table of a shop can have."""
    return BadFile(
        f"{path.name} has {columns:,} columns; {most:,} are the most that can be read.",
        hint="Export one row for each purchase, product or shopper, with the columns that matter.",
    )


def too_large_to_show(path: Path) -> BadFile:
    """Return the error for first rows that do not fit into memory."""
    return BadFile(
        f"{path.name} holds values that are too large to show.",
        hint="Leave out the columns with very long values, then add the file again.",
    )


def torn_gzip(path: Path) -> BadFile:
    """Return the error for a compressed file that is damaged or cut off."""
    return BadFile(
        f"{path.name} is a damaged or cut off gzip file.",
        hint="Compress or download it once more, then add it again.",
    )


def _what_it_is(start: bytes) -> str:
    for magic, name in _NOT_TABLES.items():
        if start.startswith(magic):
            return name
    if _MARKUP.match(start):
        return "a web page (HTML or XML)"
    if _JSON.match(start):
        return "JSON"
    return ""


def _line_of(path: Path, row: int, delimiter: str) -> int:
    """Return the line on which a row begins: DuckDB counts rows, and a quoted text has many lines.

    A row that cannot be told from its neighbours (a quote never closed) keeps its number.
    """
    with open_bytes(path) as raw, io.TextIOWrapper(raw, "utf-8", "replace", newline="") as text:
        rows = csv.reader(text, delimiter=delimiter)
        try:
            for _ in itertools.islice(rows, row - 1):
                pass
        except csv.Error:
            return row
        return rows.line_num + 1


def _find_not_utf8(path: Path) -> BadFile:
    """Look for the byte itself, which DuckDB does not name."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, place = 1, 0
    with open_bytes(path) as handle:
        while chunk := handle.read(_CHUNK):
            held = decoder.getstate()[0]  # the beginning of a character that the chunk cut
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                text = held + chunk
                line += text.count(b"\n", 0, error.start)
                return BadFile(
                    f"{path.name} is not UTF-8 text: line {line:,} holds the byte"
                    f" 0x{text[error.start]:02X} (byte {place - len(held) + error.start + 1:,}"
                    " of the file).",
                    hint=_SAVE_AS_UTF8,
                )
            line += chunk.count(b"\n")
            place += len(chunk)
    return BadFile(f"{path.name} ends in the middle of a character.", hint=_SAVE_AS_UTF8)
