"""Small messy shops, and a way to drive the Data page as a person does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from homes import loaded_once
from streamlit.testing.v1 import AppTest

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.types import silent
from recsys.workflows.jobs import active_jobs, await_job
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
EVIL = ":red[x] [link](http://x) <b>`=1+1`"

OVERVIEW: dict[str, Any] = {
    "summary": "20 shoppers bought 15 products; half of all sales come from 40 % of them.",
    "period": "week",
    "over_time": [
        {"start": 1767225600 + n * 604800, "interactions": 9 * n, "shoppers": n} for n in range(5)
    ],
    "popularity": [{"products": n / 10, "sales": (n / 10) ** 0.5} for n in range(11)],
    "top1": 0.1,
    "half": 0.4,
    "activity": [{"from": 1, "to": 1, "shoppers": 4}, {"from": 2, "to": 3, "shoppers": 16}],
    "categories": [{"category": EVIL, "interactions": 70, "products": 3}],
    "prices": [{"from": 0.0, "to": 5.0, "products": 9}, {"from": 5.0, "to": None, "products": 6}],
    "events": [],
    "matrix": {"pairs": 90, "filled": 0.3},
}


def messy_shop(home: Path) -> Workspace:
    """A shop of 132 rows: 120 good ones, 4 negative, 3 without a shopper, 3 copies, 2 unusable."""
    lines = ["order,customer,sku,when,pieces,price"]
    lines += [
        f"o{n // 3},c{n % 20},p{n % 15},2026-01-{1 + n % 28:02d} 10:{n % 60:02d}:00,1,2.50"
        for n in range(120)
    ]
    lines += lines[1:4]
    lines += [f"r{n},c{n},{EVIL},2026-02-0{n + 1} 09:00:00,-1,2.50" for n in range(4)]
    lines += [f"g{n},,p{n},2026-02-0{n + 1} 09:00:00,1,2.50" for n in range(3)]
    lines += [f"x{n},c{n},,2026-02-0{n + 1} 09:00:00,1,2.50" for n in range(2)]
    roles = {
        "order_id": "order",
        "user_id": "customer",
        "item_id": "sku",
        "timestamp": "when",
        "quantity": "pieces",
        "price": "price",
    }
    return _load(home, "messy.csv", lines, roles)


def event_shop(home: Path) -> Workspace:
    """A shop of 100 events: 70 views, 20 purchases, 10 of unknown meaning."""
    words = ["view"] * 70 + ["purchase"] * 20 + ["wiggle"] * 10
    lines = ["customer,sku,when,event"]
    lines += [
        f"c{n % 9},p{n % 7},2026-01-{1 + n % 28:02d} 10:{n % 60:02d}:00,{word}"
        for n, word in enumerate(words)
    ]
    roles = {"user_id": "customer", "item_id": "sku", "timestamp": "when", "event_type": "event"}
    return _load(home, "events.csv", lines, roles)


def _load(home: Path, name: str, lines: list[str], roles: dict[str, str]) -> Workspace:
    home.mkdir(parents=True, exist_ok=True)
    path = home.parent / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=home))
    source = Source(path, roles)
    loaded_once(
        workspace,
        name,
        lambda: ingest(workspace, interactions=source, name="Messy shop", currency="EUR"),
    )
    tell(workspace, OVERVIEW)
    return workspace


def tell(workspace: Workspace, overview: dict[str, Any]) -> None:
    """Write an overview for the newest version."""
    path = workspace.datasets.path(newest(workspace)) / "overview.json"
    path.write_text(json.dumps(overview), encoding="utf-8")


def newest(workspace: Workspace) -> str:
    """The id of the version made last; two ids of one second tell nothing."""
    return max(workspace.datasets.manifests(), key=lambda one: one["created_at"])["id"]


def open_data(home: Path, monkeypatch: pytest.MonkeyPatch, view: str = "") -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    app.switch_page("data.py")
    if view:
        app.query_params["view"] = view
    return calm(app.run())


def calm(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error, app.error[0].value
    return app


def work(workspace: Workspace) -> None:
    """Do what is queued, as the worker would."""
    for job in active_jobs(workspace):
        assert await_job(workspace, job, silent).status == "done"


def button(app: AppTest, label: str = "", key: str = "") -> Any:
    return next(one for one in app.button if one.key == key or (label and one.label == label))


def said(app: AppTest) -> str:
    """All words of the page, escapes taken out."""
    every = [*app.markdown, *app.caption, *app.info, *app.success, *app.warning]
    return " ".join(element.value for element in every).replace("\\", "")
