from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.data.arrow import read_parquet
from recsys.data.dataset import Dataset
from recsys.data.ingest import Source, ingest, next_version, recipe_of
from recsys.errors import BadMapping, JobCancelled, NotFound, NoUsableRows
from recsys.workspace import Workspace

Row = dict[str, Any]
# Every shop of a few rows has these.
VOLUME = {"few_interactions", "few_shoppers", "few_baskets", "thin", "metadata", "same_second"}


def _found(dataset: Dataset) -> dict[str, str]:
    """What was found, but for what any handful of rows lacks."""
    return {
        one["code"]: one["message"]
        for one in dataset.manifest["findings"]
        if one["code"] not in VOLUME
    }


def _items(dataset: Dataset) -> list[Row]:
    return dataset.items().to_pylist()


def test_rows_are_numbered_and_in_the_order_of_time(ingest_text: Any) -> None:
    dataset = ingest_text(
        "user_id,item_id,timestamp,quantity,price\n"
        "b,y,2024-01-03,2,1.5\n"
        "a,x,2024-01-01,1,3\n"
        "b,x,2024-01-01,4,\n"
    )
    assert dataset.user_ids.ids == ("a", "b")
    assert dataset.item_ids.ids == ("x", "y")
    rows = dataset.interactions()
    assert rows.user.tolist() == [0, 1, 1]
    assert rows.item.tolist() == [0, 0, 1]
    assert rows.weight.tolist() == [1, 1, 1]
    assert rows.quantity.tolist() == [1, 4, 2]
    assert rows.timestamp is not None
    assert rows.timestamp.tolist() == [1704067200, 1704067200, 1704240000]
    assert rows.price is not None
    np.testing.assert_array_equal(rows.price, np.array([3, np.nan, 1.5], np.float32))
    kinds = [rows.user, rows.item, rows.basket, rows.timestamp, rows.weight, rows.quantity]
    assert [str(array.dtype) for array in kinds] == ["int32"] * 3 + ["int64"] + ["float32"] * 2
    assert (dataset.n_users, dataset.n_items, len(rows)) == (2, 2, 3)
    assert dataset.manifest["counts"] == {
        "read": 3,
        "removed": 0,
        "interactions": 3,
        "guest_rows": 0,
        "items": 2,
        "shoppers": 2,
        "baskets": 3,
    }
    assert dataset.manifest["first_timestamp"] == 1704067200
    assert dataset.manifest["last_timestamp"] == 1704240000


def test_without_dates_and_prices_their_arrays_are_absent(ingest_text: Any) -> None:
    dataset = ingest_text("user_id,item_id\na,x\n")
    rows = dataset.interactions()
    assert rows.timestamp is None
    assert rows.price is None
    assert not any(dataset.manifest["has"].values())
    assert (dataset.n_users, dataset.n_items) == (1, 1)


_MESSY = (
    "user_id,item_id,timestamp,quantity\n"
    "a,x,2024-01-01,1\n"
    ",x,2024-01-01,0\n"  # counts under both reasons
    "a, ,2024-01-01,1\n"
    "a,x,soon,1\n"
    "a,x,,1\n"
    "a,x,2024-01-02,-2\n"
    "a,x,2024-01-03,many\n"
    "a,ghost,2024-01-01,1\n"
)
_MESSY_ITEMS = "item_id,name\nx,Xylophone\nz,Zither\n"


def test_each_finding_is_counted_on_the_whole_file(ingest_text: Any) -> None:
    dataset = ingest_text(_MESSY, items=_MESSY_ITEMS)
    found = _found(dataset)
    assert {code: found[code] for code in ("no_shopper", "no_item", "quantity", "date")} == {
        "no_shopper": "1 row has no shopper id.",
        "no_item": "1 row has no product id.",
        "quantity": "2 rows have a quantity that is not above 0.",
        "date": "2 rows have a date that is missing or cannot be read.",
    }
    assert found["unreadable_quantity"] == (
        "1 quantity cell is not a number such as 2 and was read as 1."
    )
    assert found["orphan"] == "1 row names a product that is not in items.csv."
    examples = {one["code"]: one["examples"] for one in dataset.manifest["findings"]}
    assert examples["orphan"] == ["ghost"]
    assert examples["date"] == ["soon"]
    assert examples["quantity"] == ["-2", "0"]
    # only what cannot be used is out: no shopper, no product, no date
    counts = dataset.manifest["counts"]
    assert (counts["read"], counts["removed"], counts["interactions"]) == (8, 4, 4)
    assert dataset.item_ids.ids == ("ghost", "x", "z")  # what nobody bought yet stays, too
    assert dataset.interactions().weight.tolist() == [1, 1, -1, 1]


