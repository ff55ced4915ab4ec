"""The dashboard's own addresses, on a server as ``aisle run`` starts it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("whole")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    command = [sys.executable, "-m", "recsys.cli", "run", "--address", "127.0.0.1"]
    with log.open("wb") as file:
        server = subprocess.Popen(
            [*command, "--port", str(port)],
            env={**os.environ, "AISLE_HOME": str(folder)},
            stdout=file,
            stderr=file,
        )
    try:
        _await_health(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()


def _await_health(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None
        try:
            if ask(port, "GET", "/_stcore/health", {}).status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


def ask(port: int, method: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        with connection.getresponse() as answer:
            return answer
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_own_pages_reach_the_dashboard(port: int, name: str) -> None:
    host = f"{name}:{port}"
    headers = {"Host": host, "Origin": f"http://{host}", **UPGRADE}
    assert ask(port, "GET", "/_stcore/stream", headers).status == 101
    assert ask(port, "GET", "/", {"Host": host}).status == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example", "http://evil.example"),
        ("evil.example", None),
        ("localhost:{port}", "http://localhost:9999"),
        ("localhost:{port}", "http://evil.example"),
        ("localhost:{port}", "null"),
        ("localhost:{port}", "http://["),
    ],
)
def test_no_other_page_gets_a_websocket(port: int, host: str, origin: str | None) -> None:
    headers = {"Host": host.format(port=port), **UPGRADE}
    if origin is not None:
        headers["Origin"] = origin
    assert ask(port, "GET", "/_stcore/stream", headers).status == 403


def test_the_guard_stands_before_the_dashboard_too(port: int) -> None:
    assert ask(port, "GET", "/", {"Host": "evil.example"}).status == 400
    headers = {"Origin": "http://localhost:9999"}
    assert ask(port, "PUT", "/_stcore/upload_file/a/b", headers).status == 403


def test_no_other_site_may_frame_the_dashboard(port: int) -> None:
    for path in ("/", "/shelves"):
        answer = ask(port, "GET", path, {})
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    api = ask(port, "GET", "/api/docs", {})
    assert "default-src 'none'" in api.headers["Content-Security-Policy"]
