from __future__ import annotations

import logging

import pytest
from api_shop import HOME, SLASHED
from fastapi.testclient import TestClient

from recsys.api.app import create_api
from recsys.releases.live import LiveShop
from recsys.workspace import Workspace


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8501", "[::1]", "LOCALHOST:1"])
def test_own_names_are_answered_whatever_the_port(new_client: TestClient, host: str) -> None:
    assert new_client.get("/docs", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8501", "", "::1"])
def test_foreign_host_names_are_refused(new_client: TestClient, host: str) -> None:
    answer = new_client.get("/docs", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown_host"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:8502",
        "http://localhost",
        "null",
        "ftp://localhost",
        "http://[",
    ],
)
def test_pages_of_other_origins_may_not_write(client: TestClient, origin: str) -> None:
    headers = {"Origin": origin}
    for answer in (
        client.put(f"/items/{SLASHED}", json={"stock": 0}, headers=headers),
        client.post("/also-bought", json=["i001"], headers=headers),
        client.put("/uploads/ticket", content=b"x", headers={**headers, "X-File-Name": "x"}),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "foreign_origin"


def test_own_pages_may_write(client: TestClient) -> None:
    answer = client.post("/also-bought", json=["i001"], headers={"Origin": HOME})
    assert answer.status_code == 200


def test_a_default_port_may_be_left_out(client: TestClient) -> None:
    headers = {"Host": "localhost:443", "Origin": "https://localhost"}
    assert client.post("/also-bought", json=["i001"], headers=headers).status_code == 200


def test_reading_from_another_origin_is_not_our_business(client: TestClient) -> None:
    answer = client.get("/for-you/u/1", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("DELETE", "/items/i001", 405, "method_not_allowed"),
        ("GET", "/also-bought", 405, "method_not_allowed"),
    ],
)
def test_wrong_addresses_and_methods_have_the_one_error_shape(
    client: TestClient, method: str, address: str, status: int, code: str
) -> None:
    answer = client.request(method, address)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["request_id"] == answer.headers["x-request-id"]
    assert ("allow" in answer.headers) == (status == 405)


def test_every_answer_forbids_sniffing_and_has_an_id(client: TestClient) -> None:
    for address in ("/for-you/u/1", "/nothing", "/docs", "/openapi.json"):
        answer = client.get(address)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]


def test_a_bug_is_an_id_outside_and_a_trace_in_the_log(
    new_workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    api = create_api(new_workspace, LiveShop(new_workspace))

    @api.get("/bug")
    def bug() -> None:
        raise ZeroDivisionError("the secret of the house")

    with caplog.at_level(logging.ERROR):
        answer = TestClient(api, base_url=HOME).get("/bug")
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert error["code"] == "internal_error"
    assert error["request_id"] in error["message"]
    assert "secret" not in answer.text
    assert error["request_id"] in caplog.text
    assert "the secret of the house" in caplog.text
