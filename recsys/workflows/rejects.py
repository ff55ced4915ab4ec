"""The rows that a version left out, as files to take away."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

from recsys.data.files.readers import connect, sql_name, sql_parquet, sql_text, storing
from recsys.workflows.datasets import rejects_path
from recsys.workflows.shelves import inert
from recsys.workspace import Workspace

# What ``inert`` knows, in DuckDB's regular expressions, whose \s is narrower than Python's.
_BLANK = (
    r" \v\f\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
    r'"\x00\x{200b}-\x{200f}\x{2060}\x{feff}'
)
_SIGN = r"=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}"
_FORMULA = rf"(^|[;|\t\r\n])([{_BLANK}]*[{_SIGN}])"
_NUMBER = r"-?\d+([.,]\d+)*"  # -1 is a number to a spreadsheet, too: an apostrophe would spoil it


def write_rejects_csv(
    workspace: Workspace, dataset_id: str, path: Path, *, raw: bool = False
) -> None:
    """Write the rows that a version left out as CSV in UTF-8, in bounded memory.

    Parameters
    ----------
    raw
        True for machines: text is not made inert and there is no byte-order mark. By default text
        that a spreadsheet would run as a formula gets a leading apostrophe.

    Raises
    ------
    NotFound
        There is no such version.
    StorageError
        The disk is full.
    """
    source = sql_parquet(rejects_path(workspace, dataset_id))
    with workspace.scratch() as scratch, connect(scratch) as connection, storing():
        columns = [str(row[0]) for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()]
        cells = [sql_name(column) if raw else _inert_sql(column) for column in columns]
        body = scratch / "rows.csv"
        connection.execute(
            f"COPY (SELECT {', '.join(cells)} FROM {source}) TO {sql_text(str(body))}"
            " (FORMAT csv, HEADER false)"
        )
        # The head by hand: two columns may have one name once they are inert.
        head = io.StringIO()
        names = columns if raw else [inert(column) for column in columns]
        csv.writer(head, lineterminator="\n").writerow(names)
        with path.open("wb") as out, body.open("rb") as rows:
            out.write(head.getvalue().encode("utf-8" if raw else "utf-8-sig"))
            shutil.copyfileobj(rows, out)


def rejects_csv(workspace: Workspace, dataset_id: str) -> bytes:
    """Return the rows that a version left out as CSV for people; see `write_rejects_csv`."""
    with workspace.scratch() as folder:
        path = folder / "rejects.csv"
        write_rejects_csv(workspace, dataset_id, path)
        return path.read_bytes()


def rejects_parquet(workspace: Workspace, dataset_id: str) -> bytes:
    """Return the rows that a version left out as Parquet, cells as they stood in the files."""
    return rejects_path(workspace, dataset_id).read_bytes()


def _inert_sql(column: str) -> str:
    cell = f"CAST({sql_name(column)} AS VARCHAR)"
    signs = f"regexp_replace({cell}, {sql_text(_FORMULA)}, '\\1''\\2', 'g')"
    made = f"regexp_replace({signs}, '^([\\t\\r\\n])', '''\\1')"
    return f"CASE WHEN regexp_full_match({cell}, {sql_text(_NUMBER)}) THEN {cell} ELSE {made} END"
