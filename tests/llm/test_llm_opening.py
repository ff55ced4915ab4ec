"""Which provider is asked, where, and with which key."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from llm_answers import Scenario, refused
from llm_prompts import MODELS, PROMPT, WHO
from llm_server import KEY, LlmServer

from recsys.copywriting.providers.base import Provider
from recsys.copywriting.providers.opening import DEFAULT_MODEL, key_is_set, open_provider
from recsys.copywriting.providers.prices import known_price
from recsys.errors import NoKey, ProviderError
from recsys.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
Ask = Callable[..., Provider]


def _settings(provider: str = "anthropic", url: str = "") -> Settings:
    return Settings(home=Path("unused"), llm_provider=provider, llm_url=url)


@pytest.mark.usefixtures("no_key")
def test_without_a_key_it_is_said_how_to_set_one() -> None:
    assert not key_is_set(_settings())
    with pytest.raises(NoKey) as caught:
        open_provider(_settings())
    assert str(caught.value) == (
        "No key for Anthropic is set, so no model can be asked. "
        "Set ANTHROPIC_API_KEY where Aisle is started, or for the dashboard in "
        ".streamlit/secrets.toml, and start Aisle again. "
        "Texts written by hand can be checked without a key."
    )
    with pytest.raises(NoKey, match=r"No key for OpenAI is set.* Set OPENAI_API_KEY"):
        open_provider(_settings("openai"))
    with pytest.raises(NoKey, match=r"No key for The language model at llm\.example\.com is set"):
        open_provider(_settings("openai", "https://llm.example.com/v1"))


@pytest.mark.usefixtures("no_key")
def test_a_server_on_this_machine_needs_none(
    llm: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    settings = _settings("openai", f"{llm.url}/v1")
    assert key_is_set(settings)
    provider = open_provider(settings)
    assert provider.write(PROMPT, model="local-small").stop == "done"
    provider.close()
    assert not key_is_set(_settings("openai", "http://192.168.1.7:11434/v1"))
    assert not key_is_set(_settings("openai", "no address"))


def test_a_key_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("sk-one\nsk-two", "sk-ключ", "sk one"):
        monkeypatch.setenv("ANTHROPIC_API_KEY", key)
        with pytest.raises(NoKey) as caught:
            open_provider(_settings())
        assert str(caught.value) == (
            "ANTHROPIC_API_KEY holds signs that no key has. "
            "Copy the key again, without line breaks."
        )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://llm.example.com", "AISLE_LLM_URL is no address of a web service."),
        ("llm.example.com/v1", "AISLE_LLM_URL is no address of a web service."),
        ("file:///etc/passwd", "AISLE_LLM_URL is no address of a web service."),
        ("https://", "AISLE_LLM_URL is no address of a web service."),
        ("https://host:port/v1", "AISLE_LLM_URL is no address of a web service."),
        ("https://[::1/v1", "AISLE_LLM_URL is no address of a web service."),
        ("https://me:secret@llm.example.com/v1", "AISLE_LLM_URL holds more than an address."),
        ("https://llm.example.com/v1?key=secret", "AISLE_LLM_URL holds more than an address."),
        (
            "http://llm.example.com/v1",
            "AISLE_LLM_URL would send the key and the prompts to llm.example.com for all to read.",
        ),
        (
            "http://8.8.8.8/v1",
            "AISLE_LLM_URL would send the key and the prompts to 8.8.8.8 for all to read.",
        ),
    ],
)
def test_addresses_that_get_no_key(llm: LlmServer, url: str, words: str) -> None:
    with pytest.raises(ProviderError) as caught:
        open_provider(_settings("openai", url))
    assert caught.value.message == words
    assert caught.value.hint
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:11434/v1",
        "http://[::1]:8080/v1",
        "http://10.0.0.5/v1",
        "http://ollama:11434/v1",
        "http://models.lan/v1/",
        "https://llm.example.com/v1",
    ],
)
def test_addresses_that_are_asked(llm: LlmServer, url: str) -> None:
    open_provider(_settings("openai", url)).close()


def test_a_version_at_the_end_of_an_address_is_not_said_twice(llm: LlmServer) -> None:
    provider = open_provider(_settings("anthropic", f"{llm.url}/v1/"))
    assert provider.write(PROMPT, model=DEFAULT_MODEL).stop == "done"
    provider.close()
    assert llm.requests[0].path == "/v1/messages"


def test_the_environment_of_the_sdks_leads_nowhere_else(
    llm: LlmServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    for name in MODELS:
        assert ask(name).write(PROMPT, model=MODELS[name]).stop == "done"
    assert all("another" not in str(one.headers) for one in llm.requests)


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_a_redirect_is_not_followed(llm: LlmServer, ask: Ask, name: str) -> None:
    other = LlmServer()
    path = "/v1/messages" if name == "anthropic" else "/v1/chat/completions"
    llm.always(Scenario(status=307, location=other.url + path))
    with pytest.raises(ProviderError, match="sends on to another address"):
        ask(name).write(PROMPT, model=MODELS[name])
    other.stop()
    assert other.requests == []


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_the_key_is_nowhere(
    llm: LlmServer, ask: Ask, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider = ask(name)
    told = [repr(provider), str(provider)]
    scenarios = [refused(401, message=f"no {KEY}"), Scenario(cut_after=0), Scenario(raw="{}")]
    for scenario in (*scenarios, refused(400, message=f"{KEY} {KEY}")):
        llm.script(scenario)
        with pytest.raises(ProviderError) as caught:
            provider.write(PROMPT, model=MODELS[name], patient=False)
        told += [repr(caught.value), str(caught.value), caught.value.hint]
        assert caught.value.__suppress_context__  # what the SDK raised holds the headers
    provider.write(PROMPT, model=MODELS[name], on_text=lambda _: None)
    told += [record.getMessage() for record in caplog.records]
    assert len(told) > 16  # the SDKs do log
    assert not [line for line in told if KEY in line]


def test_the_model_that_is_taken_where_none_is_chosen() -> None:
    from anthropic.resources.messages.messages import DEPRECATED_MODELS
    from anthropic.types.model import Model

    named = Model.__args__[0].__args__  # pyright: ignore[reportAttributeAccessIssue]
    assert DEFAULT_MODEL in named
    assert DEFAULT_MODEL not in DEPRECATED_MODELS
    assert known_price(DEFAULT_MODEL) is not None


def test_no_sdk_is_loaded_before_it_is_asked() -> None:
    code = (
        "import sys, recsys.copywriting.providers.opening, recsys.copywriting.providers.prices;"
        "sys.exit(bool({'anthropic', 'openai', 'httpx2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_no_such_host(name: str, llm: LlmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    provider = open_provider(_settings(name, "https://nobody.invalid/v1"))
    with pytest.raises(ProviderError) as caught:
        provider.write(PROMPT, model=MODELS[name], patient=False)
    provider.close()
    assert str(caught.value) == (
        f"{WHO.replace('127.0.0.1', 'nobody.invalid')} cannot be reached. "
        "Look at the network, and at AISLE_LLM_URL if it is set."
    )
