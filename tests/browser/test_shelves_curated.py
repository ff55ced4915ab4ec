"""A shelf curated from the card: draft, review, publish and back; and why not a product."""

from __future__ import annotations

import json
import random
import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_steps import act, popular_shop
from playwright.sync_api import Page, expect


@pytest.fixture
def shop(server_home: Path, base_url: str) -> str:
    """A shop of popular products is live; returns the id of its release."""
    dice = random.Random(7)
    rows = (
        f"c{user:02},p{int(30 * dice.random() ** 2):02},2026-03-{day:02}"
        for user in range(60)
        for day in dice.sample(range(1, 28), 6)
    )
    workspace, release_id = popular_shop(server_home, "Popular things", rows)
    workspace.database.close()
    return release_id


def live(base_url: str) -> list[str]:
    with urllib.request.urlopen(f"{base_url}/api/for-you/c01?n=10", timeout=10) as answer:
        return [item["item_id"] for item in json.load(answer)["items"]]


def soon(check: Callable[[], bool]) -> None:
    """What is published holds on every list within a second; on a busy machine a little later."""
    end = time.monotonic() + 10
    while not check():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_shelf_is_curated_published_and_rolled_back(page: Page, base_url: str, shop: str) -> None:
    page.goto(f"{base_url}/shelves?shopper=c01&placement=for_you")
    expect(page.get_by_text("10 of 10 shown")).to_be_visible()
    before = live(base_url)
    act(page, "Hide", 0)
    expect(page.get_by_text("1 unpublished change")).to_be_visible()
    act(page, "Pin here", 4)  # the product that was sixth: the first one is gone
    expect(page.get_by_text("2 unpublished changes")).to_be_visible()
    expect(page.get_by_text(re.compile("Pinned$")).first).to_be_visible()
    assert live(base_url) == before, "nothing goes live without Publish"

    # Why not the hidden one: the rule is named, and a click in the draft brings it back.
    field = page.get_by_role("textbox", name="Why not this product?")
    field.fill(before[0])
    field.press("Enter")
    expect(page.get_by_text(f"{before[0]} is not on this shelf")).to_be_visible()
    page.get_by_role("button", name="Switch").first.click()
    expect(page.get_by_text(f"{before[0]} stands at 1")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text(f"{before[0]} is not on this shelf")).to_be_visible()

    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.get_by_role("heading", name="What would these changes do?")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish anyway").click()
    soon(lambda: before[0] not in live(base_url))
    assert live(base_url)[4] == before[5]

    page.get_by_role("button", name=re.compile("^Roll back to ")).click()
    soon(lambda: live(base_url) == before)
