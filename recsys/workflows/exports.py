"""For You of every shopper, worked out ahead: for e-mails and other systems."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recsys.errors import InputError, NotReady, StorageError
from recsys.jobs.queue import Job
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.publishing import live
from recsys.releases.release import not_served
from recsys.shelves.asking import check_n
from recsys.shelves.placements import for_you
from recsys.types import Report
from recsys.workflows.data_jobs import submit
from recsys.workflows.shelves import inert
from recsys.workspace import Workspace
from recsys.workspace.artefacts import part_path

COLUMNS = ("user_id", "item_id", "rank", "score", "name", "reason")
_TYPES = (str, str, int, float, str, str)
FORMATS = (".csv", ".parquet")
_ROWS_AT_A_TIME = 20_000

Row = Sequence[Any]
Write = Callable[[Sequence[Row]], None]


def submit_export(
    workspace: Workspace,
    *,
    n: int | None = None,
    out: Path | None = None,
    raw: bool = False,
    actor: str,
) -> Job:
    """Queue the writing of For You of every shopper of the live release.

    Parameters
    ----------
    n
        How many products for each, 1 to 50 (default 10).
    out
        A file whose name ends in .csv or .parquet; by default one of the workspace's own, named
        in the job's result.
    raw
        Text as it is; by default a CSV file holds none that a spreadsheet would run.

    Raises
    ------
    InputError
        ``n`` is out of range, or the file cannot be written or has another ending.
    NotReady
        Nothing is live, or it has no For You.
    """
    check_n("for_you", n)
    now = live(workspace)
    if now is None:
        raise NotReady("Nothing is live yet.", hint="Publish a release first.")
    if "for_you" not in workspace.releases.manifest(now.release_id)["strategies"]:
        raise not_served("for_you")
    target = (out or exports_folder(workspace) / f"for-you-{now.release_id}.csv").resolve()
    check_path(target, ours=out is None)
    params = {"out": str(target), "n": n, "raw": raw}
    return submit(workspace, "export", params, "Export For You of every shopper", actor)


def exports_folder(workspace: Workspace) -> Path:
    """Return where exports lie that were asked for without a name."""
    return workspace.home / "exports"


def export_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`submit_export`."""
    target = Path(params["out"])
    if target.parent == exports_folder(workspace).resolve():
        target.parent.mkdir(parents=True, exist_ok=True)
    view = LiveShop(workspace).current()
    return export_for_you(view, target, n=params["n"], raw=params["raw"], report=report)


def export_for_you(
    view: LiveView, path: Path, *, n: int | None, raw: bool = False, report: Report
) -> dict[str, Any]:
    """Write For You of every shopper to a file, which appears whole or not at all.

    The release stays the same to the end, whatever is published meanwhile; memory does not grow
    with the number of shoppers.

    Returns
    -------
    dict
        ``file``, ``release_id``, ``shoppers``, ``rows`` and ``seconds``.

    Raises
    ------
    InputError
        The file cannot be written there.
    StorageError
        The disk is full.
    """
    check_path(path)
    started = time.monotonic()
    total = len(view.release.user_ids)
    rows = 0
    pending: list[Row] = []
    with writing(path, COLUMNS, _TYPES, raw=raw) as write:
        for number, user_id in enumerate(view.release.user_ids.ids):
            report(number / total, "Writing For You of every shopper")
            pending += _rows(view, user_id, n)
            if len(pending) >= _ROWS_AT_A_TIME:
                rows += len(pending)
                write(pending)
                pending = []
        rows += len(pending)
        write(pending)
    return {
        "file": str(path),
        "release_id": view.release.id,
        "shoppers": total,
        "rows": rows,
        "seconds": round(time.monotonic() - started, 2),
    }


def _rows(view: LiveView, user_id: str, n: int | None) -> Iterator[Row]:
    ids, names = view.release.item_ids, view.release.names
    for item in for_you(view, user_id, n=n).items:
        row = ids.row(item.item_id)
        name = item.item_id if row is None else names[row]
        yield user_id, item.item_id, item.rank, round(item.score, 6), name, item.reason


def check_path(path: Path, formats: Sequence[str] = FORMATS, *, ours: bool = False) -> None:
    """Refuse a file that cannot be written or whose name says no format.

    Raises
    ------
    InputError
        Its name has another ending, or its folder is not there.
    """
    if path.suffix.lower() not in formats:
        raise InputError(
            f"{path.name} says no format that can be written.",
            hint=f"Let the name end in {' or '.join(formats)}.",
        )
    if not ours and (not path.parent.is_dir() or path.is_dir()):
        raise InputError(f"{path} cannot be written.", hint="Name a file in a folder that exists.")


@contextmanager
def writing(
    path: Path, columns: Sequence[str], types: Sequence[type] = (), *, raw: bool
) -> Generator[Write]:
    """Give a way to write rows; what is half written never has the name.

    Parameters
    ----------
    types
        Of the columns: str, int or float, which only Parquet has to know.
    raw
        Text as it is; by default a CSV file holds none that a spreadsheet would run.

    Raises
    ------
    StorageError
        The disk is full, or the folder cannot be written to.
    """
    part = part_path(path.parent, path.name)
    is_csv = path.suffix.lower() == ".csv"
    try:
        with _csv(part, columns, raw=raw) if is_csv else _parquet(part, columns, types) as write:
            yield write
        os.replace(part, path)
    except OSError as error:
        raise StorageError(
            f"Writing {path} failed: {error.strerror or error}.",
            hint="Free some space or name another file; what was there before is unchanged.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path, columns: Sequence[str], *, raw: bool) -> Generator[Write]:
    """Write CSV in UTF-8; without ``raw`` with a byte-order mark and nothing to run in it."""
    with path.open("w", encoding="utf-8" if raw else "utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")

        def write(rows: Sequence[Row]) -> None:
            writer.writerows(rows if raw else [[inert(cell) for cell in row] for row in rows])

        write([columns])
        yield write


@contextmanager
def _parquet(path: Path, columns: Sequence[str], types: Sequence[type]) -> Generator[Write]:
    """Write Parquet, whose cells nobody runs."""
    from recsys.data.arrow import pa, pq

    known = {str: pa.string(), int: pa.int32(), float: pa.float64()}
    kinds = [known[one] for one in types]
    schema = pa.schema(list(zip(columns, kinds, strict=True)))
    with pq.ParquetWriter(path, schema) as writer:

        def write(rows: Sequence[Row]) -> None:
            arrays = [
                pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

        yield write
