"""Files uploaded and mapped in the browser: a real shop's, broken ones, many at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser_steps import publish_the_best
from playwright.sync_api import Locator, Page, expect

_FILE = Path(__file__).resolve().parents[3] / "shared/data/online-retail/online_retail.csv.gz"
_LONG = 120_000
_HEAD = "order_no,customer_no,sku,date\n"


def send(page: Page, base_url: str, *files: Path) -> None:
    """Open the Files page, without what another test left there, and send files."""
    page.goto(f"{base_url}/files")
    expect(page.locator(".zone")).to_be_visible()
    page.locator(".zone input[type=file]").set_input_files([str(file) for file in files])


def chosen(page: Page, column: str) -> Locator:
    return page.get_by_label(f"{column} is taken for")


def take_for(page: Page, column: str, role: str) -> None:
    # a page that is still being drawn closes the list that was opened
    calm = page.locator("[data-test-script-state=notRunning]")
    expect(calm).to_have_count(1, timeout=_LONG)
    chosen(page, column).click()
    # a role that is needed and that no column plays yet says so
    page.get_by_role("option", name=re.compile(rf"^{role}( \(needed\))?$")).click()
    expect(chosen(page, column)).to_have_value(role)


@pytest.mark.skipif(not _FILE.is_file(), reason="the Online Retail file is not beside the project")
def test_online_retail_is_mapped_by_the_guess_and_shows_real_names(
    page: Page, base_url: str
) -> None:
    send(page, base_url, _FILE)
    expect(page.get_by_text("online_retail.csv.gz").first).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Read and check 1 file").click()
    expect(page.get_by_role("heading", name="What do we know about the shop?")).to_be_visible()
    page.get_by_role("link", name="Home").click()
    train = page.get_by_role("button", name="Train the first models")
    expect(train).to_be_visible(timeout=_LONG)
    train.click()
    publish_the_best(page)
    page.goto(f"{base_url}/shelves?shopper=a-stranger")
    expect(page.get_by_text("REGENCY CAKESTAND 3 TIER").first).to_be_visible()
    expect(page.get_by_text("unknown shopper").first).to_be_visible()


def test_a_file_that_is_no_table_is_refused_in_words_and_the_others_stay(
    page: Page, base_url: str, tmp_path: Path
) -> None:
    picture = tmp_path / "orders.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    orders = tmp_path / "jan.csv"
    orders.write_text(f"{_HEAD}A1,C1,P1,2026-01-31\n", encoding="utf-8")
    send(page, base_url, picture, orders)
    refused = page.get_by_text("orders.csv is not a table; it looks like a PNG image.")
    expect(refused).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Read and check 1 file")).to_be_enabled()
    remove = page.get_by_role("button", name="Remove", exact=True)
    remove.first.click()
    expect(refused).to_have_count(0)
    expect(remove).to_have_count(1)
    remove.click()
    expect(page.get_by_role("button", name="Read and check 1 file")).to_have_count(0)


def test_many_files_are_sent_one_after_the_other_and_are_one_card(
    page: Page, base_url: str, tmp_path: Path
) -> None:
    files = [tmp_path / f"sales-{day:02d}.csv" for day in range(1, 26)]
    for day, file in enumerate(files, start=1):
        file.write_text(f"{_HEAD}A{day},C{day % 9},P{day % 7},2026-01-{day:02d}\n", "utf-8")
    send(page, base_url, *files)
    title = page.get_by_text("25 files with the same columns: sales-01.csv, sales-02.csv")
    expect(title).to_be_visible(timeout=60_000)
    # A reloaded page has forgotten them, and offers them.
    page.reload()
    expect(page.get_by_text("25 files came before and were not loaded")).to_be_visible()
    page.get_by_role("button", name="Bring back").click()
    expect(title).to_be_visible()
    page.get_by_role("button", name="Remove all").click()
    expect(title).to_have_count(0)


def test_a_mapping_is_corrected_by_clicks_and_remembered(
    page: Page, base_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "till.csv"
    lines = [f"B{row // 2},K{row % 5},T{row % 4},2026-02-{1 + row % 9:02d}" for row in range(40)]
    file.write_text("slip,sku,thing,date\n" + "\n".join(lines) + "\n", encoding="utf-8")
    send(page, base_url, file)
    expect(page.get_by_text("till.csv", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_test_id("stButtonGroup").get_by_text("Purchases", exact=True).click()
    take_for(page, "sku", "Shopper")
    take_for(page, "thing", "Product")
    take_for(page, "slip", "Order")
    expect(page.get_by_text("Your choice").first).to_be_visible()
    page.get_by_role("button", name="Read and check 1 file").click()
    expect(page.get_by_role("heading", name="What do we know about the shop?")).to_be_visible()
    expect(page.get_by_text("Load Till: done")).to_be_visible(timeout=_LONG)
    send(page, base_url, file)
    expect(page.get_by_text("mapped as last time")).to_be_visible(timeout=30_000)
    for column, role in (("sku", "Shopper"), ("thing", "Product"), ("slip", "Order")):
        expect(chosen(page, column)).to_have_value(role)
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("mapped as last time")).to_have_count(0)
