"""How many rows of purchases are read, checked and written as a dataset in a second."""

from __future__ import annotations

import statistics
import time

import duckdb

from benchmarks.demo import Demo
from benchmarks.results import Result, at_least
from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workspace import Workspace

_TIMES = 3


def run(demo: Demo) -> list[Result]:
    """Read the demo shop's interactions alone, from Parquet and from CSV."""
    parquet = demo.files.interactions
    csv = Source(parquet.path.with_suffix(".csv"), parquet.mapping)
    duckdb.execute(
        f"COPY (FROM read_parquet('{parquet.path}')) TO '{csv.path}' (FORMAT csv)"
    ).fetchall()
    workspace = Workspace(Settings(home=demo.new_folder("ingest")))
    return [
        at_least("ingest from Parquet", _speed(workspace, parquet), 1, unit="M rows/s"),
        at_least("ingest from CSV", _speed(workspace, csv), 0.5, unit="M rows/s"),
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
