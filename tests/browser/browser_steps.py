"""What several browser tests do on their way."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page, expect

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

LONG = 300_000  # milliseconds for a job on a slow machine


def popular_shop(home: Path, name: str, rows: Iterable[str]) -> tuple[Workspace, str]:
    """Load purchases (customer, sku, day) into a server's workspace; popularity feeds For You.

    Returns the workspace, which the caller closes, and the id of the release that is live.
    """
    path = home.parent / f"{name}.csv"
    path.write_text("\n".join(["customer,sku,when", *rows]) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=home))
    roles = {"user_id": "customer", "item_id": "sku", "timestamp": "when"}
    dataset_id = ingest(workspace, interactions=Source(path, roles), name=name)
    popular = train_model(workspace, "popularity", dataset_id=dataset_id, evaluate=False)
    done = publish_release(
        workspace, strategies={"for_you": popular}, only=("for_you",), evaluate=False, actor="tests"
    )
    return workspace, done.release_id


def publish_the_best(page: Page) -> None:
    """From Home: build a release of the best models, look at it, publish it, and go Home."""
    choose = page.get_by_role("button", name="Choose what goes live")
    expect(choose).to_be_visible(timeout=LONG)
    choose.click()
    page.get_by_role("button", name="Build and compare").click()
    publish = page.get_by_role("button", name="Publish this release")
    expect(publish).to_be_visible(timeout=LONG)
    publish.click()
    expect(publish).to_be_hidden()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("button", name="Preview the shelves")).to_be_visible()


def act(page: Page, action: str, place: int = 0) -> None:
    """On Shelves: choose from the menu of a card, by its place from 0."""
    # A menu that is opened while the page is drawn anew may be another card's when it is clicked.
    page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=LONG)
    page.get_by_role("button", name="Act", exact=True).nth(place).click()
    page.get_by_role("menuitem", name=action).click()
    expect(page.get_by_role("menuitem", name=action)).to_be_hidden()
