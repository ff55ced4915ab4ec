"""A real shop's invoice file, uploaded and mapped by the guess alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

_FILE = Path(__file__).resolve().parents[3] / "shared/data/online-retail/online_retail.csv.gz"
_LONG = 120_000


@pytest.mark.skipif(not _FILE.is_file(), reason="the Online Retail file is not beside the project")
def test_online_retail_is_mapped_by_the_guess_and_shows_real_names(
    page: Page, base_url: str
) -> None:
    page.goto(f"{base_url}/data")
    page.locator(".zone input[type=file]").set_input_files(str(_FILE))
    expect(page.get_by_text("online_retail.csv.gz").first).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Load this data").click()
    expect(page.get_by_text("rows of 541,909 left out, and why")).to_be_visible(timeout=_LONG)
    page.get_by_role("link", name="Home").click()
    page.get_by_role("button", name="Train the first models").click()
    publish = page.get_by_role("button", name="Publish the best models")
    expect(publish).to_be_visible(timeout=_LONG)
    publish.click()
    expect(page.get_by_role("button", name="Preview the shelves")).to_be_visible(timeout=_LONG)
    page.goto(f"{base_url}/shelves?shopper=a-stranger")
    expect(page.get_by_text("REGENCY CAKESTAND 3 TIER").first).to_be_visible()
    expect(page.get_by_text("unknown shopper").first).to_be_visible()


def test_a_file_that_is_no_table_is_refused_in_words(
    page: Page, base_url: str, tmp_path: Path
) -> None:
    picture = tmp_path / "orders.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.goto(f"{base_url}/data")
    page.locator(".zone input[type=file]").set_input_files(str(picture))
    expect(page.get_by_text("orders.csv").first).to_be_visible(timeout=30_000)
    refused = page.get_by_text("orders.csv is not a table; it looks like a PNG image.")
    expect(refused).to_be_visible()
    expect(page.get_by_role("button", name="Load this data")).to_have_count(0)
