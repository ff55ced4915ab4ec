"""The main job as a merchandiser does it: from nothing to shelves, by clicks alone."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

from browser_steps import LONG, act, publish_the_best
from playwright.sync_api import Page, expect

from recsys.settings import Settings
from recsys.workspace import Workspace


def api(base_url: str, path: str) -> Any:
    with urllib.request.urlopen(f"{base_url}/api{path}", timeout=10) as answer:
        return json.load(answer)


def listed_jobs(page: Page) -> None:
    """See that Jobs, and not the page before it, has the one job."""
    expect(
        page.get_by_role("heading", name="What is running, and what went wrong?")
    ).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text("Load the demo shop")).to_have_count(1)


def manifest_of_the_dataset(home: Path) -> dict[str, Any]:
    workspace = Workspace(Settings(home=home))
    (dataset_id,) = workspace.datasets.ids()
    return workspace.datasets.manifest(dataset_id)


def test_demo_shop_from_click_to_shelf_and_csv(
    page: Page, base_url: str, server_home: Path
) -> None:
    page.goto(base_url)
    expect(page.get_by_role("heading", name="What needs you today?")).to_be_visible()
    page.get_by_role("button", name="Load the demo shop").click()
    expect(page.get_by_text("Aisle is at work: Load the demo shop")).to_be_visible()

    # The job goes on without the page: leave, reload, and it is the same job.
    page.get_by_role("link", name="Jobs").click()
    listed_jobs(page)
    page.reload()
    listed_jobs(page)
    page.get_by_role("link", name="Home").click()
    train = page.get_by_role("button", name="Train the first models")
    expect(train).to_be_visible(timeout=LONG)
    loaded = manifest_of_the_dataset(server_home)
    assert loaded["counts"]["shoppers"] == 249  # of the package that the server was given
    for key in ("interactions", "shoppers", "items", "baskets"):
        expect(page.get_by_text(f"{loaded['counts'][key]:,}", exact=True)).to_be_visible()
    train.click()
    publish_the_best(page)
    expect(page.get_by_text("than popularity").first).to_be_visible()

    page.goto(f"{base_url}/shelves?shopper=900")
    expect(page.get_by_role("heading", name="What would this shopper see?")).to_be_visible()
    listed = api(base_url, "/for-you/900?n=10")["items"]
    assert len(listed) == 10
    expect(page.get_by_text("10 of 10 shown")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["item_id"] for row in rows] == [item["item_id"] for item in listed]
    assert [row["name"] for row in rows] == [item["name"] for item in listed]
    assert [int(row["rank"]) for row in rows] == list(range(1, 11))

    # A cart built by clicks gives Also bought without what is in it.
    for place in range(2):
        act(page, "Add to cart", place)
        name = re.escape(listed[place]["name"][:15])
        expect(page.get_by_text(re.compile(f"{name}.* is in the cart")).first).to_be_visible()
    page.get_by_text("Also bought", exact=True).click()
    expect(page.get_by_text("5 of 5 shown")).to_be_visible()
    expect(page.get_by_text("Often bought with").first).to_be_visible()

    # A click on a card turns to products like it.
    act(page, "Similar")
    expect(page.get_by_text("Similar to").first).to_be_visible()
    assert "placement=similar" in page.url

    health = api(base_url, "/health")
    assert health["status"] == "ok"
    assert health["worker"] == "running"
