"""A walk through the shop: every shelf follows what was just done, and says so."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

_TASTES = ("Tea", "Coffee", "Cake", "Soup")


@pytest.fixture
def shop(server_home: Path, base_url: str) -> str:
    """A shop of four tastes, live on the running server; returns the id of a shopper of teas."""
    dice = random.Random(4)
    orders = ["customer,sku,when"]
    for month in range(1, 5):
        for user in range(80):
            chosen = {int(30 * dice.random() ** 1.5) for _ in range(5)}
            orders += [f"c{user:03},p{user % 4}{n:02},2026-{month:02}-09" for n in sorted(chosen)]
    items = ["sku,title,department,price"]
    items += [
        f"p{taste}{n:02},{name} {n},{name},{n + 1}"
        for taste, name in enumerate(_TASTES)
        for n in range(30)
    ]
    folder = server_home.parent
    (folder / "orders.csv").write_text("\n".join(orders) + "\n", encoding="utf-8")
    (folder / "goods.csv").write_text("\n".join(items) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=server_home))
    dataset_id = ingest(
        workspace,
        interactions=Source(
            folder / "orders.csv", {"user_id": "customer", "item_id": "sku", "timestamp": "when"}
        ),
        items=Source(
            folder / "goods.csv",
            {"item_id": "sku", "name": "title", "category": "department", "price": "price"},
        ),
        name="Tea and more",
    )
    tastes, pairs = (
        train_model(workspace, kind, dataset_id=dataset_id, evaluate=False)
        for kind in ("als", "copurchase")
    )
    publish_release(
        workspace,
        strategies={"for_you": tastes, "similar": tastes, "also_bought": pairs},
        only=("for_you", "similar", "also_bought"),
        evaluate=False,
        actor="tests",
    )
    workspace.database.close()
    return "c000"


def look_at(page: Page, name: str) -> None:
    """Find a product by its name and open its page."""
    field = page.get_by_label("Product", exact=True)
    field.fill(name)
    field.press("Enter")
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=re.compile(f"{name}$"))).to_be_visible()


def because(page: Page, name: str) -> Locator:
    return page.get_by_text(f"Because you just looked at {name}")


def test_a_walk_from_two_looks_to_a_cart_and_a_purchase(
    page: Page, base_url: str, shop: str
) -> None:
    page.goto(f"{base_url}/shop?shopper={shop}")
    expect(page.get_by_text("Nothing happened yet.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Because you bought Tea").first).to_be_visible()

    # Two looks at coffees: the shelf has coffees, and says why.
    look_at(page, "Coffee 7")
    look_at(page, "Coffee 11")
    expect(because(page, "Coffee").first).to_be_visible()
    expect(page.get_by_text("Turns to Coffee")).to_be_visible()
    page.get_by_role("button", name="Shop home").click()
    expect(because(page, "Coffee").first).to_be_visible()
    expect(page).not_to_have_url(re.compile("item="))

    # Into the cart; what goes with it; and out of everything once it is bought.
    look_at(page, "Coffee 3")
    page.get_by_role("button", name="Add to cart").first.click()
    page.get_by_role("button", name="Cart (1)").click()
    expect(page.get_by_text("Also bought with this cart")).to_be_visible()
    expect(page.get_by_text("Often bought with Coffee 3").first).to_be_visible()
    expect(page.get_by_text("Goes with Coffee 3 in your cart").first).to_be_visible()
    page.get_by_role("button", name="Buy 1 product").click()
    expect(page.get_by_text("The cart is empty.")).to_be_visible()
    page.get_by_role("button", name="Shop home").click()
    expect(page.get_by_text("Because you just bought Coffee 3").first).to_be_visible()
    expect(page.get_by_text("Coffee 3", exact=True)).to_have_count(0)

    # The address of a product opens it, and looking at it counts.
    page.goto(f"{base_url}/shop?shopper={shop}&item=p205")
    expect(page.get_by_role("heading", name=re.compile("Cake 5$"))).to_be_visible()
    expect(page.get_by_text("Turns to Cake")).to_be_visible()
