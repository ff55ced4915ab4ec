"""From a trained model to what is live, and back: everything seen before it happens."""

from __future__ import annotations

import json
import random
import urllib.request
from pathlib import Path

import pytest
from browser_steps import LONG, popular_shop
from playwright.sync_api import Page, expect


@pytest.fixture
def shop(server_home: Path, base_url: str) -> str:
    """A shop of four tastes where popular products are live; returns the id of that release."""
    dice = random.Random(4)
    rows = (
        f"c{user:03},p{user % 4}{int(20 * dice.random() ** 2):02},2026-{month:02}-{day:02}"
        for month in range(1, 7)
        for user in range(120)
        for day in dice.sample(range(1, 28), 3)
    )
    workspace, release_id = popular_shop(server_home, "Four tastes", rows)
    workspace.database.close()
    return release_id


def live_release(base_url: str) -> str:
    with urllib.request.urlopen(f"{base_url}/api/health", timeout=10) as answer:
        return json.load(answer)["release"]["id"]


def test_train_compare_look_publish_and_roll_back(page: Page, base_url: str, shop: str) -> None:
    page.goto(f"{base_url}/models")
    expect(page.get_by_text("No model was tested for For You yet.")).to_be_visible()
    page.get_by_text("Train one kind of model").click()
    page.get_by_role("button", name="Train this model").click()

    # The leaderboard, the baselines beside the model.
    expect(page.get_by_text("Best for For You").first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("times as good as popularity").first).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_contain_text("Recent popularity")

    page.get_by_role("button", name="Compare two models").click()
    expect(page.get_by_role("heading", name="Where do two models differ?")).to_be_visible()
    expect(page.get_by_text("From the first list to the second")).to_be_visible()
    expect(page.get_by_text("only here").first).to_be_visible()

    # Built and looked at: what shoppers see is still the same.
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Build and compare").click()
    publish = page.get_by_role("button", name="Publish this release")
    expect(publish).to_be_visible(timeout=LONG)
    expect(page.get_by_text("of the places hold another product").first).to_be_visible()
    expect(page.get_by_text("It does not predict sales.").first).to_be_visible()
    assert live_release(base_url) == shop

    publish.click()
    back = page.get_by_role("button", name="Roll back to Four tastes")
    expect(back).to_be_visible()
    expect(publish).to_be_hidden()
    assert live_release(base_url) != shop

    back.click()
    expect(page.get_by_text("Live: rolled back to Four tastes")).to_be_visible()
    assert live_release(base_url) == shop
