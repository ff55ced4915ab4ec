"""What is sent to a provider, and how its answers are passed on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from llm_answers import Scenario, refused
from llm_prompts import HONEST, MODELS, PROMPT, SCHEMA, SYSTEM, USER
from llm_server import KEY, LlmServer

from recsys.copywriting.providers import anthropic, openai
from recsys.copywriting.providers.base import Provider, Usage
from recsys.errors import BadAnswer, Busy, ProviderError, Unreachable

Ask = Callable[..., Provider]


def test_the_whole_request_to_anthropic(llm: LlmServer, ask: Ask) -> None:
    ask().write(PROMPT, model="claude-sonnet-5-5")
    (seen,) = llm.requests
    assert (seen.method, seen.path) == ("POST", "/v1/messages")
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.body == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 2_000,
        "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": USER}],
        "output_config": {
            "format": {"type": "json_schema", "schema": SCHEMA},
            "effort": "low",
        },
        "thinking": {"type": "between_tools"},
        "stream": False,
    }


def test_the_whole_request_to_an_endpoint_of_ones_own(llm: LlmServer, ask: Ask) -> None:
    ask("openai").write(PROMPT, model="local-small", on_text=lambda _: None)
    (seen,) = llm.requests
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.body == {
        "model": "local-small",
        "max_tokens": 2_000,
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "copy", "strict": True, "schema": SCHEMA},
        },
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize(
    ("model", "thinking", "effort", "most"),
    [
        ("claude-sonnet-5-5", "between_tools", "low", 2_000),
        ("claude-haiku-5-5", "disabled", "low", 2_000),
        ("claude-opus-5", "disabled", "low", 2_000),
        ("claude-opus-5-5", None, "low", 6_000),  # thinks always, and that counts
        ("claude-sonnet-9", None, "low", 6_000),
        ("claude-haiku-4-5-20251001", None, None, 2_000),  # knows no effort
        ("some-other-model", None, None, 2_000),
    ],
)
def test_models_are_asked_to_think_as_little_as_they_can(
    model: str, thinking: str | None, effort: str | None, most: int
) -> None:
    asked = anthropic.request(PROMPT, model)
    assert asked.get("thinking", {}).get("type") == thinking
    assert asked["output_config"].get("effort") == effort
    assert asked["max_tokens"] == most
    assert not {"temperature", "top_p", "top_k"} & set(asked)  # refused by current models


def test_openai_itself_has_names_of_its_own_for_limits() -> None:
    asked = openai.request(PROMPT, "gpt-6-sol", "schema", own=True)
    assert (asked["max_completion_tokens"], asked["reasoning_effort"]) == (6_000, "low")
    asked = openai.request(PROMPT, "gpt-4.1-mini", "schema", own=True)
    assert asked["max_completion_tokens"] == 2_000
    assert not {"reasoning_effort", "max_tokens"} & set(asked)


def test_no_shared_part_no_block_for_it(llm: LlmServer, ask: Ask) -> None:
    ask().write(replace(PROMPT, system=""), model="claude-sonnet-5-5")
    assert "system" not in llm.requests[0].body


@pytest.mark.parametrize("name", ["anthropic", "openai"])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_an_answer(llm: LlmServer, ask: Ask, name: str, streamed: bool) -> None:
    pieces: list[str] = []
    on_text = pieces.append if streamed else None
    answer = ask(name).write(PROMPT, model=MODELS[name], on_text=on_text)
    assert (answer.text, answer.stop, answer.model) == (HONEST, "done", MODELS[name])
    assert len(pieces) == (6 if streamed else 0)
    assert "".join(pieces) == (HONEST if streamed else "")
    if name == "anthropic":
        assert answer.request_id == "req_test"
    asked = {"input": 15, "cache_write": 17} if name == "anthropic" else {"input": 32}
    assert answer.usage == Usage(output=23, **asked)


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_a_stream_without_an_end_is_left(llm: LlmServer, ask: Ask, name: str) -> None:
    llm.always(Scenario(answer="x" * 210_000, piece=30_000))
    with pytest.raises(BadAnswer, match="something that is not of its API"):
        ask(name).write(PROMPT, model=MODELS[name], on_text=lambda _: None)


def test_the_shared_part_is_read_from_the_cache(llm: LlmServer, ask: Ask) -> None:
    provider = ask()
    provider.write(PROMPT, model="claude-sonnet-5-5")
    again = provider.write(PROMPT, model="claude-sonnet-5-5", on_text=lambda _: None)
    assert again.usage == Usage(input=15, output=23, cache_read=17)


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_the_first_piece_is_passed_on_before_the_second_is_sent(
    llm: LlmServer, ask: Ask, name: str
) -> None:
    gate = threading.Event()
    llm.script(Scenario(gate=gate))
    pieces: list[str] = []

    def hear(piece: str) -> None:
        pieces.append(piece)
        gate.set()  # the server waits for it with the second piece

    provider = ask(name)
    started = threading.Timer(5, gate.set)  # else a failure would hang
    started.start()
    answer = provider.write(PROMPT, model=MODELS[name], on_text=hear)
    assert started.is_alive()
    started.cancel()
    assert answer.text == HONEST


@pytest.mark.parametrize("name", ["anthropic", "openai"])
@pytest.mark.parametrize("error", [ValueError("no"), Busy("no"), AttributeError("no")])
def test_what_the_listener_raises_ends_the_request_and_passes_through(
    llm: LlmServer, ask: Ask, name: str, error: Exception
) -> None:
    def stop(_piece: str) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        ask(name).write(PROMPT, model=MODELS[name], on_text=stop)
    assert caught.value is error
    assert len(llm.asked) == 1


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_who_waits_for_one_answer_is_patient(llm: LlmServer, ask: Ask, name: str) -> None:
    llm.script(refused(429, retry_after="0.05"), refused(529, retry_after="0"))
    pieces: list[str] = []
    answer = ask(name).write(PROMPT, model=MODELS[name], on_text=pieces.append)
    assert answer.text == "".join(pieces) == HONEST
    assert len(llm.asked) == 3


def test_patience_ends_at_the_third_time(llm: LlmServer, ask: Ask) -> None:
    llm.always(refused(529, retry_after="0"))
    with pytest.raises(Busy, match="is overloaded"):
        ask().write(PROMPT, model="claude-sonnet-5-5")
    assert len(llm.asked) == 3


def test_a_connection_that_was_lost_before_the_first_piece_is_tried_again(
    llm: LlmServer, ask: Ask
) -> None:
    llm.script(Scenario(cut_after=0))
    pieces: list[str] = []
    ask().write(PROMPT, model="claude-sonnet-5-5", on_text=pieces.append)
    assert "".join(pieces) == HONEST
    llm.script(Scenario(cut_after=1))
    with pytest.raises(Unreachable, match="broke off in the middle"):
        ask().write(PROMPT, model="claude-sonnet-5-5", on_text=pieces.append)
    assert len(llm.asked) == 3


@pytest.mark.parametrize(
    ("after", "seconds"), [("120", 120.0), ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0)]
)
def test_nobody_waits_for_long_at_a_page(
    llm: LlmServer, ask: Ask, after: str, seconds: float
) -> None:
    llm.always(refused(429, retry_after=after))
    with pytest.raises(Busy) as caught:
        ask().write(PROMPT, model="claude-sonnet-5-5")
    assert caught.value.retry_after == seconds
    assert len(llm.asked) == (1 if seconds else 3)  # a day that is over is no wait


def test_who_asks_for_many_waits_himself(llm: LlmServer, ask: Ask) -> None:
    llm.always(refused(429, retry_after="1"))
    with pytest.raises(Busy) as caught:
        ask().write(PROMPT, model="claude-sonnet-5-5", patient=False)
    assert caught.value.retry_after == 1.0
    assert len(llm.asked) == 1


def _knows(*shapes: str | None) -> Callable[[dict[str, Any]], Scenario | None]:
    """A server that refuses other ways to ask for JSON."""

    def choose(body: dict[str, Any]) -> Scenario | None:
        shape = body.get("response_format", {}).get("type")
        return None if shape in shapes else refused(400, message="response_format: unknown")

    return choose


@pytest.mark.parametrize(
    ("known", "asked"), [(("json_object",), 2), ((None,), 3)], ids=["object", "words"]
)
def test_a_server_without_schemas_is_asked_in_words(
    llm: LlmServer, ask: Ask, known: tuple[str | None, ...], asked: int
) -> None:
    llm.writes(_knows(*known))
    provider = ask("openai")
    assert provider.write(PROMPT, model="local-small").text == HONEST
    assert len(llm.asked) == asked
    last = llm.asked[-1].body["messages"][0]["content"]
    assert last.startswith(f"{SYSTEM}\n\nAnswer with JSON of this schema alone:\n{{")
    provider.write(PROMPT, model="local-small", on_text=lambda _: None)
    assert len(llm.asked) == asked + 1  # it is known by now


def test_other_refusals_are_no_reason_to_ask_otherwise(llm: LlmServer, ask: Ask) -> None:
    llm.always(refused(400, message="the prompt is too long"))
    with pytest.raises(ProviderError, match="It says: the prompt is too long"):
        ask("openai").write(PROMPT, model="local-small")
    assert len(llm.asked) == 1


def test_what_can_be_chosen(llm: LlmServer, ask: Ask) -> None:
    lines = {line.id: line.name for line in ask().models()}
    assert list(lines)[:2] == ["claude-haiku-5-5", "claude-sonnet-5-5"]
    assert lines["claude-sonnet-5-5"] == "Claude Sonnet 5.5"
    assert lines["claude-sonnet-4-5-20250929"] == "Claude Sonnet 4.5 (being retired)"
    assert [line.id for line in ask("openai").models()] == ["local-small"]
    llm.always(refused(401))
    with pytest.raises(ProviderError, match="does not take the key"):
        ask().models()
