"""Write a sheet of a workbook as CSV, as a process of its own; see :mod:`.sheets`.

It is started with a workbook, a file to write, and how many rows are wanted (0 for all). It prints
what it found as JSON.
"""

from __future__ import annotations

import csv
import datetime
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import python_calamine as calamine

_Cell: TypeAlias = (
    int
    | float
    | str
    | bool
    | datetime.time
    | datetime.date
    | datetime.datetime
    | datetime.timedelta
)
_MOST_BYTES = 2 << 30
_MOST_ROWS = 1_048_576  # as in Excel
_MOST_SECONDS = 600


def main() -> None:
    """Read the arguments, write the sheet, and print what was found."""
    for limit, most in (
        (resource.RLIMIT_AS, _MOST_BYTES),
        (resource.RLIMIT_CPU, _MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system knows each limit
            resource.setrlimit(limit, (most, most))
    workbook, target, most_rows = sys.argv[1:]
    try:
        found = _write_sheet(workbook, Path(target), int(most_rows))
    except calamine.PasswordError:
        found = {"locked": True}
    except calamine.CalamineError as error:
        limit = "limit exceeded" in str(error)
        found = {"too_large": True} if limit else {"damaged": str(error)}
    except OSError as error:
        found = {"failed": error.strerror or str(error)}
    except MemoryError:
        found = {"too_large": True}
    sys.stdout.write(json.dumps(found))


def _write_sheet(workbook: str, target: Path, most_rows: int) -> dict[str, object]:
    """Write the first sheet that has rows and is not hidden."""
    # its stubs leave PathLike open
    with calamine.load_workbook(workbook) as book:  # pyright: ignore[reportUnknownMemberType]
        shown = [
            one.name
            for one in book.sheets_metadata
            if one.visible == calamine.SheetVisibleEnum.Visible
            and one.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        first: dict[str, object] = {}
        others: list[str] = []
        for name in shown:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > _MOST_ROWS:
                return {"too_large": True}
            if sheet.height and first:
                others.append(name)
            elif sheet.height:
                first = {"sheet": name, **_write_rows(sheet, target, most_rows)}
        return {**first, "others": others}


def _write_rows(sheet: calamine.CalamineSheet, target: Path, most_rows: int) -> dict[str, object]:
    first_row = written = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for place, row in _filled(sheet):
            if written == 1:
                first_row = place
            rows.writerow(row)
            written += 1
            if most_rows and written > most_rows:
                break
    return {"first_row": first_row, "rows": max(written - 1, 0)}


def _filled(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, with their numbers in the sheet."""
    for place, cells in enumerate(sheet.iter_rows(), start=1):
        row = [_text(cell) for cell in cells]
        if any(row):
            yield place, row


def _text(cell: _Cell) -> str:
    """Return a cell as text: numbers to the 15 digits that a spreadsheet shows, dates as ISO."""
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, ".15g")
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    main()
