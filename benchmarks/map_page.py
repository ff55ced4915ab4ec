"""The Map page before the eyes of one browser: to drawn, a lasso to its panel, a click.

200,000 products of a synthetic shop on the real page, with a map that is kept; then the component
alone (map_app.py) at four sizes, up to a million points. Chromium draws with SwiftShader, on the
processor: a graphics card is quicker.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.demo import Demo
from benchmarks.map_app import PLOTLY_POINTS, POINTS
from benchmarks.processes import Process, Server
from benchmarks.results import Result, at_most, told
from recsys.data.ingest import Source, ingest
from recsys.maps.picture import Cluster, Picture
from recsys.settings import Settings
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_ITEMS = 200_000
_GROUPS = 20
_TIMES = 3
_WAYS = (*(("ours", one) for one in POINTS), *(("plotly", one) for one in PLOTLY_POINTS))
_WORDS = {"ours": "the map's component alone", "plotly": "Plotly in its place"}
_BROWSER_OPTIONS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Milliseconds from the end of a lasso to the words of its panel, and the bytes of its message.
_WATCH = """() => {
    const count = () => document.body.innerText.match(/[\\d,]+ (products? )?chosen/)?.[0] ?? ''
    const before = count()
    window.lassoed = new Promise((resolve) => {
        window.addEventListener('mouseup', () => {
            const start = performance.now()
            const look = () => count() !== before && resolve(performance.now() - start)
            new MutationObserver(look).observe(document.body,
                { subtree: true, childList: true, characterData: true })
        }, { once: true, capture: true })
    })
}"""


def run(demo: Demo) -> list[Result]:
    """Measure the page, then the component alone."""
    from playwright.sync_api import sync_playwright

    home = demo.new_folder("map")
    _shop(home)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("AISLE_CHROMIUM") or shutil.which("chromium"),
            args=list(_BROWSER_OPTIONS),
        )
        with Server(home).await_ready() as server:
            address = f"http://localhost:{server.port}/map"
            _seconds(browser, address)  # the server's first page
            drawn, lassos, _ = zip(
                *(_seconds(browser, address) for _ in range(_TIMES)), strict=True
            )
        results = [
            at_most("Map page, 200,000 points: to drawn", statistics.median(drawn), 2.5, unit="s"),
            at_most("- a lasso to its panel", statistics.median(lassos), 0.3, unit="s"),
        ]
        with _alone(home) as address:
            for way, points in _WAYS:
                page = f"{address}?points={points}&way={way}"
                found = [_seconds(browser, page, way) for _ in range(_TIMES + 1)]
                drawn, lassos, sent = map(statistics.median, zip(*found[1:], strict=True))
                results += [
                    told(f"{_WORDS[way]}, {points:,} points: to drawn", drawn, unit="s"),
                    told("- a lasso and its answer", lassos, unit="s"),
                    told("- bytes of a lasso", sent, unit="bytes"),
                ]
        browser.close()
    return results


def _seconds(browser: Browser, address: str, way: str = "ours") -> tuple[float, float, float]:
    """Return the seconds to drawn and of a lasso, and the bytes that the lasso sent."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    sent: list[int] = []
    page.on("websocket", lambda one: one.on("framesent", lambda data: sent.append(len(data))))
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    ours = way == "ours"
    page.locator(".map[data-drawn]" if ours else ".gl-canvas-context").wait_for(timeout=60_000)
    drawn = time.perf_counter() - started
    page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=60_000)
    before = len(sent)
    lasso = _lasso(page, ".map canvas" if ours else ".js-plotly-plot .nsewdrag")
    page.close()
    return drawn, lasso, float(max(sent[before:], default=0))


def _lasso(page: Page, canvas: str) -> float:
    box = page.locator(canvas).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(_WATCH)
    page.keyboard.down("Shift")  # Plotly has its lasso chosen, and takes it for "add to it"
    page.mouse.move(x - 120, y - 120)
    page.mouse.down()
    for dx, dy in ((120, -120), (140, 0), (120, 120), (0, 140), (-120, 120)):
        page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    return page.evaluate("window.lassoed") / 1000


@contextmanager
def _alone(home: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = ("streamlit", "run", "benchmarks/map_app.py", f"--server.port={port}")
    with Process(home, *app):
        _await_port(port)
        yield f"http://localhost:{port}/"


def _await_port(port: int) -> None:
    for _ in range(300):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"Nothing answers on port {port}.")


def _shop(home: Path) -> None:
    """Make a live shop of so many products, with a map of random places that is kept."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    dice = np.random.default_rng(3)
    group = dice.integers(0, _GROUPS, _ITEMS)
    bought = np.concatenate([np.arange(_ITEMS), dice.integers(0, _ITEMS, 4 * _ITEMS)])
    users = group[bought] * 1000 + dice.integers(0, 1000, len(bought))
    days = np.datetime64("2026-01-01") + dice.integers(0, 300, len(bought))
    ids = np.char.add("p", np.arange(_ITEMS).astype(str))
    rows = {"user": users.astype(str), "item": ids[bought], "when": days.astype(str)}
    items = {
        "item": ids,
        "name": np.char.add("Product with a name of usual length ", ids),
        "category": np.char.add("Category ", group.astype(str)),
        "price": dice.lognormal(1, 0.6, _ITEMS).round(2),
    }
    for name, columns in (("rows", rows), ("items", items)):
        pq.write_table(pa.table(columns), home / f"{name}.parquet")
    workspace = Workspace(Settings(home=home))
    roles = {"user_id": "user", "item_id": "item", "timestamp": "when"}
    known = {"item_id": "item", "name": "name", "category": "category", "price": "price"}
    dataset = ingest(
        workspace,
        interactions=Source(home / "rows.parquet", roles),
        items=Source(home / "items.parquet", known),
        name="200,000 products",
    )
    als = train_model(
        workspace,
        "als",
        dataset_id=dataset,
        settings={"factors": 16, "iterations": 2},
        evaluate=False,
    )
    publish_release(
        workspace,
        strategies={"for_you": als},
        only=("for_you",),
        evaluate=False,
        actor="benchmarks",
    )
    _keep_map(workspace, als, dataset)
    workspace.database.close()


def _keep_map(workspace: Workspace, model_id: str, dataset_id: str) -> None:
    """Keep a map as the job does, of drawn places: its arrays are what the page reads."""
    dice = np.random.default_rng(4)
    group = dice.integers(0, _GROUPS, _ITEMS)
    points = dice.normal(size=(_GROUPS, 2))[group] * 6 + dice.normal(size=(_ITEMS, 2))
    sizes = np.bincount(group)
    picture = Picture(
        id="",
        of="items",
        method="umap",
        points=points.astype(np.float32),
        clusters=group.astype(np.int16),
        groups=tuple(
            Cluster(f"Group {one}", int(size), float(size), 0.1) for one, size in enumerate(sizes)
        ),
        sales=dice.lognormal(3, 1.5, _ITEMS).astype(np.float32),
        about={
            "model_id": model_id,
            "placement": "for_you",
            "dataset_id": dataset_id,
            "n_items": _ITEMS,
            "n_shoppers": 0,
            "left_out": 0,
            "sales_word": "purchases",
            "started_from": "",
            "median_shift": None,
            "common": 0,
            "created_at": time.time(),
        },
    )
    with workspace.maps.writing(workspace.maps.new_id(), picture.facts()) as folder:
        picture.save(folder)
