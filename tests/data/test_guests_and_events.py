"""Rows without a shopper, and what kind of event a row is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recsys.data.dataset import GUESTS, Dataset, EventKind
from recsys.data.ingest import Source, ingest
from recsys.workspace import Workspace

ORDERS = (
    "user_id,item_id,order_id,timestamp,quantity,price\n"
    "ann,tea,1,2024-01-03,1,2\n"
    ",tea,2,2024-01-02,3,2\n"
    ",mug,2,2024-01-02,1,9\n"
    ",jug,3,2024-01-01,1,\n"
    "ann,mug,1,2024-01-03,1,9\n"
)


def test_guests_are_apart_in_the_order_of_time(ingest_text: Any) -> None:
    dataset = ingest_text(ORDERS)
    guests, rows = dataset.guests(), dataset.interactions()
    assert guests is not None
    assert [dataset.item_ids.id(row) for row in guests.item.tolist()] == ["jug", "tea", "mug"]
    assert guests.user.tolist() == [-1, -1, -1]
    assert guests.quantity.tolist() == [1, 3, 1]
    assert guests.price is not None
    assert guests.price.tolist()[1:] == [2, 9]
    assert guests.timestamp is not None
    assert guests.timestamp.tolist() == [1704067200, 1704153600, 1704153600]
    assert not guests.user.flags.writeable
    assert len(rows) == 2
    baskets = {*guests.basket.tolist(), *rows.basket.tolist()}
    assert baskets == {0, 1, 2}, "one numbering for all"
    assert len(set(guests.basket.tolist())) == 2
    assert guests.rows(slice(1, None)).basket.tolist() == guests.basket.tolist()[1:]


def test_a_shop_without_guests_and_a_dataset_made_before_there_were_any(ingest_text: Any) -> None:
    dataset = ingest_text("user_id,item_id,order_id\na,x,1\n")
    assert dataset.guests() is None
    (dataset.folder / GUESTS).unlink()
    assert Dataset(dataset.folder, dataset.manifest).guests() is None


def test_a_shop_of_guests_only_can_be_opened(ingest_text: Any) -> None:
    dataset = ingest_text("user_id,item_id,order_id\n,x,1\n,y,1\n")
    assert (dataset.n_users, dataset.n_items, len(dataset.interactions())) == (0, 2, 0)
    guests = dataset.guests()
    assert guests is not None
    assert guests.timestamp is None
    assert guests.basket.tolist() == [0, 0]


def test_each_event_has_its_kind(ingest_text: Any) -> None:
    events = ["View", "Add to cart", "PURCHASE", "transaction", "remove_from_cart"]
    lines = [f"a,x,{event}" for event in events]
    rows = ingest_text("\n".join(["user_id,item_id,event_type", *lines]) + "\n").interactions()
    assert str(rows.event.dtype) == "int8"
    assert [EventKind(kind).name for kind in rows.event] == [
        "VIEWED", "CARTED", "PURCHASED", "PURCHASED", "REMOVED",
    ]  # fmt: skip
    assert rows.rows(slice(3, None)).event.tolist() == [2, 3]


def test_without_events_there_is_no_kind(ingest_text: Any) -> None:
    assert ingest_text(ORDERS).interactions().event is None


def test_an_event_with_a_rating_may_be_any(ingest_text: Any) -> None:
    rows = ingest_text("user_id,item_id,event_type,rating\na,x,wave,3\na,y,,4\na,z,view,5\n")
    found = rows.interactions()
    assert found.weight.tolist() == [3, 4, 5]
    assert found.event.tolist() == [EventKind.OTHER, EventKind.OTHER, EventKind.VIEWED]


def test_rows_of_a_file_without_events_are_purchases(tmp_path: Path, shop: Workspace) -> None:
    def source(name: str, text: str) -> Source:
        path = tmp_path / name
        path.write_text(text)
        return Source(path, {column: column for column in text.splitlines()[0].split(",")})

    clicks = source("clicks.csv", "user_id,item_id,event_type\na,x,view\na,x,purchase\n")
    orders = source("orders.csv", "user_id,item_id\na,y\n")
    dataset_id = ingest(shop, interactions=[clicks, orders], name="Two files")
    rows = Dataset.open(shop, dataset_id).interactions()
    assert rows.event is not None
    assert rows.event.tolist() == [EventKind.VIEWED, EventKind.PURCHASED, EventKind.PURCHASED]
