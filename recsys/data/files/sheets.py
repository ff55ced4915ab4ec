"""Workbooks as tables: a process of its own writes the sheet as CSV.

A workbook of a few kilobytes may ask for any amount of memory, and the library that reads it ends
its process when there is none. That must be neither the server nor the worker.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from recsys.data.files import bad_files
from recsys.data.files.csv_files import open_csv
from recsys.data.files.encodings import read_start
from recsys.data.files.opened import OpenedTable
from recsys.data.files.sources import OLD_OFFICE, Source

_SECONDS = 600
_HEAD_BYTES = 1 << 20
_LOOKED_AT = 64 << 20
_KINDS = {"xlsx": "an Excel workbook", "ods": "an OpenDocument spreadsheet"}


def open_sheet(source: Source, kind: str, folder: Path, *, most_rows: int = 0) -> OpenedTable:
    """Return the first sheet with rows as a table; blank rows are left out.

    Parameters
    ----------
    kind
        "xlsx" or "ods".
    folder
        Where its CSV is written.
    most_rows
        How many rows are wanted; 0 for all.

    Raises
    ------
    BadFile
        The workbook is damaged, locked, too large, or has no rows.
    """
    target = folder / "sheet.csv"
    found = _run_child(source, target, most_rows)
    if not found.get("rows"):
        raise bad_files.sheet_empty(source.name)
    text = Source(target, source.name)
    table = open_csv(text, read_start(text, "utf-8", _HEAD_BYTES), delimiter=",")
    words = f"sheet '{found['sheet']}' of {_KINDS[kind]}"
    if found["others"]:
        names = ", ".join(f"'{one}'" for one in found["others"])
        words += f" (not read: {names})"
    return replace(table, first_row=found["first_row"], understood=words)


def _run_child(source: Source, target: Path, most_rows: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "recsys.data.files.sheet_child"]
    command += [str(source.path), str(target), str(most_rows)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        child = subprocess.run(
            command, capture_output=True, env=environment, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise bad_files.sheet_too_large(source.name) from error
    if child.returncode:
        # it was aborted or killed for want of memory, or fell over what no workbook has
        if child.returncode < 0:
            raise bad_files.sheet_too_large(source.name)
        raise bad_files.sheet_damaged(source.name, "its sheets cannot be read")
    found: dict[str, Any] = json.loads(child.stdout)
    if found.get("locked"):
        raise bad_files.locked(source.name)
    if found.get("too_large"):
        raise bad_files.sheet_too_large(source.name)
    if "damaged" in found:
        reason = str(found["damaged"]).splitlines()[0].rstrip(".")
        raise bad_files.sheet_damaged(source.name, reason)
    if "failed" in found:
        raise bad_files.no_room(str(found["failed"]))
    return found


def check_old_office(source: Source, start: bytes) -> None:
    """Refuse what Excel wrote before 2007, and what it writes with a password.

    Raises
    ------
    BadFile
        It is one of them.
    """
    if not start.startswith(OLD_OFFICE):
        return
    with source.open() as handle:
        if "EncryptedPackage".encode("utf-16-le") in handle.read(_LOOKED_AT):
            raise bad_files.locked(source.name)
    raise bad_files.not_a_table(source.name, "an old Excel or Word document")
