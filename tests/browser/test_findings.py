"""A messy shop in a real browser: one fix, its undo, and the rows left out taken home."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from recsys.data.ingest import Source
from recsys.settings import Settings
from recsys.workflows.data_jobs import submit_ingest
from recsys.workflows.datasets import delete_version
from recsys.workflows.jobs import active_jobs
from recsys.workspace import Workspace

_LONG = 60_000
_ROLES = {
    "order_id": "InvoiceNo",
    "item_id": "StockCode",
    "item_name": "Description",
    "quantity": "Quantity",
    "timestamp": "InvoiceDate",
    "price": "UnitPrice",
    "user_id": "CustomerID",
}
_CANCELLED = [
    f"C53638{n},8512{n},=1+1 HEART,-1,2010-12-0{n + 1} 09:41,2.55,1785{n}" for n in range(4)
]


@pytest.fixture
def messy(base_url: str, server_home: Path, tmp_path: Path) -> Iterator[None]:
    """Load a file like Online Retail's into the running server: its worker does it.

    Afterwards it is gone again: other tests may begin with nothing.
    """
    lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"]
    lines += [
        f"5363{n // 3:02d},8512{n % 9},HEART {n % 9},2,2010-12-{1 + n % 28:02d} 08:26,2.55,c{n % 8}"
        for n in range(90)
    ]
    lines += _CANCELLED
    path = tmp_path / "retail.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=server_home))
    submit_ingest(
        workspace, [("interactions", Source(path, _ROLES))], name="Messy retail", actor="tests"
    )
    for _ in range(600):
        if not active_jobs(workspace):
            break
        time.sleep(0.1)
    yield
    for version in workspace.datasets.manifests():
        if version["name"] == "Messy retail":
            delete_version(workspace, version["id"], actor="tests")
    workspace.database.close()


@pytest.mark.usefixtures("messy")
def test_a_fix_its_undo_and_the_rows_left_out(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/data")
    found = page.get_by_text("4 rows belong to a cancelled order.", exact=True)
    expect(found).to_be_visible(timeout=_LONG)
    expect(page.get_by_text("No row is left out of this version.")).to_be_visible()

    row = found.locator("xpath=ancestor::*[@data-testid='stHorizontalBlock'][1]")
    row.get_by_role("button", name="Leave these rows out").click()
    left_out = page.get_by_text("4 rows of 94 are left out of this version.")
    expect(left_out).to_be_visible(timeout=_LONG)

    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["InvoiceNo"] for row in rows] == ["C536380", "C536381", "C536382", "C536383"]
    assert {row["aisle_file"] for row in rows} == {"retail.csv"}
    assert {row["Description"] for row in rows} == {"'=1+1 HEART"}
    assert all("belongs to a cancelled order" in row["aisle_reason"] for row in rows)

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("No row is left out of this version.")).to_be_visible(timeout=_LONG)
    expect(page.get_by_text("Fixed", exact=True)).to_have_count(0)

    page.get_by_text("Versions", exact=True).click()
    expect(page.get_by_text("Version 3", exact=True)).to_be_visible()
    assert "view=Versions" in page.url
    page.reload()
    expect(page.get_by_text("Compare two versions")).to_be_visible()
