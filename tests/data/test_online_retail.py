from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recsys.data.arrow import read_parquet
from recsys.data.dataset import REJECTS, Dataset
from recsys.data.files.readers import preview
from recsys.data.ingest import Source, ingest, next_version, recipe_of
from recsys.data.reading.columns import guess_mapping
from recsys.settings import Settings
from recsys.workspace import Workspace

_FILE = Path(__file__).parents[2].parent / "shared/data/online-retail/online_retail.csv.gz"
_ASKED = ("no_shopper", "cancellation", "quantity", "price")

pytestmark = pytest.mark.skipif(
    not _FILE.exists(), reason="the Online Retail file lies beside the project"
)


@pytest.fixture(scope="module")
def gifts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """The file by the guess alone, with nothing fixed."""
    shop = Workspace(Settings(home=tmp_path_factory.mktemp("gifts")))
    mapping = guess_mapping("interactions", preview(_FILE).columns)
    source = Source(_FILE, mapping)
    return shop, ingest(shop, interactions=source, name="Gifts", currency="GBP")


def _found(dataset: Dataset) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in dataset.manifest["findings"]}


def test_the_guess_alone_finds_what_is_known_of_the_file(gifts: tuple[Workspace, str]) -> None:
    dataset = Dataset.open(*gifts)
    messages = {code: one["message"] for code, one in _found(dataset).items()}
    assert messages == {
        "no_shopper": "135,080 rows have no shopper id.",
        "quantity": "10,624 rows have a quantity that is not above 0.",
        "price": "2,517 rows have a price that is not above 0.",
        "cancellation": "9,288 rows belong to a cancelled order.",
        "pseudo": "21 products are postage, fees, vouchers or the like.",
        "duplicate": "5,268 rows repeat another row to the letter.",
        "same_second": "4,918 rows have the shopper, product and second of another row.",
        "returned": "2,866 purchases were sent back whole, and 4,588 in part.",
        "reseller": "66 shoppers buy like resellers.",
        "refunds": "19 shoppers sent back more than half of what they bought.",
        "thin": "182 shoppers and 419 products are thin.",
        "several_names": "650 products have more than one name in the purchases.",
        "metadata": "4,070 products lack a name, a category or a price.",
        "variants": "619 products are sizes or colours of one another: 241 groups.",
        "variants_by_name": "103 products may be sizes or colours of one another: 42 groups.",
    }
    counts = dataset.manifest["counts"]
    assert (counts["read"], counts["removed"]) == (541_909, 0)
    assert (counts["interactions"], counts["guest_rows"]) == (541_909 - 135_080, 135_080)
    assert (counts["items"], counts["shoppers"]) == (4_070, 4_372)
    assert dataset.manifest["basket_source"] == "order"
    row = dataset.item_ids.row("85123A")
    assert row is not None
    assert dataset.items().slice(row, 1).to_pylist()[0] == {
        "item_id": "85123A",
        "name": "WHITE HANGING HEART T-LIGHT HOLDER",
        "price": 2.95,
    }


def test_each_fix_takes_out_exactly_what_it_says(gifts: tuple[Workspace, str]) -> None:
    shop, first = gifts
    recipe = recipe_of(shop, first).fixing(_ASKED)
    asked = next_version(shop, first, recipe, change="Left out what was asked")
    before = Dataset.open(shop, asked)
    counts = before.manifest["counts"]
    assert (counts["interactions"], counts["guest_rows"]) == (397_884, 0)
    assert (counts["shoppers"], counts["items"]) == (4_338, 3_665)
    ids = set(before.item_ids.ids)
    for code, removes, items in (
        ("pseudo", 1_640, 3_657),
        ("duplicate", 5_187, 3_657),
        ("returned", 2_765, 3_643),
        ("variants", 0, 3_643),
    ):
        found = _found(before)[code]
        assert (found["proposed"], found["fixed"], found["removes"]) == (True, False, removes)
        recipe = recipe.fixing([code])
        after = Dataset.open(shop, next_version(shop, before.id, recipe, change=f"Fixed {code}"))
        now, then = after.manifest["counts"], before.manifest["counts"]
        assert then["interactions"] - now["interactions"] == removes
        assert now["read"] == now["interactions"] + now["removed"]
        assert now["items"] == items
        if code == "pseudo":
            gone = ids - set(after.item_ids.ids)
            # the other 13 of the 21 have only rows that are gone already
            assert gone == {"POST", "M", "C2", "BANK CHARGES", "DOT", "PADS", "23444", "23574"}
        before = after
    assert _found(before)["variants"]["message"] == (
        "378 products are sizes or colours of one another: 151 groups."
    )
    grouped = [row["group_id"] for row in before.items().to_pylist() if row["group_id"]]
    assert (len(grouped), len(set(grouped))) == (378, 151)
    rejects = read_parquet(before.folder / REJECTS, columns=["StockCode", "aisle_reason"])
    assert rejects.num_rows == before.manifest["counts"]["removed"] == 541_909 - 388_292
    codes = set(rejects.column("StockCode").to_pylist())
    eight = {"POST", "DOT", "M", "C2", "D", "S", "BANK CHARGES", "AMAZONFEE"}
    assert eight <= codes
    assert not eight & set(before.item_ids.ids)
