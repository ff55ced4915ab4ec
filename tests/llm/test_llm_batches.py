"""Batches at Anthropic, handed in, looked at, read and ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from llm_answers import Scenario, refused
from llm_prompts import HONEST, PROMPT, USER, WHO
from llm_server import LlmServer

from recsys.copywriting.prompt import Prompt
from recsys.copywriting.providers.base import Answer, BatchState, Provider
from recsys.errors import BadAnswer, Busy, ProviderError

Ask = Callable[..., Provider]
MODEL = "claude-sonnet-5-5"


def _prompts(*names: str) -> dict[str, Prompt]:
    user = USER.replace("Oat Drink", "{}")
    return {
        name: Prompt(PROMPT.system, user.replace("{}", name), PROMPT.schema, PROMPT.version)
        for name in names
    }


def test_there_and_back(llm: LlmServer, ask: Ask) -> None:
    llm.batch_polls = 1
    llm.when("row-2", refused(500))
    llm.when("row-3", refused(400, message="too long"))
    llm.when("row-4", Scenario(stop="refused", why="bio"))
    provider = ask()
    name = provider.send_batch(_prompts("row-1", "row-2", "row-3", "row-4"), model=MODEL)
    assert provider.batch(name) == BatchState(name, ended=False, waiting=4, done=0, failed=0)
    assert provider.batch(name) == BatchState(name, ended=True, waiting=0, done=2, failed=2)
    found = dict(provider.batch_answers(name))
    first, last = found["row-1"], found["row-4"]
    assert isinstance(first, Answer)
    assert first.text == HONEST.replace("Oat Drink", "row-1")
    assert (first.usage.output, first.stop) == (len(first.text) // 4, "done")
    assert isinstance(last, Answer)
    assert (last.stop, last.why) == ("refused", "bio")
    assert isinstance(found["row-2"], Busy)
    # What is said of a request may repeat it, and the request is not at hand any more.
    assert str(found["row-3"]) == f"{WHO} refused the request (400)."
    sent = llm.requests[0].body["requests"]
    assert [one["custom_id"] for one in sent] == ["row-1", "row-2", "row-3", "row-4"]
    assert sent[0]["params"]["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert "stream" not in sent[0]["params"]


def test_no_credit_is_told_from_other_refusals(llm: LlmServer, ask: Ask) -> None:
    llm.when("row-1", refused(400, message="Your credit balance is too low for: Oat drink"))
    provider = ask()
    name = provider.send_batch(_prompts("row-1"), model=MODEL)
    ((_, error),) = provider.batch_answers(name)
    assert str(error) == (
        f"{WHO} wants to be paid first: the account has no credit left."
        " Add credit where the account is managed."
    )


def test_one_that_is_ended(llm: LlmServer, ask: Ask) -> None:
    llm.batch_polls = 5
    provider = ask()
    name = provider.send_batch(_prompts("row-1"), model=MODEL)
    provider.cancel_batch(name)
    assert provider.batch(name) == BatchState(name, ended=True, waiting=0, done=0, failed=1)
    ((_, error),) = provider.batch_answers(name)
    assert isinstance(error, ProviderError)
    assert str(error) == "This request of the batch was cancelled. Try it again."


def test_the_newest_are_listed_first(llm: LlmServer, ask: Ask) -> None:
    provider = ask()
    assert provider.recent_batches() == []
    names = [provider.send_batch(_prompts(f"row-{n}"), model=MODEL) for n in range(2)]
    assert [one.id for one in provider.recent_batches()] == names[::-1]


def test_one_that_nobody_knows(llm: LlmServer, ask: Ask) -> None:
    with pytest.raises(ProviderError) as caught:
        ask().batch("msgbatch_9")
    assert caught.value.message == f"{WHO} does not know this."
    with pytest.raises(ProviderError):
        list(ask().batch_answers("msgbatch_9"))


def test_it_is_looked_for_again_but_handed_in_once(llm: LlmServer, ask: Ask) -> None:
    provider = ask()
    llm.script(refused(529, retry_after="0"))
    with pytest.raises(Busy):
        provider.send_batch(_prompts("row-1"), model=MODEL)
    name = provider.send_batch(_prompts("row-1"), model=MODEL)
    llm.script(refused(529, retry_after="0"), refused(429, retry_after="0"))
    assert provider.batch(name).ended
    llm.script(refused(529, retry_after="0"))
    assert len(list(provider.batch_answers(name))) == 1


def test_results_that_are_none(llm: LlmServer, ask: Ask) -> None:
    provider = ask()
    name = provider.send_batch(_prompts("row-1"), model=MODEL)
    llm.when("/results", Scenario(raw='{"custom_id": "row-1"}\n'))
    with pytest.raises(BadAnswer, match="something that is not of its API"):
        list(provider.batch_answers(name))


def test_results_at_another_address_are_not_fetched(
    llm: LlmServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, other = ask(), LlmServer()
    name = provider.send_batch(_prompts("row-1"), model=MODEL)
    monkeypatch.setattr(llm, "url", other.url)  # of which the results' address is made
    with pytest.raises(BadAnswer, match="something that is not of its API"):
        list(provider.batch_answers(name))
    other.stop()
    assert other.requests == []


def test_other_endpoints_have_none(llm: LlmServer, ask: Ask) -> None:
    provider = ask("openai")
    assert not provider.batches
    asks: list[Callable[[], object]] = [
        lambda: provider.send_batch(_prompts("row-1"), model=MODEL),
        lambda: provider.batch("x"),
        provider.recent_batches,
        lambda: provider.batch_answers("x"),
        lambda: provider.cancel_batch("x"),
    ]
    for one in asks:
        with pytest.raises(ProviderError) as caught:
            one()
        assert str(caught.value) == f"{WHO} is not asked in batches. Let the run ask directly."
    assert llm.requests == []