def test_all_proposed_fixes_at_once(ingest_text: Any) -> None:
    dataset = ingest_text(_MESSY, items=_MESSY_ITEMS, accept=True)
    fixed = {one["code"] for one in dataset.manifest["findings"] if one["fixed"]}
    assert {"orphan", "quantity"} <= fixed
    assert set(dataset.manifest["recipe"]["fixes"]) <= fixed
    assert dataset.item_ids.ids == ("x", "z")


def test_rejected_rows_are_kept_with_number_reason_and_cells(ingest_text: Any) -> None:
    dataset = ingest_text(_MESSY, items="item_id,name\nx,Xylophone\n,Nothing\nx,Again\n")
    rows = read_parquet(dataset.folder / "rejects.parquet").to_pylist()
    assert [
        (row["aisle_file"], row["aisle_row"], row["aisle_reason"], row["item_id"]) for row in rows
    ] == [
        ("orders.csv", 3, "has no shopper id", "x"),
        ("orders.csv", 4, "has no product id", " "),
        ("orders.csv", 5, "has a date that is missing or cannot be read", "x"),
        ("orders.csv", 6, "has a date that is missing or cannot be read", "x"),
        ("items.csv", 3, "has no id", None),
        ("items.csv", 4, "repeats an id", "x"),
    ]
    assert rows[2]["timestamp"] == "soon"
    assert rows[5]["name"] == "Again"


def test_a_row_with_two_reasons_is_rejected_once(ingest_text: Any) -> None:
    dataset = ingest_text("user_id,item_id,timestamp\n,,never\na,x,2024-01-01\n")
    (row,) = read_parquet(dataset.folder / "rejects.parquet").to_pylist()
    assert row["aisle_reason"] == (
        "has a date that is missing or cannot be read; has no product id; has no shopper id"
    )


def test_rows_without_a_shopper_stay_for_also_bought_where_there_is_an_order(
    ingest_text: Any,
) -> None:
    dataset = ingest_text("user_id,item_id,order_id\na,x,1\n,x,2\n,y,2\n,z,\n")
    assert dataset.user_ids.ids == ("a",)
    assert dataset.item_ids.ids == ("x", "y")
    guests = read_parquet(dataset.folder / "guests.parquet").to_pylist()
    assert [(row["item"], row["basket"]) for row in guests] == [(0, 0), (1, 0)]
    assert dataset.interactions().basket.tolist() == [1]
    assert dataset.manifest["counts"]["guest_rows"] == 2
    found = _found(dataset)
    assert found["no_shopper"] == "3 rows have no shopper id."
    assert found["nobody"] == "1 row has neither a shopper nor an order."


def test_no_usable_rows_says_why_and_leaves_nothing(ingest_text: Any, shop: Workspace) -> None:
    with pytest.raises(NoUsableRows) as caught:
        ingest_text("user_id,item_id,price\n,x,free\n,y,2\na,,2\n")
    assert caught.value.message == (
        "None of the 3 rows of orders.csv can be used: 1 row has no product id."
        " 2 rows have no shopper id."
    )
    assert list(shop.datasets.root.iterdir()) == []


def test_missing_column_is_a_bad_mapping(tmp_path: Path, shop: Workspace) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("sku,name\n1,2\n")
    with pytest.raises(BadMapping) as caught:
        ingest(shop, interactions=Source(path, {"user_id": "name"}), name="Shop")
    assert caught.value.message == "orders.csv has no column 'item_id'; found 'sku', 'name'."


