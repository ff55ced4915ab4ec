from __future__ import annotations

from pathlib import Path

import pytest

from recsys.data.dataset import Dataset
from recsys.data.files.readers import preview
from recsys.data.ingest import Source, ingest
from recsys.data.reading.columns import guess_mapping
from recsys.workspace import Workspace

_FILE = Path(__file__).parents[2].parent / "shared/data/online-retail/online_retail.csv.gz"


@pytest.mark.skipif(not _FILE.exists(), reason="the Online Retail file lies beside the project")
def test_online_retail_by_the_guess_alone(shop: Workspace) -> None:
    mapping = guess_mapping("interactions", preview(_FILE).columns)
    dataset_id = ingest(shop, interactions=Source(_FILE, mapping), name="Gifts", currency="GBP")
    dataset = Dataset.open(shop, dataset_id)
    removed = {one["code"]: one["message"] for one in dataset.manifest["removed"]}
    assert removed == {
        "no_shopper": "135,080 rows have no shopper id.",
        "quantity": "10,624 rows have a quantity that is not above 0.",
    }
    counts = dataset.manifest["counts"]
    assert counts["read"] == 541_909
    assert counts["interactions"] == 397_924  # 40 of them were given away: their price is 0
    assert (counts["items"], counts["shoppers"]) == (3_665, 4_339)
    assert dataset.manifest["basket_source"] == "order"
    rows = dataset.interactions()
    assert rows.price is not None
    assert (rows.price > 0).sum() == 397_884
    row = dataset.item_ids.row("85123A")
    assert row is not None
    item = dataset.items().slice(row, 1).to_pylist()[0]
    assert item == {
        "item_id": "85123A",
        "name": "WHITE HANGING HEART T-LIGHT HOLDER",
        "price": 2.95,
    }
