"""A box and a lasso on the map, their collections, a rule that uses one, and the shelf."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from recsys.data.ingest import Source, ingest
from recsys.maps.picture import Picture
from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workflows.maps import inside, quick_map
from recsys.workflows.named_sets import named_set, named_sets
from recsys.workflows.publishing import publish_release
from recsys.workflows.rules import discard_changes
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

TEAS = {f"t{one:02}" for one in range(20)}
# By the clock of the browser, however busy: a lasso leaves out corners that come faster.
PAUSE = "() => new Promise((done) => setTimeout(done, 40))"
EDGE = 0.95  # of the half of the canvas that the points fill


@pytest.fixture
def shop(server_home: Path, base_url: str) -> Iterator[Workspace]:
    """A live shop of two tastes: twenty teas, and thirty tools."""
    dice = random.Random(3)
    lines = ["customer,sku,when"]
    for user in range(90):
        kind, count = ("t", 20) if user % 2 else ("w", 30)
        lines += [
            f"u{user:02},{kind}{item:02},2026-03-{1 + place:02}"
            for place, item in enumerate(dice.sample(range(count), 12))
        ]
    path = server_home.parent / "tastes.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=server_home))
    roles = {"user_id": "customer", "item_id": "sku", "timestamp": "when"}
    dataset_id = ingest(workspace, interactions=Source(path, roles), name="Two tastes")
    als = train_model(
        workspace, "als", dataset_id=dataset_id, settings={"factors": 8}, evaluate=False
    )
    publish_release(
        workspace, strategies={"for_you": als}, only=("for_you",), evaluate=False, actor="tests"
    )
    yield workspace
    discard_changes(workspace, actor="tests")
    workspace.database.close()


def shown(page: Page, base_url: str) -> set[str]:
    """The names of the products on the shelf of a shopper who likes tea."""
    page.goto(f"{base_url}/shelves?shopper=u01&placement=for_you")
    expect(page.get_by_text("10 of 10 shown")).to_be_visible()
    page.locator('[data-test-script-state="notRunning"]').wait_for()
    return set(page.get_by_test_id("stMain").locator("strong").all_inner_texts())


def square(picture: Picture) -> tuple[np.ndarray, float]:
    """The middle of the map, and half of the side of what the canvas shows."""
    low, high = picture.points.min(axis=0), picture.points.max(axis=0)
    return (low + high) / 2, float((high - low).max()) / 2 / EDGE


def corners_around(picture: Picture, rows: np.ndarray) -> np.ndarray:
    """The box around some points, wide of them where the canvas does not end."""
    points, (middle, half) = picture.points[rows], square(picture)
    wide = np.array([points.min(axis=0) - half / 5, points.max(axis=0) + half / 5])
    return np.clip(wide, middle - 0.985 * half, middle + 0.985 * half)


def on_screen(page: Page, picture: Picture, at: np.ndarray) -> tuple[float, float]:
    """Where a place of the whole map is on the screen."""
    box = page.locator(".map canvas").bounding_box()
    assert box is not None
    middle, half = square(picture)
    x, y = ((at - middle) / half * min(box["width"], box["height"]) / 2).tolist()
    return box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 - y


def drag(page: Page, picture: Picture, corners: np.ndarray) -> None:
    """Draw from corner to corner with the mouse held down."""
    page.locator(".map canvas").scroll_into_view_if_needed()
    x, y = on_screen(page, picture, corners[0])
    page.mouse.move(x, y)
    page.mouse.down()
    for step in (1, 4):  # a lasso begins where the mouse is at its first move
        page.mouse.move(x + step, y)
        page.evaluate(PAUSE)
    for before, corner in pairwise(corners):
        for share in (0.25, 0.5, 0.75, 1, 1):
            page.mouse.move(*on_screen(page, picture, before + share * (corner - before)))
            page.evaluate(PAUSE)
    page.mouse.up()


def saved(page: Page, shop: Workspace, name: str, count: int) -> set[str]:
    """Save what is chosen as a collection, and return its members."""
    expect(page.get_by_role("heading", name=f"{count} products chosen")).to_be_visible()
    page.get_by_role("button", name="Save as collection").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"Collection {name} has {count} products.")).to_be_visible()
    (line,) = [one for one in named_sets(shop, "collection") if one.name == name]
    return set(named_set(shop, "collection", line.id).members)


def test_a_box_and_a_lasso_become_collections_that_a_rule_hides(
    webgl_page: Page, base_url: str, shop: Workspace
) -> None:
    page, view = webgl_page, LiveShop(shop).current()
    picture = quick_map(view, "items", "for_you")
    ids = view.release.item_ids
    teas = np.array([one in TEAS for one in ids.ids])
    low, high = corners_around(picture, teas)
    box = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    assert {ids.id(row) for row in np.flatnonzero(inside(picture.points, box))} == TEAS

    page.goto(f"{base_url}/map")
    drawn = page.locator(".map[data-drawn]")
    expect(drawn).to_be_visible()
    expect(drawn).not_to_have_attribute("data-drawn", "failed")
    page.get_by_role("button", name="Box", exact=True).click()
    drag(page, picture, np.array([low, (low + high) / 2, high]))
    assert saved(page, shop, "Teas", 20) == TEAS

    corners = box[:3]
    some = {ids.id(row) for row in np.flatnonzero(inside(picture.points, corners))}
    assert 1 < len(some) < 20
    page.get_by_role("button", name="Lasso", exact=True).click()
    drag(page, picture, corners)
    assert saved(page, shop, "Some teas", len(some)) == some

    page.get_by_role("button", name="Move", exact=True).click()
    page.locator(".map canvas").click(position={"x": 4, "y": 4})
    page.get_by_role("button", name="Clear").last.click()
    expect(page.get_by_role("heading", name="products chosen")).to_be_hidden()

    assert shown(page, base_url) & TEAS
    page.goto(f"{base_url}/rules?rule=new")
    page.get_by_text("Hide", exact=True).click()
    page.get_by_role("combobox", name="Collections").click()
    page.get_by_role("option", name=re.compile("^Teas")).click()
    page.keyboard.press("Escape")  # the open list hides the rest of the page
    expect(page.get_by_text("Matches 20 products now")).to_be_visible()
    page.get_by_role("button", name="Save to draft").click()
    expect(page.get_by_text("The draft differs from what is live.")).to_be_visible()
    after = shown(page, base_url)
    assert after
    assert not after & TEAS
