"""A segment from a file of seeds by its proof and its curve to a file of members."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import LONG
from playwright.sync_api import Page, expect

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.named_sets import delete_named_set, named_set, named_sets
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

SHOPPERS = 120


@pytest.fixture
def shop(server_home: Path, base_url: str) -> Iterator[Workspace]:
    """A small live shop in which even shoppers buy other things than odd ones."""
    dice = random.Random(7)
    lines = ["customer,sku,when"]
    lines += [
        f"s{user:03},t{2 * dice.randrange(12) + user % 2:02},2026-{month:02}-{1 + user % 27:02}"
        for month in range(1, 5)
        for user in range(SHOPPERS)
        for _ in range(3)
    ]
    path = server_home.parent / "two-tastes.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=server_home))
    roles = {"user_id": "customer", "item_id": "sku", "timestamp": "when"}
    dataset_id = ingest(workspace, interactions=Source(path, roles), name="Two tastes")
    als = train_model(
        workspace, "als", dataset_id=dataset_id, settings={"factors": 8}, evaluate=False
    )
    strategies = {"for_you": als, "lookalikes": als}
    publish_release(
        workspace,
        strategies=strategies,  # pyright: ignore[reportArgumentType]
        only=("for_you", "lookalikes"),
        evaluate=False,
        actor="tests",
    )
    yield workspace
    for line in named_sets(workspace, "segment"):
        delete_named_set(workspace, "segment", line.id, revision=line.version, actor="tests")
    workspace.database.close()


def test_seeds_are_proved_and_their_like_are_downloaded(
    page: Page, base_url: str, shop: Workspace, tmp_path: Path
) -> None:
    seeds = tmp_path / "vips.csv"
    even = [f"s{user:03}" for user in range(0, 60, 2)]
    seeds.write_text("note,user_id\n" + "".join(f"vip,{one}\n" for one in [*even, "nobody"]))
    page.goto(f"{base_url}/segments")
    page.get_by_role("button", name="Shoppers like these").click()
    page.locator('input[type="file"]').set_input_files(seeds)
    expect(page.get_by_text("vips.csv")).to_be_visible()
    page.get_by_role("button", name="Use this list").click()
    told = page.get_by_text("30 shoppers found in column 'user_id'. 1 value is no shopper's")
    expect(told).to_be_visible()

    page.get_by_role("button", name="Prove it").click()
    exactly = page.get_by_role("spinbutton", name="Exactly")
    exactly.fill("25")
    exactly.press("Enter")
    found = page.get_by_text(re.compile(r"Of hidden seeds .* are among the first 25; RFM finds"))
    expect(found).to_be_visible(timeout=LONG)
    expect(page.get_by_text("what made them seeds may itself find them")).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("Like our VIPs")
    page.get_by_role("textbox", name="Name").press("Enter")
    page.get_by_role("button", name="Save segment").click()
    expect(page.get_by_role("heading", name="Like our VIPs")).to_be_visible()
    toast = page.get_by_test_id("stToast")  # said before a run anew, shown after it
    expect(toast.get_by_text("Like our VIPs is saved with 25 members.")).to_be_visible()

    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download 25 members").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    (line,) = named_sets(shop, "segment")
    members = named_set(shop, "segment", line.id).members
    assert [row["user_id"] for row in rows] == list(members)
    assert len(members) == 25
    assert not set(members) & set(even), "the seeds are no members"
    assert all(int(one[1:]) % 2 == 0 for one in members), "the same taste"