def test_catalogue_of_the_interactions(ingest_text: Any) -> None:
    dataset = ingest_text(
        "user_id,item_id,price,item_name,item_category,item_brand\n"
        "a,x,2,Bowl,Kitchen,Acme\n"
        "b,x,4,Bowl,,Acme\n"
        "c,x,0,Bowle,Kitchen,\n"
        "c,x,9,,Home,\n"
        "c,y,,,,\n"
    )
    assert _items(dataset) == [
        {"item_id": "x", "name": "Bowl", "category": "Kitchen", "brand": "Acme", "price": 4.0},
        {"item_id": "y", "name": None, "category": None, "brand": None, "price": None},
    ]
    has = dataset.manifest["has"]
    assert (has["name"], has["price"], has["stock"]) == (True, True, False)
    assert dataset.manifest["categories"] == 1


def test_catalogue_file_is_typed_keeps_attributes_and_the_first_of_repeated_ids(
    ingest_text: Any,
) -> None:
    dataset = ingest_text(
        "user_id,item_id,price,item_name\na,x,2,Old name\n",
        items="item_id,category,stock,cost,*Colour,*NAME,*id\n"
        "x,Kitchen,7.9,1.25,Red,unused,9\n"
        "x,Home,1,1,Blue,unused,9\n"
        ",Home,1,1,Blue,unused,9\n"
        "w,,-3,-1,,unused,9\n"
        "v,,lots,,,unused,9\n",
    )
    # the name and the price come from the interactions, for the file has none
    assert _items(dataset) == [
        {
            "item_id": item_id,
            "category": category,
            "stock": stock,
            "cost": cost,
            "*Colour": colour,
            "*NAME": "unused",
            "*id": "9",
            "name": name,
            "price": price,
        }
        for item_id, category, stock, cost, colour, name, price in [
            ("v", None, None, None, None, None, None),
            ("w", None, 0, None, None, None, None),
            ("x", "Kitchen", 7, 1.25, "Red", "Old name", 2.0),
        ]
    ]
    assert _found(dataset) == {
        "items_no_id": "1 catalogue row has no id.",
        "items_repeated": "1 catalogue row repeats an id.",
        "unsold": "2 products have no interactions.",
        "unreadable_stock": "1 stock cell could not be read as a number such as 12 or in stock and"
        " was left empty.",
        "unreadable_cost": "1 cost cell could not be read as a number such as 3.99 and was left"
        " empty.",
    }
    assert dataset.manifest["columns"][:4] == ["item_id", "category", "stock", "cost"]


def test_unmapped_columns_with_the_name_of_a_role_are_kept_apart(
    tmp_path: Path, shop: Workspace
) -> None:
    (tmp_path / "orders.csv").write_text("u,i\na,x\n")
    (tmp_path / "items.csv").write_text("i,Price,size\nx,free,XL\n")
    dataset_id = ingest(
        shop,
        interactions=Source(tmp_path / "orders.csv", {"user_id": "u", "item_id": "i"}),
        items=Source(tmp_path / "items.csv", {"item_id": "i"}),
        name="Shop",
    )
    assert _items(Dataset.open(shop, dataset_id)) == [
        {"item_id": "x", "Price (unmapped)": "free", "size": "XL"}
    ]


# What ingest calls its own tables and columns.
_INNER_NAMES = (
    "item",
    "user",
    "rowid",
    "n",
    "text",
    "paid",
    "place",
    "field_0",
    "price_text",
    "items_file",
    "items_all",
    "shoppers_all",
    "numbered_items",
    "of_price",
    "of_item_name",
    "item_name",
    "filename",
)


