"""A real server in a process of its own, and Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from llm_fixture import environment
from llm_server import LlmServer
from playwright.sync_api import BrowserType, Page, expect

ROOT = Path(__file__).resolve().parents[2]
# The first page of a cold server on a busy machine needs more than the 5 s that are usual.
expect.set_options(timeout=60_000)
_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    found = os.environ.get("AISLE_CHROMIUM") or shutil.which("chromium")
    found = found or shutil.which("google-chrome")
    # Without one of these, Playwright looks for its own, and says how to get it.
    return {**browser_type_launch_args, "args": _ARGS} | (
        {"executable_path": found} if found else {}
    )


@pytest.fixture
def webgl_page(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
) -> Iterator[Page]:
    """A page of a browser of its own that draws WebGL on the processor: slow, so not for all."""
    args = [*_ARGS, "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": args})
    yield browser.new_page(**browser_context_args)
    browser.close()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the server; a test may queue jobs there, its worker does them."""
    return tmp_path_factory.mktemp("server") / "home"


@pytest.fixture(scope="session")
def base_url(server_home: Path, _llm_server: LlmServer) -> Iterator[str]:
    """Start ``aisle run`` on an empty workspace, as ``make run`` does; its log has no traceback.

    Its language model is the small server of the tests; the fixture ``llm`` scripts it.
    """
    folder = server_home.parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "recsys.cli", "run", "--port", str(port)],
            env={**os.environ, "AISLE_HOME": str(server_home), **environment(_llm_server)},
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    try:
        _await_health(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(20)
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said, said
    # What Streamlit says unless the settings beside the app are in force.
    assert "usage statistics" not in said


def _await_health(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer: {log.read_text(encoding='utf-8')}")
