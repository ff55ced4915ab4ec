from __future__ import annotations

from pathlib import Path

import pytest

from recsys.data.dataset import Dataset
from recsys.data.ingest import Source, add_files, ingest, next_version, recipe_of
from recsys.workspace import Workspace

ROLES = ("user_id", "item_id", "order_id", "timestamp", "quantity")
BOUGHT = "z,x,1,2026-01-05,10\n"
RETURNED = "z,x,2,2026-01-07,-2\n"
OTHERS = "a,x,3,2026-01-05,1\nb,x,4,2026-01-06,1\n"


def _source(folder: Path, name: str, rows: str) -> Source:
    path = folder / name
    path.write_text(f"{','.join(ROLES)}\n{rows}")
    return Source(path, {role: role for role in ROLES})


def _quantity(dataset: Dataset) -> float:
    rows = dataset.interactions()
    (user,) = dataset.user_ids.rows(["z"])
    return float(rows.quantity[rows.user == user].sum())


def test_a_returned_piece_is_taken_off_its_purchase(tmp_path: Path, shop: Workspace) -> None:
    source = _source(tmp_path, "a.csv", BOUGHT + RETURNED + OTHERS)
    dataset_id = ingest(shop, interactions=source, name="Shop", accept=True)
    assert _quantity(Dataset.open(shop, dataset_id)) == 8


def test_a_return_that_is_loaded_twice_is_returned_once(tmp_path: Path, shop: Workspace) -> None:
    source = _source(tmp_path, "a.csv", BOUGHT + RETURNED + OTHERS)
    first = ingest(shop, interactions=source, name="Shop", accept=True)
    again = add_files(shop, first, [("interactions", source)], accept=True)
    assert _quantity(Dataset.open(shop, again)) == 8


@pytest.mark.parametrize(
    "fixes", [["duplicate", "returned"], ["duplicate", "returned", "quantity"]]
)
def test_a_copy_of_a_return_takes_nothing(
    fixes: list[str], tmp_path: Path, shop: Workspace
) -> None:
    source = _source(tmp_path, "a.csv", BOUGHT + RETURNED + RETURNED + OTHERS)
    first = ingest(shop, interactions=source, name="Shop")
    recipe = recipe_of(shop, first).fixing(fixes)
    fixed = Dataset.open(shop, next_version(shop, first, recipe, change="Fixed"))
    assert _quantity(fixed) == 8


def test_a_return_of_an_impossible_year_takes_nothing(tmp_path: Path, shop: Workspace) -> None:
    source = _source(tmp_path, "a.csv", BOUGHT + "z,x,2,2199-01-07,-4\n" + OTHERS)
    dataset_id = ingest(shop, interactions=source, name="Shop", accept=True)
    assert _quantity(Dataset.open(shop, dataset_id)) == 10


def test_copies_are_compared_by_the_names_of_their_columns(tmp_path: Path, shop: Workspace) -> None:
    (tmp_path / "one.csv").write_text("user_id,item_id,timestamp,quantity\na,x,2026-01-05,2\n")
    (tmp_path / "other.csv").write_text("quantity,timestamp,item_id,user_id\n2,2026-01-05,x,a\n")
    (tmp_path / "price.csv").write_text("user_id,item_id,timestamp,price\na,x,2026-01-05,2\n")
    roles = ("user_id", "item_id", "timestamp", "quantity")
    one, other = (
        Source(tmp_path / name, {role: role for role in roles}) for name in ("one.csv", "other.csv")
    )
    price = Source(tmp_path / "price.csv", {role: role for role in (*roles[:3], "price")})
    same = ingest(shop, interactions=[one, other], name="Same")
    found = {one["code"]: one["count"] for one in shop.datasets.manifest(same)["findings"]}
    assert found["duplicate"] == 1
    differs = ingest(shop, interactions=[one, price], name="Differs")
    found = {one["code"]: one["count"] for one in shop.datasets.manifest(differs)["findings"]}
    assert "duplicate" not in found
    assert found["same_second"] == 1


def test_an_unmapped_column_with_the_name_of_a_role_is_no_role(
    tmp_path: Path, shop: Workspace
) -> None:
    lines = "".join(f"u{n},i{n % 3},{n % 3},Brand {n % 3}\n" for n in range(12))
    (tmp_path / "a.csv").write_text(f"user_id,item_id,stock,brand\n{lines}")
    source = Source(tmp_path / "a.csv", {"user_id": "user_id", "item_id": "item_id"})
    dataset = Dataset.open(shop, ingest(shop, interactions=source, name="Shop"))
    assert dataset.items().column_names == ["item_id", "stock (unmapped)", "brand (unmapped)"]