@pytest.mark.parametrize("kind", ["items", "shoppers"])
def test_columns_called_rowid_item_and_the_like(kind: str, tmp_path: Path, shop: Workspace) -> None:
    (tmp_path / "orders.csv").write_text("u,i,price,label,class\na,x,2,Bowl,Kitchen\n")
    (tmp_path / "side.csv").write_text(
        f"id,{','.join(_INNER_NAMES)}\n"
        + "".join(f"{one}{',9' * len(_INNER_NAMES)}\n" for one in "ax")
        # the first row wins, whatever its rowid
        + "".join(f"{one}{',1' * len(_INNER_NAMES)}\n" for one in "ax")
    )
    mapping = {"user_id": "u", "item_id": "i", "price": "price"}
    mapping |= {"item_name": "label", "item_category": "class"}
    id_role = "item_id" if kind == "items" else "user_id"
    side = Source(tmp_path / "side.csv", {id_role: "id"})
    orders = Source(tmp_path / "orders.csv", mapping)
    dataset_id = ingest(
        shop,
        interactions=orders,
        items=side if kind == "items" else None,
        shoppers=side if kind == "shoppers" else None,
        name="Shop",
    )
    dataset = Dataset.open(shop, dataset_id)
    nines = dict.fromkeys(_INNER_NAMES, "9")
    if kind == "items":
        facts = {"name": "Bowl", "category": "Kitchen", "price": 2.0}
        blank = dict.fromkeys(facts)
        assert _items(dataset) == [
            {"item_id": "a", **nines, **blank},
            {"item_id": "x", **nines, **facts},
        ]
    else:
        assert dataset.shoppers().to_pylist() == [{"user_id": "a", **nines}]


def test_numbers_that_cannot_be_read_are_counted_and_remove_no_row(ingest_text: Any) -> None:
    dataset = ingest_text(
        "user_id,item_id,price\na,x,2\na,x,free\na,x,\na,y,$3\na,y,free\n",
        items='item_id,price,cost,stock\nx,"3,99",1,soon\ny,"$1,299.00",,\nz,4,two,maybe\nv,,,soon\n',
    )
    rows = [one for one in dataset.manifest["findings"] if one["code"].startswith("unreadable")]
    assert [(one["code"], one["about"], one["count"], one["examples"]) for one in rows] == [
        ("unreadable_price", "items", 1, ["3,99"]),
        ("unreadable_stock", "items", 3, ["maybe", "soon"]),
        ("unreadable_cost", "items", 1, ["two"]),
        ("unreadable_price", "interactions", 2, ["free"]),
    ]
    assert [one["message"] for one in rows] == [
        "1 price cell could not be read as a number such as 3.99 and was left empty.",
        "3 stock cells could not be read as numbers such as 12 or in stock and were left empty.",
        "1 cost cell could not be read as a number such as 3.99 and was left empty.",
        "2 price cells are not numbers such as 3.99 and were left empty.",
    ]
    counts = dataset.manifest["counts"]
    assert (counts["read"], counts["removed"], counts["interactions"]) == (5, 0, 5)
    assert [item["price"] for item in _items(dataset)] == [None, None, 1299.0, 4.0]


def test_shoppers_file(ingest_text: Any) -> None:
    dataset = ingest_text(
        "user_id,item_id\nb,x\na,x\n",
        shoppers="user_id,name,*city\na,Ann,Ulm\nidle,Ida,Bonn\na,Anna,Ulm\n",
    )
    assert dataset.shoppers().to_pylist() == [
        {"user_id": "a", "name": "Ann", "*city": "Ulm"},
        {"user_id": "b", "name": None, "*city": None},
    ]
    assert _found(dataset) == {
        "shoppers_repeated": "1 shopper row repeats an id.",
        "idle": "1 shopper row names a shopper who did nothing.",
    }
    assert dataset.manifest["has"]["shopper_attributes"]
    assert dataset.manifest["files"] == ["orders.csv", "shoppers.csv"]


def test_event_weights(ingest_text: Any) -> None:
    events = ["view", "Add to cart", "PURCHASE", "transaction", "remove_from_cart", "wave"]
    lines = [f"a,x,{event}" for event in events]
    dataset = ingest_text("\n".join(["user_id,item_id,event_type", *lines]) + "\n")
    found = dataset.interactions().weight.tolist()
    assert found == pytest.approx([0.5, 0.7, 1, 1, -0.5])
    assert _found(dataset) == {"event": "1 row has an event of unknown type."}
    assert dataset.manifest["findings"][0]["examples"] == ["wave"]


def test_ratings_are_weights(ingest_text: Any) -> None:
    dataset = ingest_text("user_id,item_id,rating\na,x,4.5\na,y,good\n")
    assert dataset.interactions().weight.tolist() == [4.5]
    assert _found(dataset) == {"rating": "1 row has a rating that is not a number."}


