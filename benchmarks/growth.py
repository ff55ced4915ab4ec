"""How time and memory grow with the shop: 1, 4 and, if asked, 16 times the demo's purchases.

``python -m benchmarks.growth ingest FILE`` and ``... train`` do one step in the workspace that
AISLE_HOME names and print its seconds and its peak of memory; each is a process, as in a job.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.demo import Demo
from benchmarks.processes import measure
from benchmarks.results import Result
from benchmarks.seen import peak_mb
from recsys.data.demo import DemoFiles
from recsys.data.ingest import Source, ingest
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

# Close to linear: a purchase may cost this much more in the largest shop than in the demo.
_SLACK = 1.25
_COLUMNS = ("user_id", "order_id")


def run(demo: Demo, *, most: int = 4) -> list[Result]:
    """Measure each size up to ``most`` times the demo."""
    sizes = [size for size in (1, 4, 16) if size <= most]
    found = {size: _measure_size(demo, size) for size in sizes}
    lines: list[Result] = []
    for step, words in (("ingest", "ingest"), ("train", "ALS 64 x 15")):
        for size in sizes:
            one = found[size][step]
            measured = f"{one['seconds']:,.1f} s, peak {one['peak_mb']:,.0f} MB"
            lines.append(Result(f"growth: {words} at {size}x", measured))
        last = sizes[-1]
        for number, unit in (("seconds", "time"), ("peak_mb", "memory")):
            ratio = found[last][step][number] / found[1][step][number]
            name = f"growth: {words}, {unit} at {last}x against 1x"
            limit = _SLACK * last
            lines.append(Result(name, f"{ratio:.1f} x", f"<= {limit:g} x", ratio <= limit))
    return lines


def _measure_size(demo: Demo, size: int) -> dict[str, Any]:
    home = demo.new_folder(f"growth-{size}")
    path = home / "interactions.parquet"
    _repeat(demo.files, size, path)
    module = "benchmarks.growth"
    return {
        "ingest": measure(module, "ingest", str(path), home=home, timeout=1800),
        "train": measure(module, "train", home=home, timeout=1800),
    }


def _repeat(files: DemoFiles, size: int, path: Path) -> None:
    """Write the demo's purchases so many times, each time by other shoppers in other baskets."""
    mapping = files.interactions.mapping
    changed = ", ".join(f"{mapping[role]} || '-' || copy AS {mapping[role]}" for role in _COLUMNS)
    with duckdb.connect(config={"temp_directory": str(path.parent)}) as connection:
        connection.execute(
            f"COPY (SELECT * EXCLUDE (copy) REPLACE ({changed})"
            f" FROM read_parquet('{files.interactions.path}'), range({size}) AS copies(copy))"
            f" TO '{path}' (FORMAT parquet)"
        ).fetchall()


def _do(step: str, path: str = "") -> None:
    workspace = Workspace.from_environment()
    started = time.perf_counter()
    if step == "ingest":
        columns = ("household_id", "product_id", "transaction_timestamp", "basket_id")
        roles = ("user_id", "item_id", "timestamp", "order_id")
        source = Source(Path(path), dict(zip(roles, columns, strict=True)))
        ingest(workspace, interactions=source, name="Growth")
    else:
        train_model(workspace, "als", evaluate=False)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _do(*sys.argv[1:])
