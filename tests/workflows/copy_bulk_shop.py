"""A shop of twenty products with names of their own, and runs on the small server."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homes import loaded_once
from llm_fixture import reach
from llm_server import LlmServer
from workflow_shops import source

from recsys.copywriting.providers.opening import open_provider
from recsys.copywriting.text import Brief
from recsys.data.ingest import ingest
from recsys.jobs.queue import Queue
from recsys.settings import Settings
from recsys.types import Report, silent
from recsys.workflows.copy_bulk import RunLine, Selection, Way, run_bulk, run_line, start_run
from recsys.workspace import Workspace

MODEL = "claude-sonnet-5-5"
NAMES = [
    *("Amber", "Bolero", "Cactus", "Dahlia", "Ember", "Fjord", "Garnet", "Harbour", "Indigo"),
    *("Jasmine", "Kestrel", "Lagoon", "Meadow", "Nectar", "Orchid", "Pepper", "Quartz", "Raven"),
    *("Saffron", "Thistle"),
]
BRIEF = Brief()
EVERYTHING = Selection()


class Bulk:
    """A workspace, and what tests do with it."""

    def __init__(self, home: Path, llm: LlmServer) -> None:
        plain = Workspace(Settings(home=home))
        loaded_once(plain, "copy-bulk", lambda: _load(plain))
        plain.database.close()
        self.llm = llm
        self.workspace = Workspace(reach(llm, home))

    def start(self, *, way: Way = "direct", cap: float | None = None, **more: Any) -> RunLine:
        given: dict[str, Any] = {"model": MODEL, "way": way, "cap": cap, "actor": "ann"} | more
        selection = given.pop("selection", EVERYTHING)
        brief = given.pop("brief", BRIEF)
        return start_run(self.workspace, selection, brief, **given)

    def work(self, run: RunLine, report: Report = silent) -> RunLine:
        """Do the job of a run here, to its end; the row of the job is put away."""
        job_id = run_line(self.workspace, run.id).job_id
        provider = open_provider(self.workspace.settings)
        try:
            run_bulk(self.workspace, run.id, report, provider=provider)
        finally:
            provider.close()
            if job_id is not None:
                Queue(self.workspace.database).ask_cancel(job_id, actor="tests")
        return run_line(self.workspace, run.id)

    def asked_about(self) -> list[str]:
        """Return the names of the products that the server was asked about, in order."""
        return [name_in(one.text) for one in self.llm.asked]


def name_in(text: str) -> str:
    """Return the product that a request is about."""
    return next(name for name in NAMES if f"{name} tea" in text)


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def _load(workspace: Workspace) -> None:
    purchases, goods = workspace.home / "purchases.csv", workspace.home / "items.csv"
    # The first product is bought by most, the last by one.
    lines = [f"u{shopper},t{item:02}" for item in range(20) for shopper in range(20 - item)]
    purchases.write_text("\n".join(["user_id,item_id", *lines]), encoding="utf-8")
    rows = [
        f"t{number:02},{name} tea,{'Green' if number % 2 else 'Black'} tea,Brand {number % 3}"
        for number, name in enumerate(NAMES)
    ]
    goods.write_text("\n".join(["item_id,name,category,brand", *rows]), encoding="utf-8")
    ingest(workspace, interactions=source(purchases), items=source(goods), name="Teas")
