"""Twenty descriptions at once: one fails and is tried again, then all are approved by keyboard."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import LONG
from llm_answers import Scenario
from llm_server import LlmServer
from playwright.sync_api import Page, expect

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.copy_queue import queue
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

# Each unlike the others: texts that say nearly the same are not let pass.
THINGS = (
    *("oak stool", "pine bench", "steel lamp", "wool rug", "copper kettle", "willow basket"),
    *("brass mirror", "slate clock", "linen blanket", "glass vase", "tin tray", "ash shelf"),
    *("wax candle", "clay teapot", "velvet cushion", "silk curtain", "birch ladder"),
    *("zinc bucket", "straw broom", "bone plate"),
)


@pytest.fixture
def shop(server_home: Path, base_url: str) -> Iterator[Workspace]:
    """A live shop of twenty products that nobody has described."""
    goods, sales = server_home.parent / "twenty.csv", server_home.parent / "twenty-sales.csv"
    with goods.open("w", encoding="utf-8", newline="") as file:
        rows = [(f"t{n:02}", thing, thing.split()[1]) for n, thing in enumerate(THINGS)]
        csv.writer(file).writerows([("item_id", "name", "category"), *rows])
    lines = [
        f"c{user},t{(3 * user + step) % len(THINGS):02},2026-0{1 + step}-0{1 + user % 9}"
        for user in range(40)
        for step in range(4)
    ]
    sales.write_text("\n".join(["user_id,item_id,timestamp", *lines]) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=server_home))
    dataset_id = ingest(
        workspace,
        interactions=Source(sales, {one: one for one in ("user_id", "item_id", "timestamp")}),
        items=Source(goods, {one: one for one in ("item_id", "name", "category")}),
        name="Twenty things",
    )
    popular = train_model(workspace, "popularity", dataset_id=dataset_id, evaluate=False)
    publish_release(
        workspace, strategies={"for_you": popular}, only=("for_you",), evaluate=False, actor="tests"
    )
    yield workspace
    workspace.database.close()


def test_one_of_twenty_fails_is_tried_again_and_all_are_approved_by_keyboard(
    page: Page, base_url: str, shop: Workspace, llm: LlmServer
) -> None:
    llm.when("wool rug", Scenario(stop="refused", why="policy"))
    page.goto(f"{base_url}/copy?view=bulk")
    page.get_by_role("button", name="Estimate").click()
    page.get_by_role("button", name="Write 20 texts").click()
    expect(page.get_by_text("19 written · 1 failed")).to_be_visible(timeout=LONG)
    page.get_by_text("1 text failed").click()
    expect(page.get_by_text("The model refused to write this")).to_be_visible()
    asked = len(llm.asked)
    llm.reset()
    page.get_by_role("button", name="Try the failed again").click()
    expect(page.get_by_text("20 written")).to_be_visible(timeout=LONG)
    assert asked == 20
    assert len(llm.asked) == 1, "only the failed one is paid for again"

    page.get_by_role("button", name="See them in the queue").click()
    expect(page.get_by_role("button", name="Review one by one")).to_be_visible()
    page.keyboard.press("j")
    title, back = page.get_by_role("heading", level=3), page.get_by_role("button", name="Back to")
    for left in range(len(THINGS), 0, -1):
        expect(title).to_have_count(1)
        text = title.inner_text()
        page.keyboard.press("a")
        if left > 1:
            expect(title).not_to_have_text(text)
    expect(back).to_be_hidden()
    expect(page.get_by_text(re.compile("Nothing of run [0-9]+ waits for you"))).to_be_visible()
    approved = queue(shop, states=("approved",), limit=99)
    assert {one.name for one in approved} >= set(THINGS)
