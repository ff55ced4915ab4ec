"""What DuckDB says about a file, in the words of a merchandiser."""

from __future__ import annotations

import csv
import io
import itertools
import re
from pathlib import Path

from recsys.data.files import bad_files
from recsys.data.files.encodings import likely_encoding
from recsys.data.files.json_faults import find_fault
from recsys.data.files.sources import Source, workbook_kind
from recsys.errors import BadFile

# The folder of a converted copy; its name is not one for a reader.
COPIES = "opened-"


def explain(path: Path, found: str, *, name: str = "") -> BadFile:
    """Return what DuckDB found wrong with a file."""
    name = name or path.name
    if re.search(r"Malformed JSON|JSON transform|maximum_object_size|recursion depth", found):
        return find_fault(Source.of(path, name))
    if "not utf-8" in found:
        # found beforehand, but for a preview with letters of another encoding beyond its start
        hint = "Save it as “CSV UTF-8”, then add it again."
        return BadFile(f"{name} is not UTF-8 text.", hint=hint)
    if "state machine" in found:
        return bad_files.mixed_ends(name)
    if "GZIP" in found:
        return bad_files.torn(name, "gzip")
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", found)
    if fields:
        count = "1 field" if fields[2] == "1" else f"{fields[2]} fields"
        message = f"{name}, {_where(path, found)}: {count} where the header has {fields[1]}."
        hint = "Mend that line (often a delimiter inside a text without quotes)"
    elif "unterminated quote" in found:
        message = f"{name}, {_where(path, found)}: a quote is opened and not closed."
        hint = 'Write a quote inside a quoted text twice ("")'
    elif "Maximum line size" in found:
        message = f"{name}, {_where(path, found)}: the line is longer than 2 MB."
        hint = "Often a quote is opened and not closed; mend it"
    else:
        reason = re.sub(r"^[\w ]+ Error: ", "", found.splitlines()[0])
        reason = re.sub(rf"[^\s'\"]*{re.escape(path.name)}", name, reason)
        reason = re.sub(rf"[^\s'\"]*{COPIES}[^\s'\"]*", name, reason)
        message = f"{name} is damaged: {reason}."
        hint = "Export or download it once more"
    return BadFile(message, hint=f"{hint}, then add the file again.")


def _where(path: Path, found: str) -> str:
    source = Source.of(path)
    if source.packing == "zip" and workbook_kind(source) != "archive":
        return "one of its rows"
    row = re.search(r"Error on Line: (\d+)", found)
    delimiter = re.search(r"delimiter = (.) \(Set", found)
    if not (row and delimiter):
        return "one of its lines"
    return f"line {_line_of(source, int(row[1]), delimiter[1]):,}"


def _line_of(source: Source, row: int, delimiter: str) -> int:
    """Return the line on which a row begins: DuckDB counts rows, and a quoted text has many lines.

    A row that cannot be told from its neighbours (a quote never closed) keeps its number.
    """
    encoding = likely_encoding(source)
    with (
        source.open() as raw,
        io.TextIOWrapper(raw, encoding, "replace", newline="") as text,
    ):
        rows = csv.reader(text, delimiter=delimiter)
        try:
            for _ in itertools.islice(rows, row - 1):
                pass
        except csv.Error:
            return row
        return rows.line_num + 1
