"""All benchmarks in one run, as one table.

``python -m benchmarks [--only NAME] [--growth] [--big]``
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import (
    copy_bulk,
    copy_checks,
    copy_stream,
    first_shelf,
    growth,
    ingest_speed,
    map_page,
    map_speed,
    pages_bench,
    segment_curves,
    segment_speed,
    shelf_latency,
)
from benchmarks.demo import Demo
from benchmarks.results import Result, machine, table

_RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Run what was asked for, print the table, and keep it when it is whole."""
    benchmarks: dict[str, Callable[[Demo], list[Result]]] = {
        "first_shelf": first_shelf.run,
        "shelf_latency": shelf_latency.run,
        "pages": pages_bench.run,
        "maps": map_speed.run,
        "map_page": map_page.run,
        "ingest": ingest_speed.run,
        "growth": growth.run,
        "segments": segment_speed.run,
        "curves": segment_curves.run,
        "copy_checks": copy_checks.run,
        "copy_stream": copy_stream.run,
        "copy_bulk": copy_bulk.run,
    }
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", choices=[*benchmarks, "big"], help="this one, printed and not kept"
    )
    parser.add_argument("--growth", action="store_true", help="grow to 16 times the demo, too")
    parser.add_argument("--big", action="store_true", help="read a CSV of 20 million rows, too")
    given = parser.parse_args()
    if given.growth:
        benchmarks["growth"] = partial(growth.run, most=16)
    if given.big or given.only == "big":
        benchmarks["big"] = ingest_speed.run_big
    results: list[Result] = []
    with TemporaryDirectory(prefix="aisle-bench-") as folder:
        demo = Demo(Path(folder))
        for name in [given.only] if given.only else benchmarks:
            started = time.monotonic()
            results += benchmarks[name](demo)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(f"{machine()}\n\n{table(results)}")
    if not given.only:
        _RESULTS.write_text(_document(results), encoding="utf-8")


def _document(results: list[Result]) -> str:
    return f"""# What was measured

Written by `python -m benchmarks`: the demo shop (1.47 million purchases, 2,469 shoppers, 68,491
products) on {machine()}. What each line means is in the docstrings beside this file.

{table(results)}
"""


if __name__ == "__main__":
    main()
