from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from api_shop import SLASHED
from fastapi.testclient import TestClient

from recsys.api.schemas import LookalikesAnswer, ShelfAnswer
from recsys.rules.rule import Rule, Scope, Target
from recsys.types import LIMITS
from recsys.workflows.named_sets import save_named_set
from recsys.workflows.rules import publish_rules, roll_back_rules, save_rule
from recsys.workspace import Workspace


def ids(shelf: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["item_id"] for item in shelf["items"]]


def test_for_you_shows_a_shopper_their_own_half(client: TestClient) -> None:
    shelf = client.get("/for-you/u/1", params={"n": 3}).json()
    ShelfAnswer.model_validate(shelf)
    assert [item["rank"] for item in shelf["items"]] == [1, 2, 3]
    assert {item["category"] for item in shelf["items"]} == {"Coffee"}
    assert shelf["items"][0]["reason"].startswith("Because you bought")
    assert shelf["fallback"] == ""


def test_for_you_leaves_out_what_was_bought_unless_asked(client: TestClient) -> None:
    without = client.get("/for-you/u/1", params={"n": 40}).json()
    everything = client.get("/for-you/u/1", params={"n": 40, "include_bought": True}).json()
    assert without["removed"]["bought before"] == len(ids(everything)) - len(ids(without))
    assert set(ids(without)) < set(ids(everything))


def test_for_you_of_a_stranger_is_the_labelled_popular_shelf(client: TestClient) -> None:
    shelf = client.get("/for-you/nobody").json()
    assert shelf["fallback"] == "Popular products: unknown shopper"
    assert shelf["shown"] == LIMITS["for_you"][0]


def test_a_stranger_gets_what_they_say_they_like(client: TestClient) -> None:
    liked = {"prefer_items": [SLASHED, "i001"], "prefer_categories": ["Coffee"], "n": 20}
    shelf = client.get("/for-you/nobody", params=liked).json()
    ShelfAnswer.model_validate(shelf)
    assert shelf["fallback"] == "By stated preferences: unknown shopper"
    assert not {SLASHED, "i001"} & set(ids(shelf))
    reasons = {item["category"]: item["reason"] for item in shelf["items"]}
    assert reasons["Tea"].startswith("Because you like Product ")
    assert reasons["Coffee"].startswith("Popular now in Coffee: bought by ")
    refused = client.get("/for-you/nobody", params={"prefer_items": "gone"})
    assert refused.status_code == 404
    assert refused.json()["error"]["message"] == "The live catalogue does not have: 'gone'."


def test_filters_narrow_the_list(client: TestClient) -> None:
    filters = {"category": "Tea", "price_min": 5, "price_max": 12.5, "min_stock": 11, "n": 50}
    shelf = client.get("/for-you/u/1", params=filters).json()
    assert shelf["items"]
    for item in shelf["items"]:
        assert item["category"] == "Tea"
        assert 5 <= item["price"] <= 12.5
        assert item["stock"] >= 11


@pytest.mark.parametrize("sent", [SLASHED, quote(SLASHED, safe="")])
def test_similar_takes_ids_with_slashes(client: TestClient, sent: str) -> None:
    shelf = client.get(f"/similar/{sent}").json()
    ShelfAnswer.model_validate(shelf)
    assert shelf["shown"] == LIMITS["similar"][0]
    assert SLASHED not in ids(shelf)


def test_also_bought_leaves_the_cart_out(client: TestClient) -> None:
    cart = [SLASHED, "i001"]
    shelf = client.post("/also-bought", json=cart, params={"n": 20}).json()
    ShelfAnswer.model_validate(shelf)
    assert shelf["items"]
    assert not set(cart) & set(ids(shelf))


def test_lookalikes_name_the_neighbours(client: TestClient) -> None:
    shelf = client.get("/lookalikes/u/1", params={"n": 3, "n_neighbours": 7}).json()
    LookalikesAnswer.model_validate(shelf)
    assert len(shelf["neighbours"]) == 7
    assert all(int(one["user_id"].removeprefix("u/")) % 2 for one in shelf["neighbours"])