@pytest.mark.parametrize(
    ("header", "source", "baskets"),
    [
        # an order number that two shoppers share is two baskets; no order goes by the day
        ("user_id,item_id,order_id,timestamp", "order", [0, 1, 1, 2, 3, 4]),
        ("user_id,item_id,*order,timestamp", "shopper_day", [0, 0, 1, 0, 2, 3]),
        ("user_id,item_id,*order,*day", "shopper", [0, 0, 0, 0, 1, 1]),
    ],
)
def test_baskets(header: str, source: str, baskets: list[int], ingest_text: Any) -> None:
    dataset = ingest_text(
        f"{header}\n"
        "a,w,,2024-01-01 08:00\n"
        "a,x,1,2024-01-01 09:00\n"
        "a,y,1,2024-01-02 09:00\n"
        "a,z,2,2024-01-01 10:00\n"
        "b,x,,2024-01-01 09:00\n"
        "b,y,1,2024-01-02 09:00\n"
    )
    assert dataset.manifest["basket_source"] == source
    rows = dataset.interactions()
    found = {
        (dataset.user_ids.id(user), dataset.item_ids.id(item)): basket
        for user, item, basket in zip(rows.user, rows.item, rows.basket.tolist(), strict=True)
    }
    assert list(dict(sorted(found.items())).values()) == baskets
    assert dataset.manifest["counts"]["baskets"] == max(baskets) + 1


def test_parquet_types(tmp_path: Path, shop: Workspace) -> None:
    path = tmp_path / "orders.parquet"
    duckdb.sql(
        "SELECT * FROM (VALUES"
        " (17850.0::DOUBLE, 71::BIGINT, TIMESTAMPTZ '2024-01-01 02:00:00+02', 1.50::DECIMAL(9,2)),"
        " (NULL, 71, NULL, 2), ('nan', 71, NULL, 2),"
        " (0.5, 72, TIMESTAMPTZ '2024-01-01 00:00:00+00', NULL)"
        ") AS t(customer, sku, moment, price)"
    ).write_parquet(str(path))
    mapping = {"user_id": "customer", "item_id": "sku", "timestamp": "moment", "price": "price"}
    dataset_id = ingest(shop, interactions=Source(path, mapping), name="Types")
    dataset = Dataset.open(shop, dataset_id)
    assert dataset.user_ids.ids == ("0.5", "17850")
    assert dataset.item_ids.ids == ("71", "72")
    assert dataset.manifest["findings"][0]["count"] == 2
    rows = dataset.interactions()
    assert rows.timestamp is not None
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC).timestamp()
    assert rows.timestamp.tolist() == [start, start]


def test_numbers_beyond_a_float_are_no_numbers(ingest_text: Any) -> None:
    dataset = ingest_text(
        "user_id,item_id,quantity,price\n"
        "a,x,1e300,1\na,x,inf,1\na,x,nan,1\na,x,1,1e300\na,x,2,inf\na,x,3,5\n"
    )
    assert dataset.interactions().quantity.tolist() == [1, 1, 1, 1, 2, 3]
    assert _items(dataset) == [{"item_id": "x", "price": 1.0}]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=8))
def test_any_ids_from_parquet_are_kept_without_blanks_around(
    tmp_path: Path, shop: Workspace, ids: list[str]
) -> None:
    path = tmp_path / "orders.parquet"
    with duckdb.connect() as connection:
        query = f"COPY (SELECT unnest($1::VARCHAR[]) AS id) TO '{path}' (FORMAT parquet)"
        connection.execute(query, [["u", *ids]]).fetchall()
    mapping = {"user_id": "id", "item_id": "item"}
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT id, 'x' AS item FROM '{path}') TO '{path}' (FORMAT parquet)"
        ).fetchall()
    dataset_id = ingest(shop, interactions=Source(path, mapping), name="Ids")
    blanks = " \t\n\r\f\u00a0"
    kept = {value.strip(blanks) for value in ids} - {""} | {"u"}
    found = Dataset.open(shop, dataset_id).user_ids.ids
    assert found == tuple(sorted(kept, key=lambda value: value.encode()))


