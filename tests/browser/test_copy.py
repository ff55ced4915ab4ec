"""A description from its facts: a false claim is flagged, mended, approved and downloaded."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from llm_answers import Scenario, says
from llm_server import LlmServer
from playwright.sync_api import Page, expect
from stool_shop import load_stools

from recsys.settings import Settings
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

FALSE = {
    "text": "A low stool of solid oak for every kitchen. It is waterproof.",
    "claims": [
        {"words": "solid oak", "field": "description"},
        {"words": "waterproof", "field": "description"},
    ],
}
TRUE = "A low stool of solid oak for every kitchen."


@pytest.fixture
def shop(server_home: Path, base_url: str) -> Iterator[Workspace]:
    """The shop of stools, live: copy is written from the catalogue of what is live."""
    workspace = Workspace(Settings(home=server_home))
    dataset_id = load_stools(workspace)
    popular = train_model(workspace, "popularity", dataset_id=dataset_id, evaluate=False)
    publish_release(
        workspace, strategies={"for_you": popular}, only=("for_you",), evaluate=False, actor="tests"
    )
    yield workspace
    workspace.database.close()


def test_a_false_claim_is_flagged_mended_approved_and_downloaded(
    page: Page, base_url: str, shop: Workspace, llm: LlmServer
) -> None:
    gate = threading.Event()
    llm.script(Scenario(answer=FALSE, gate=gate), says(FALSE))
    page.goto(f"{base_url}/copy")
    find = page.get_by_role("textbox", name="Find a product")
    expect(find).to_be_visible()
    find.fill("stool")
    find.press("Enter")
    page.get_by_role("button", name="Oak stool").click()
    expect(page.get_by_role("button", name="Change")).to_be_visible()
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.get_by_test_id("stText")).to_have_text("A low")  # before the rest is sent
    gate.set()

    struck = page.locator("s", has_text="waterproof")
    expect(struck).to_be_visible()
    expect(page.locator(".known", has_text="oak").first).to_be_visible()
    approve = page.get_by_role("button", name="Approve", exact=True)
    expect(approve).to_be_disabled()
    edit = page.get_by_role("textbox", name="Edit")
    edit.fill(TRUE)
    edit.press("Control+Enter")
    expect(struck).to_be_hidden()
    expect(page.get_by_text("Nothing found that has to be mended")).to_be_visible()
    approve.click()
    expect(page.get_by_text("It is approved, and goes into")).to_be_visible()

    page.get_by_role("button", name="See the queue").click()
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("^Download [0-9]+ text")).click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if TRUE in row.values()]
    assert len(rows) == 1
    assert "s1" in rows[0].values()