def test_a_product_without_a_price_has_null(client: TestClient) -> None:
    shelf = client.get("/for-you/u/0", params={"n": 50, "include_bought": True}).json()
    assert next(item for item in shelf["items"] if item["item_id"] == "i003")["price"] is None


@pytest.mark.parametrize(
    ("method", "address", "body", "words"),
    [
        ("GET", "/for-you/u/1?n=51", None, "n is 51; for you shows from 1 to 50 products."),
        ("GET", "/for-you/u/1?n=0", None, "n is 0"),
        ("GET", "/for-you/u/1?n=many", None, "n: Input should be a valid integer"),
        ("GET", "/for-you/u/1?price_max=nan", None, "price_max: Input should be a finite number"),
        ("GET", "/for-you/u/1?min_stock=0", None, "min_stock: "),
        ("GET", "/for-you/u/1?categroy=Tea", None, "categroy: Extra inputs are not permitted"),
        ("GET", "/for-you/", None, "user_id: String should have at least 1 character"),
        ("GET", "/similar/i001?n=21", None, "n is 21; similar shows from 1 to 20 products."),
        ("GET", "/lookalikes/u/1?n_neighbours=0", None, "n_neighbours is 0"),
        ("POST", "/also-bought", [], "The cart is empty."),
        ("POST", "/also-bought", {"items": ["i001"]}, "body: Input should be a valid list"),
        ("POST", "/also-bought", [7], "0: Input should be a valid string"),
        ("POST", "/also-bought", ["i001"] * 1001, "at most 1000 items"),
    ],
)
def test_unusable_requests_are_told_why(
    client: TestClient, method: str, address: str, body: object, words: str
) -> None:
    answer = client.request(method, address, json=body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "hint", "request_id"}
    assert error["code"] == "invalid_input"
    assert words in error["message"]


@pytest.mark.parametrize("address", ["/similar/i999", "/lookalikes/nobody"])
def test_unknown_ids_are_not_found(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert address.rpartition("/")[2] in answer.json()["error"]["message"]


def test_an_unknown_product_in_the_cart_is_named(client: TestClient) -> None:
    answer = client.post("/also-bought", json=["i001", "zzz"])
    assert answer.status_code == 404
    assert "'zzz'" in answer.json()["error"]["message"]


def test_before_the_first_publication_nothing_is_ready(new_client: TestClient) -> None:
    answer = new_client.get("/for-you/u/1")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "not_ready"
    assert answer.json()["error"]["hint"]


def test_what_stands_elsewhere_on_the_page_is_left_out(client: TestClient) -> None:
    first = client.get("/for-you/u/1", params={"n": 3}).json()
    second = client.get("/for-you/u/1", params={"n": 3, "but": ids(first)}).json()
    assert not set(ids(first)) & set(ids(second))


def test_rules_for_an_audience_hold_where_the_shopper_is_named(
    client: TestClient, live_workspace: Workspace
) -> None:
    path = f"/similar/{quote(SLASHED, safe='')}"
    plain = ids(client.get(path).json())
    segment = save_named_set(live_workspace, "segment", "One", ["u/1"], actor="test")
    target, scope = Target(items=(plain[0],)), Scope(segments=(segment.id,))
    save_rule(live_workspace, Rule(kind="hide", target=target, scope=scope), actor="test")
    published = publish_rules(live_workspace, actor="test")
    try:
        deadline = time.monotonic() + 5
        while client.get(path).json()["rule_set_id"] != published.id:
            assert time.monotonic() < deadline
        assert plain[0] not in ids(client.get(path, params={"user_id": "u/1"}).json())
        assert ids(client.get(path).json()) == plain
    finally:
        roll_back_rules(live_workspace, actor="test")
