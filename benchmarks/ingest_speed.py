"""How many rows of purchases are read, checked and written as a dataset in a second.

And how long a fix takes, and what the findings screen waits for. ``python -m
benchmarks.ingest_speed FILE MAPPING`` ingests one CSV in the workspace that AISLE_HOME names and
prints its seconds and its peak of memory; that is a process of its own, as in a job.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.demo import Demo
from benchmarks.processes import measure
from benchmarks.results import Result, at_least, at_most, told
from benchmarks.seen import peak_mb
from recsys.data.demo import DemoFiles
from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.datasets import apply_fixes, undo_fixes, versions
from recsys.workspace import Workspace

_TIMES = 3
_BIG_COPIES = 14
_MOST_MB = 2_000
_CHANGED = ("user_id", "item_id", "order_id")


def run(demo: Demo) -> list[Result]:
    """Read the demo shop's interactions alone, from Parquet and from CSV, then all of it."""
    parquet = demo.files.interactions
    csv = Source(parquet.path.with_suffix(".csv"), parquet.mapping)
    duckdb.execute(
        f"COPY (FROM read_parquet('{parquet.path}')) TO '{csv.path}' (FORMAT csv)"
    ).fetchall()
    workspace = Workspace(Settings(home=demo.new_folder("ingest")))
    fix, screen = _fix_and_screen(demo)
    return [
        at_least("ingest from Parquet", _speed(workspace, parquet), 1, unit="M rows/s"),
        at_least("ingest from CSV", _speed(workspace, csv), 0.5, unit="M rows/s"),
        told("a fix undone or applied on the demo", fix, unit="s"),
        at_most("manifests for the findings screen, of 3 versions", screen, 200, unit="ms"),
    ]


def run_big(demo: Demo) -> list[Result]:
    """Read some 20 million rows from one CSV, in a process of its own."""
    home = demo.new_folder("big")
    path = home / "purchases.csv"
    rows = _write_big(demo.files, path)
    mapping = json.dumps(demo.files.interactions.mapping)
    found = measure("benchmarks.ingest_speed", str(path), mapping, home=home, timeout=3600)
    name = f"ingest of {rows / 1e6:.1f} M rows from CSV"
    return [
        told(name, found["seconds"], unit="s"),
        told(f"{name}, speed", rows / found["seconds"] / 1e6, unit="M rows/s"),
        at_most(f"{name}, peak of memory", found["peak_mb"], _MOST_MB, unit="MB"),
    ]


def _speed(workspace: Workspace, source: Source) -> float:
    """Return millions of rows a second, the median of three times."""
    speeds: list[float] = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        dataset_id = ingest(workspace, interactions=source, name="Speed")
        seconds = time.perf_counter() - started
        speeds.append(workspace.datasets.manifest(dataset_id)["counts"]["read"] / seconds / 1e6)
    return statistics.median(speeds)


def _fix_and_screen(demo: Demo) -> tuple[float, float]:
    """Return the seconds of a changed fix, and the milliseconds that the findings screen reads."""
    workspace = Workspace(Settings(home=demo.new_folder("fixes")))
    files = demo.files
    newest = ingest(
        workspace,
        interactions=files.interactions,
        items=files.items,
        shoppers=files.shoppers,
        name="Demo",
        accept=True,
    )
    code = next(
        one["code"]
        for one in workspace.datasets.manifest(newest)["findings"]
        if one["fix"] and one["fixed"] and one["removes"]
    )
    seconds: list[float] = []
    for change in (undo_fixes, apply_fixes):
        started = time.perf_counter()
        newest = change(workspace, newest, [code])
        seconds.append(time.perf_counter() - started)
    waited: list[float] = []
    for _ in range(20):
        started = time.perf_counter()
        versions(workspace, newest)
        waited.append((time.perf_counter() - started) * 1000)
    workspace.database.close()
    return statistics.mean(seconds), statistics.median(waited)


def _write_big(files: DemoFiles, path: Path) -> int:
    """Write the demo's purchases many times, each by other shoppers of other products."""
    source = files.interactions
    columns = [source.mapping[role] for role in _CHANGED]
    changed = ", ".join(f"{column} || '-' || copy AS {column}" for column in columns)
    with duckdb.connect(config={"temp_directory": str(path.parent)}) as connection:
        connection.execute("SET preserve_insertion_order = false")  # so it needs little memory
        return connection.execute(
            f"COPY (SELECT * EXCLUDE (copy) REPLACE ({changed})"
            f" FROM read_parquet('{source.path}'), range({_BIG_COPIES}) AS copies(copy))"
            f" TO '{path}' (FORMAT csv)"
        ).fetchall()[0][0]


def _ingest_one(path: str, mapping: str) -> None:
    workspace = Workspace.from_environment()
    started = time.perf_counter()
    ingest(workspace, interactions=Source(Path(path), json.loads(mapping)), name="Big")
    print(json.dumps({"seconds": time.perf_counter() - started, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _ingest_one(*sys.argv[1:])