def test_same_files_give_the_same_fingerprint(ingest_text: Any) -> None:
    text = "user_id,item_id,item_name,price,timestamp\n" + "".join(
        f"u{n % 97},i{n * 7 % 89},name {n % 3},{n % 11},2024-01-{1 + n % 28:02}\n"
        for n in range(5_000)
    )
    first, second = (ingest_text(text).manifest for _ in range(2))
    assert first["id"] != second["id"]
    assert first["fingerprint"] == second["fingerprint"]
    assert (
        ingest_text(text + "u1,i1,x,1,2024-01-01\n").manifest["fingerprint"] != first["fingerprint"]
    )


def test_report_rises_and_what_it_raises_passes_and_leaves_nothing(
    tmp_path: Path, shop: Workspace
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("user_id,item_id\na,x\n")
    source = Source(path, {"user_id": "user_id", "item_id": "item_id"})
    shares: list[float] = []

    def watch(share: float, step: str) -> None:
        assert step
        shares.append(share)

    ingest(shop, interactions=source, name="Shop", report=watch)
    assert shares == sorted(shares)
    assert len(set(shares)) >= 5
    before = shop.datasets.ids()

    for stop in shares:

        def cancel(share: float, step: str, *, stop: float = stop) -> None:
            if share >= stop:
                raise JobCancelled("Stopped.")

        with pytest.raises(JobCancelled):
            ingest(shop, interactions=source, name="Shop", report=cancel)
    assert [path.name for path in shop.datasets.root.iterdir()] == before
    assert list((shop.home / "tmp").iterdir()) == []


def test_manifest_is_plain_json_and_unknown_ids_are_not_found(
    ingest_text: Any, shop: Workspace
) -> None:
    dataset = ingest_text("user_id,item_id\na,x\n")
    assert json.loads(json.dumps(dataset.manifest)) == dataset.manifest
    assert dataset.name == "Shop"
    assert dataset.currency == ""
    with pytest.raises(NotFound, match="There is no dataset 'nothing'"):
        Dataset.open(shop, "nothing")


def test_reading_a_dataset_loads_neither_pandas_nor_scipy(ingest_text: Any) -> None:
    dataset = ingest_text("user_id,item_id,price\na,x,1\n")
    code = (
        "import json, sys\nfrom pathlib import Path\n"
        "from recsys.data.dataset import Dataset\nfrom recsys.data.ingest import ingest\n"
        "from recsys.data.demo import write_demo\nfrom recsys.data.matrix import basket_matrix\n"
        "dataset = Dataset(Path(sys.argv[1]), json.loads(sys.argv[2]))\n"
        "dataset.interactions(), dataset.items().to_pylist(), dataset.user_ids, dataset.item_ids\n"
        "print([name for name in ('pandas', 'scipy', 'sklearn') if name in sys.modules])"
    )
    manifest = json.dumps(dataset.manifest)
    done = subprocess.run(
        [sys.executable, "-c", code, str(dataset.folder), manifest],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_dates_that_may_be_read_two_ways_are_told_and_turned(
    ingest_text: Any, shop: Workspace
) -> None:
    rows = "a,x,01/02/2026\nb,x,02/02/2026\nb,y,03/02/2026\n"
    dataset = ingest_text(f"user_id,item_id,timestamp\n{rows}")
    (told,) = [one for one in dataset.manifest["findings"] if one["code"] == "date_order"]
    assert told["message"] == ("In every date of orders.csv day and month could be swapped.")
    assert told["severity"] == "act"
    assert not told["proposed"]
    first = dt.datetime.fromtimestamp(dataset.manifest["first_timestamp"], dt.UTC)
    recipe = recipe_of(shop, dataset.id).fixing(["date_order"])
    turned = Dataset.open(shop, next_version(shop, dataset.id, recipe, change="Turned"))
    again = dt.datetime.fromtimestamp(turned.manifest["first_timestamp"], dt.UTC)
    assert {(first.month, first.day), (again.month, again.day)} == {(1, 2), (2, 1)}
    (told,) = [one for one in turned.manifest["findings"] if one["code"] == "date_order"]
    assert told["fixed"]
