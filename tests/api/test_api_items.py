from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_shop import SLASHED
from fastapi.testclient import TestClient

from recsys.releases.live import LiveShop
from recsys.workspace import Workspace

EVERY_LIST = (
    ("GET", "/for-you/u/2?n=50&include_bought=true", None),
    ("GET", "/for-you/nobody?n=50", None),
    ("GET", "/similar/i001?n=20", None),
    ("POST", "/also-bought?n=20", ["i001", "i002"]),
)


@pytest.fixture(autouse=True)
def restored(client: TestClient) -> Iterator[None]:
    yield
    client.put(f"/items/{SLASHED}", json={"stock": 14, "price": 10.0, "hidden": False})


def shown(client: TestClient) -> list[bool]:
    """Whether each of the lists shows the product."""
    return [
        any(
            item["item_id"] == SLASHED
            for item in client.request(*one[:2], json=one[2]).json()["items"]
        )
        for one in EVERY_LIST
    ]


def test_sold_out_products_leave_every_list_and_come_back(client: TestClient) -> None:
    assert all(shown(client))
    answer = client.put(f"/items/{SLASHED}", json={"stock": 0})
    assert answer.json() == {"item_id": SLASHED, "changed": {"stock": 0}}
    assert not any(shown(client))
    client.put(f"/items/{SLASHED}", json={"stock": 1})
    assert all(shown(client))


def test_hidden_products_leave_every_list(client: TestClient) -> None:
    client.put(f"/items/{SLASHED}", json={"hidden": True})
    assert not any(shown(client))


def test_a_new_price_is_shown_and_filtered_by(client: TestClient) -> None:
    client.put(f"/items/{SLASHED}", json={"price": 999.5})
    shelf = client.get("/for-you/nobody", params={"price_min": 900}).json()
    assert [(item["item_id"], item["price"]) for item in shelf["items"]] == [(SLASHED, 999.5)]


def test_another_process_sees_the_change(client: TestClient, live_workspace: Workspace) -> None:
    other = LiveShop(live_workspace)
    client.put(f"/items/{SLASHED}", json={"stock": 0})
    view = other.current()
    assert view.stock[view.release.item_ids.row(SLASHED)] == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "Nothing is to be changed."),
        ({"stock": -1}, "stock is -1; it has to be from 0 to 2,000,000,000."),
        ({"stock": 10**12}, "it has to be from 0 to 2,000,000,000."),
        ({"stock": True}, "stock: Input should be a valid integer"),
        ({"stock": "3"}, "stock: Input should be a valid integer"),
        ({"price": -0.01}, "price is -0.01"),
        ({"hidden": 1}, "hidden: Input should be a valid boolean"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ([1], "body: Input should be a valid dictionary"),
    ],
)
def test_unusable_changes_are_refused(client: TestClient, body: object, words: str) -> None:
    answer = client.put(f"/items/{SLASHED}", json=body)
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]


def test_a_price_that_is_no_number_is_refused(client: TestClient) -> None:
    answer = client.put(
        f"/items/{SLASHED}",
        content='{"price": NaN}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422


def test_broken_json_is_refused(client: TestClient) -> None:
    answer = client.put(
        f"/items/{SLASHED}", content="{", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_input"


def test_an_unknown_product_is_not_found(client: TestClient) -> None:
    answer = client.put("/items/food/tea/10", json={"stock": 1})
    assert answer.status_code == 404
    assert "'food/tea/10'" in answer.json()["error"]["message"]
