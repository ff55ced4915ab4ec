"""A rule from its form to the shelf and back, and two people with one rule, in real browsers."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import LONG, popular_shop
from playwright.sync_api import Page, expect

from recsys.rules.rule import Rule, Scope, Target
from recsys.workflows.rules import discard_changes, save_rule
from recsys.workspace import Workspace


@pytest.fixture
def shop(server_home: Path, base_url: str) -> Iterator[Workspace]:
    """A small live shop that sells by popularity."""
    dice = random.Random(7)
    rows = (
        f"r{user:03},q{int(15 * dice.random() ** 2):02},2026-{month:02}-{day:02}"
        for month in range(1, 5)
        for user in range(60)
        for day in dice.sample(range(1, 28), 2)
    )
    workspace, _ = popular_shop(server_home, "Ruled shop", rows)
    yield workspace
    discard_changes(workspace, actor="tests")
    workspace.database.close()


def first_product(base_url: str, stranger: str) -> str:
    with urllib.request.urlopen(f"{base_url}/api/for-you/{stranger}", timeout=10) as answer:
        return json.load(answer)["items"][0]["item_id"]


def test_a_rule_is_made_looked_at_published_and_rolled_back(
    page: Page, base_url: str, shop: Workspace
) -> None:
    best = first_product(base_url, "stranger")
    assert best != "q14"
    page.goto(f"{base_url}/rules")
    page.get_by_role("button", name="New rule").click()
    page.get_by_text("Pin", exact=True).click()
    page.get_by_placeholder("Name or product id").first.fill("q14")
    page.get_by_placeholder("Name or product id").first.press("Enter")
    page.get_by_role("combobox", name="Products", exact=True).click()
    page.get_by_role("option", name="q14").click()
    page.keyboard.press("Escape")  # the open list hides the rest of the page

    # The preview beside the form, before anything is kept.
    expect(page.get_by_text("Matches 1 product now: q14")).to_be_visible()
    expect(page.get_by_text("Pinned", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Save to draft").click()
    expect(page.get_by_text("The draft differs from what is live.")).to_be_visible()
    assert first_product(base_url, "stranger") == best, "a draft is not live"

    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("button", name="See what changes for 200 shoppers").click()
    expect(page.get_by_text("acts on").first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("It does not predict sales.").first).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    back = page.get_by_role("button", name="Roll back to no rules")
    expect(back).to_be_visible()
    expect(page.get_by_text("there is nothing to review")).to_be_visible()
    page.wait_for_timeout(1_000)  # in force within a second
    assert first_product(base_url, "stranger") == "q14"

    back.click()
    expect(back).to_be_hidden()
    page.wait_for_timeout(1_000)
    assert first_product(base_url, "stranger") == best


def test_the_second_of_two_tabs_is_told_and_keeps_what_was_filled_in(
    page: Page, base_url: str, shop: Workspace
) -> None:
    rule = Rule(
        name="Tea first",
        kind="pin",
        slot=2,
        target=Target(items=("q14",)),  # the least sold: no shelf has it by itself
        scope=Scope(placements=("for_you",)),
    )
    rule = save_rule(shop, rule, actor="tests")
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{base_url}/rules?rule={rule.id}")
        expect(tab.get_by_role("heading", name="Tea first")).to_be_visible()
        tab.get_by_label("Preview as shopper").fill("stranger")
        tab.get_by_label("Preview as shopper").press("Enter")
        expect(tab.get_by_text("Nobody knows this shopper")).to_be_visible()
    for tab, slot in ((page, "3"), (other, "5")):
        tab.get_by_role("spinbutton", name="Slot").fill(slot)
        tab.get_by_role("spinbutton", name="Slot").press("Enter")
    expect(page.get_by_text("Before to after: 1 came, 1 went, 7 moved, 2 stayed")).to_be_visible()
    page.get_by_role("button", name="Save to draft").click()
    expect(page.get_by_text("The draft differs from what is live.")).to_be_visible()

    other.get_by_role("button", name="Save to draft").click()
    expect(other.get_by_text("changed this rule just now, while you had it open.")).to_be_visible()
    expect(other.get_by_text("As it stands in the draft")).to_be_visible()
    expect(other.get_by_role("spinbutton", name="Slot")).to_have_value("5")
    other.get_by_role("button", name="Keep mine").click()
    expect(other.get_by_text("As it stands in the draft")).to_be_hidden()
    other.get_by_role("button", name="Save to draft").click()
    expect(other.get_by_text("The draft differs from what is live.")).to_be_visible()
    expect(other.get_by_text("to slot 5 on For You")).to_be_visible()
