"""How soon the first words of a text are there to be drawn.

Copy is written through the real SDKs by a small server beside; what is measured is the time from
the first byte that it sends to the first call of ``on_text``. The server sends a piece of 16
characters each 20 ms, about as quick models do, so that the words begin in the first piece and the
rest is on its way while they are drawn.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.demo import Demo
from benchmarks.results import Result, at_most, percentile
from recsys.copywriting.providers.opening import open_provider
from recsys.copywriting.text import Brief, Fact, Facts
from recsys.workflows.copywriting import write
from recsys.workspace import Workspace

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "llm"))

from llm_answers import Scenario
from llm_fixture import environment, reach
from llm_server import LlmServer

_TIMES = 20
_LIMIT = 150
_MODELS = {"anthropic": "claude-sonnet-5-5", "openai": "local-small"}
_FACTS = Facts(
    about="product",
    id="1",
    name="Oat Drink",
    facts=(Fact(field="name", value="Oat Drink"), Fact(field="brand", value="Milkwood")),
)


def run(_demo: Demo) -> list[Result]:
    """Measure both providers; the first text of each, which loads its SDK, is left out."""
    llm = LlmServer()
    llm.always(Scenario(between=0.02))
    results: list[Result] = []
    with TemporaryDirectory(prefix="aisle-bench-") as folder:
        for name in _MODELS:
            seconds = _first_words(llm, Path(folder) / name, name)
            line = f"copy by {name}: first byte to first words: p95"
            results.append(at_most(line, percentile(seconds, 95), _LIMIT, unit="ms"))
    llm.stop()
    return results


def _first_words(llm: LlmServer, home: Path, name: str) -> list[float]:
    os.environ.update(environment(llm, name))
    settings = reach(llm, home, name)
    workspace = Workspace(settings)
    provider = open_provider(settings)
    seconds: list[float] = []
    for _ in range(_TIMES + 1):
        heard: list[float] = []
        write(
            workspace,
            _FACTS,
            Brief(),
            provider=provider,
            model=_MODELS[name],
            on_text=lambda _text, heard=heard: heard.append(time.monotonic()),
        )
        seconds.append(heard[0] - llm.first_byte_at)
    provider.close()
    workspace.database.close()
    return seconds[1:]
