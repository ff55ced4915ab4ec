"""The fixtures with which tests of all folders reach the small server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from llm_server import KEY, LlmServer

from recsys.copywriting.providers.base import Provider
from recsys.copywriting.providers.opening import open_provider
from recsys.settings import Settings

KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}


def address(llm: LlmServer, provider: str = "anthropic") -> str:
    """Return what ``AISLE_LLM_URL`` has to be."""
    return llm.url if provider == "anthropic" else f"{llm.url}/v1"


def environment(llm: LlmServer, provider: str = "anthropic") -> dict[str, str]:
    """Return the environment with which a process of Aisle asks the small server."""
    return {
        "AISLE_LLM_PROVIDER": provider,
        "AISLE_LLM_URL": address(llm, provider),
        KEYS[provider]: KEY,
    }


def reach(llm: LlmServer, home: Path, provider: str = "anthropic") -> Settings:
    """Return the settings with which a workspace asks the small server; the key is no setting."""
    return Settings(home=home, llm_provider=provider, llm_url=address(llm, provider))


@pytest.fixture
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key is set, and no endpoint of one's own."""
    for name in (*KEYS.values(), "AISLE_LLM_PROVIDER", "AISLE_LLM_URL", "AISLE_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def _llm_server() -> Iterator[LlmServer]:
    server = LlmServer()
    yield server
    server.stop()


@pytest.fixture
def llm(_llm_server: LlmServer, monkeypatch: pytest.MonkeyPatch) -> LlmServer:
    """The small server, with nothing scripted; the keys for it are in the environment."""
    _llm_server.reset()
    _llm_server.delay = 0.0
    for name in KEYS.values():
        monkeypatch.setenv(name, KEY)
    return _llm_server


@pytest.fixture
def ask(llm: LlmServer, tmp_path: Path) -> Iterator[Callable[..., Provider]]:
    """Return a function that opens a provider on the small server; all are closed at the end."""
    opened: list[Provider] = []

    def open_one(provider: str = "anthropic", *, silence: float = 5.0) -> Provider:
        opened.append(open_provider(reach(llm, tmp_path, provider), silence=silence))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
