"""A bulk run of copy against a language model that answers in 50 ms.

The server is that of the tests, as a process of its own. Eight requests are under way at once, so
that 1,000 rows take 6.25 s at best; the rest is what Aisle adds: prompts, the SDK, the checks, and
keeping each answer before the next request leaves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

from benchmarks.demo import Demo
from benchmarks.processes import ROOT, measure
from benchmarks.results import Result, at_most, told
from recsys.copywriting.providers.opening import open_provider
from recsys.copywriting.text import Brief
from recsys.types import silent
from recsys.workflows.copy_bulk import Selection, estimate, rows, run_bulk, run_line, start_run
from recsys.workspace import Workspace

ROWS, CONCURRENCY, ANSWER_SECONDS = 1_000, 8, 0.05
MODEL = "claude-sonnet-5-5"
_HOLD = 1.3


def run(demo: Demo) -> list[Result]:
    """Measure a run over products of the demo shop, in a process as the worker's."""
    with _model() as url:
        os.environ |= {"ANTHROPIC_API_KEY": "none"}
        found = measure("benchmarks.copy_bulk", url, home=demo.home, timeout=300)
    asked, ideal = found["asked"], found["asked"] * ANSWER_SECONDS / CONCURRENCY
    name = f"bulk copy, {ROWS:,} rows, {asked:,} answers of 50 ms, 8 at once, against {ideal:.2f} s"
    return [
        at_most(name, found["seconds"] / ideal, _HOLD, unit="x"),
        told("bulk copy, processor time a row", found["cpu"] * 1000 / ROWS, unit="ms"),
        told("bulk copy, estimate of 1,000 rows", found["estimate"] * 1000, unit="ms"),
    ]


@contextmanager
def _model() -> Generator[str]:
    """Start the small server, and give its address."""
    server = ROOT / "tests" / "llm" / "llm_server.py"
    process = subprocess.Popen(
        [sys.executable, str(server), "--delay", str(ANSWER_SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def _measured(workspace: Workspace) -> dict[str, float]:
    selection, brief = Selection(limit=ROWS), Brief()
    began = time.perf_counter()
    estimate(workspace, selection, brief, model=MODEL, way="direct")
    estimated = time.perf_counter() - began
    line = start_run(
        workspace, selection, brief, model=MODEL, way="direct", cap=None, actor="benchmark"
    )
    provider = open_provider(workspace.settings)
    provider.models()  # the SDK is imported, and the connection is there
    began, processor = time.perf_counter(), time.process_time()
    run_bulk(workspace, line.id, silent, provider=provider, concurrency=CONCURRENCY)
    seconds, cpu = time.perf_counter() - began, time.process_time() - processor
    provider.close()
    done = run_line(workspace, line.id)
    assert done.counts == {"written": ROWS}, done.counts
    written = rows(workspace, line.id, state="written", limit=ROWS)
    asked = sum(row.tries for row in written)
    return {"seconds": seconds, "cpu": cpu, "estimate": estimated, "asked": asked}


def main() -> None:
    """Print what was found as JSON."""
    os.environ["AISLE_LLM_URL"] = sys.argv[1]
    workspace = Workspace.from_environment()
    sys.stdout.write(f"{json.dumps(_measured(workspace))}\n")


if __name__ == "__main__":
    main()
