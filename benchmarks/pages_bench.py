"""What a person at the dashboard feels with the demo shop live: reruns, cold start, memory."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.browser_session import BrowserSession
from benchmarks.demo import Demo
from benchmarks.processes import Server
from benchmarks.results import Result, at_most, percentile, told
from benchmarks.seen import await_spare, job_child, resident_mb
from benchmarks.shelf_latency import draw_questions, through_api
from recsys.errors import AisleError
from recsys.releases.live import LiveShop

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_RERUNS = 100
_WARM_UP = 5
_SHELVES = 200
_STARTS = 5
_ACTIONS = 40
# Clicks a menu's item; milliseconds until the line of the draft changed and the page is finished.
_CLICK_AND_WAIT = """async (choice) => {
    const line = () => document.body.innerText.match(/[^\\n]*unpublished change/)?.[0];
    const busy = () => !document.querySelector('[data-test-script-state="notRunning"]');
    const before = line();
    const item = [...document.querySelectorAll('[role=menuitem]')]
        .find((one) => one.innerText.includes(choice));
    const start = performance.now();
    item.click();
    while ((line() === before || busy()) && performance.now() - start < 20000)
        await new Promise((resolve) => setTimeout(resolve, 4));
    return performance.now() - start;
}"""
_OTHER_PAGES = ("", "data", "models", "jobs")
_BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def run(demo: Demo) -> list[Result]:
    """Measure a long session on one server, then cold starts of others."""
    return [*_session(demo), *_in_browser(demo.home)]


def _session(demo: Demo) -> list[Result]:
    """Show shelves to many shoppers, look at all pages, then ask for the memory."""
    questions = draw_questions(LiveShop(demo.workspace()).current(), _SHELVES)
    with Server(demo.home).await_ready() as server, BrowserSession(server.port) as session:
        session.rerun("shelves")
        clicks = [session.rerun("shelves", click="Random") for _ in range(_WARM_UP + _RERUNS)]
        random = clicks[_WARM_UP:]
        others = [session.rerun(page) for page in _OTHER_PAGES * 6][len(_OTHER_PAGES) :]
        through_api(server.connect(), questions)
        worker = server.worker_pid
        if worker is None:
            raise AisleError("The server has no worker.")
        await_spare(worker)
        spare = job_child(worker)
        memory = [resident_mb(pid) for pid in (server.pid, worker, spare or worker)]
    return [
        told("Shelves after a click on Random: p50", percentile(random, 50), unit="ms"),
        at_most("Shelves after a click on Random: p95", percentile(random, 95), 150, unit="ms"),
        at_most("Home, Data, Models, Jobs in turn: p95", percentile(others, 95), 150, unit="ms"),
        at_most("memory of the server after all that", memory[0], 700, unit="MB"),
        told("- its worker beside it", memory[1], unit="MB"),
        told("- the worker's spare child", memory[2], unit="MB"),
    ]


def _in_browser(home: Path) -> list[Result]:
    """Click on cards, then start the server again and again, before the eyes of one browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("AISLE_CHROMIUM") or shutil.which("chromium"),
            args=list(_BROWSER_OPTIONS),
        )
        actions = _card_actions(browser, home)
        seconds = [_cold_start(browser, home) for _ in range(_STARTS + 1)][1:]
        browser.close()
    middle = statistics.median(seconds)
    return [
        told(
            "a card action to the new preview, in the browser: p50",
            percentile(actions, 50),
            unit="ms",
        ),
        at_most(
            "a card action to the new preview, in the browser: p95",
            percentile(actions, 95),
            300,
            unit="ms",
        ),
        at_most(f"`streamlit run` to first page, median of {_STARTS}", middle, 5, unit="s"),
        told("- the slowest of them", max(seconds), unit="s"),
    ]


def _card_actions(browser: Browser, home: Path) -> list[float]:
    """Return the seconds from a click on Boost or Bury to the whole new shelf.

    Each click names another rule in the line above the shelf, so a change of it is the answer.
    """
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    seconds: list[float] = []
    with Server(home).await_ready() as server:
        page.goto(f"http://localhost:{server.port}/shelves?shopper=900&placement=for_you")
        acts = page.get_by_role("button", name="Act")
        acts.nth(9).wait_for(timeout=60_000)
        for number in range(_WARM_UP + _ACTIONS):
            page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=60_000)
            page.wait_for_timeout(300)
            acts.nth(number % 8).click()
            choice = ("Boost", "Bury")[number % 2]
            page.get_by_role("menuitem", name=choice).first.wait_for()
            seconds.append(page.evaluate(_CLICK_AND_WAIT, choice) / 1000)
        page.close()
    return seconds[_WARM_UP:]


def _cold_start(browser: Browser, home: Path) -> float:
    """Return the seconds from the start of the server to a finished Home page, nothing cached."""
    page = browser.new_page()
    started = time.perf_counter()
    with Server(home).await_ready() as server:
        page.goto(f"http://localhost:{server.port}/", wait_until="commit")
        page.locator("h1").first.wait_for(timeout=60_000)
        page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=60_000)
        seconds = time.perf_counter() - started
        page.close()
    return seconds
