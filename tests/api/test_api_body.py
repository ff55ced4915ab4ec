from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_shop import SLASHED
from fastapi.testclient import TestClient

from recsys.api.body import MAX_BYTES


def chunks(n_bytes: int) -> Iterator[bytes]:
    """A body whose length no header tells."""
    for start in range(0, n_bytes, 100_000):
        yield b" " * min(100_000, n_bytes - start)


@pytest.mark.parametrize(
    ("method", "address"), [("POST", "/also-bought"), ("PUT", f"/items/{SLASHED}"), ("PUT", "/x")]
)
@pytest.mark.parametrize("told", [True, False])
def test_a_body_too_long_for_json_is_413(
    client: TestClient, method: str, address: str, told: bool
) -> None:
    body = b" " * (MAX_BYTES + 1) if told else chunks(MAX_BYTES + 1)
    answer = client.request(method, address, content=body)
    assert answer.status_code == 413
    error = answer.json()["error"]
    assert error["code"] == "too_large"
    assert f"{method} {address}: the body is longer than 1,000,000 bytes" in error["message"]
    assert error["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("told", [True, False])
def test_a_body_of_just_the_limit_is_read_whole(client: TestClient, told: bool) -> None:
    text = b'["i001"]'
    blank = MAX_BYTES - len(text)
    body = text + b" " * blank if told else iter([text, *chunks(blank)])
    answer = client.post("/also-bought", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200


def test_uploads_have_a_limit_of_their_own(client: TestClient) -> None:
    answer = client.put(
        "/uploads/unknown", content=chunks(2 * MAX_BYTES), headers={"X-File-Name": "a.csv"}
    )
    assert answer.json()["error"]["code"] != "too_large"
