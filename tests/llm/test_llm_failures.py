"""What people read when a provider fails: each failure by HTTP, through the real SDKs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from llm_answers import Scenario, refused
from llm_prompts import MODELS, PROMPT, WHO
from llm_server import KEY, LlmServer

from recsys.copywriting.providers.base import Provider
from recsys.errors import BadAnswer, Busy, KeyRefused, ProviderError, Unreachable

Ask = Callable[..., Provider]
LATER = "Try again in a minute."
ELSEWHERE = (
    "answered with something that is not of its API. "
    "Look at AISLE_LLM_URL: it may lead to a web page, or to an API of another kind."
)
BROKEN = "broke off in the middle of the answer. Try again; nothing was kept."
BY_STATUS: list[tuple[Scenario, type[ProviderError], str]] = [
    (
        refused(401),
        KeyRefused,
        "does not take the key. Set KEY_NAME to a valid one where Aisle is started, "
        "and start it again.",
    ),
    (
        refused(403),
        KeyRefused,
        "does not allow this to the key. Choose another model, or ask who manages the account.",
    ),
    (
        refused(404),
        ProviderError,
        "does not know the model 'MODEL'. Choose another model, or look at AISLE_LLM_URL.",
    ),
    (
        refused(400, message="max_tokens: too many"),
        ProviderError,
        "refused the request (400). It says: max_tokens: too many",
    ),
    (
        refused(402),
        ProviderError,
        "wants to be paid first: the account has no credit left. "
        "Add credit where the account is managed.",
    ),
    (
        refused(400, message="Your credit balance is too low to access the API."),
        ProviderError,
        "wants to be paid first: the account has no credit left. "
        "Add credit where the account is managed.",
    ),
    (
        refused(413),
        ProviderError,
        "finds the request too large. Leave out facts or keywords, or shorten the brand voice.",
    ),
    (refused(429), Busy, f"takes no more requests for now. {LATER}"),
    (refused(429, retry_after="42"), Busy, "takes no more requests for now. Try again in 42 s."),
    (refused(500), Busy, f"had an error of its own (500). {LATER}"),
    (refused(503), Busy, f"had an error of its own (503). {LATER}"),
    (refused(529), Busy, f"is overloaded. {LATER}"),
    (refused(504), Unreachable, "took too long. Try again."),
    (
        Scenario(status=307, location="https://elsewhere.example/"),
        ProviderError,
        "sends on to another address, which is not followed. "
        "Set AISLE_LLM_URL to the address itself.",
    ),
    (
        Scenario(status=502, raw="<html>Bad gateway</html>"),
        Busy,
        f"had an error of its own (502). {LATER}",
    ),
    (Scenario(raw="<html>Welcome</html>"), BadAnswer, ELSEWHERE),
    (Scenario(raw="{}"), BadAnswer, ELSEWHERE),
    (Scenario(raw="[1]"), BadAnswer, ELSEWHERE),
    (Scenario(raw='{"content": 1, "choices": 1, "model": "x"}'), BadAnswer, ELSEWHERE),
    (Scenario(cut_after=2), Unreachable, BROKEN),
]
NAMES = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}


def _failure(provider: Provider, *, streamed: bool) -> ProviderError:
    on_text = (lambda _: None) if streamed else None
    with pytest.raises(ProviderError) as caught:
        provider.write(PROMPT, model=MODELS[provider.name], on_text=on_text, patient=False)
    return caught.value


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_each_failure_by_its_words(llm: LlmServer, ask: Ask, name: str, streamed: bool) -> None:
    provider = ask(name)
    for scenario, kind, words in BY_STATUS:
        llm.reset()
        llm.always(scenario)
        error = _failure(provider, streamed=streamed)
        exact = words.replace("KEY_NAME", NAMES[name]).replace("MODEL", MODELS[name])
        assert str(error) == f"{WHO} {exact}", scenario
        assert isinstance(error, kind), scenario
        assert len(llm.asked) == 1, scenario


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_silence(llm: LlmServer, ask: Ask, name: str) -> None:
    llm.always(Scenario(silent=5))
    error = _failure(ask(name, silence=0.2), streamed=True)
    assert isinstance(error, Unreachable)
    assert str(error) == f"{WHO} was silent for 0.2 s. Try again; nothing was kept."


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_silence_between_pieces(llm: LlmServer, ask: Ask, name: str) -> None:
    llm.always(Scenario(between=5))
    pieces: list[str] = []
    with pytest.raises(Unreachable, match=r"was silent for 0\.5 s"):
        ask(name, silence=0.5).write(PROMPT, model=MODELS[name], on_text=pieces.append)
    assert pieces == ['{"text": "The na']
    assert len(llm.asked) == 1  # nobody is shown the same words twice


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_silence_before_a_whole_answer_may_last_longer(llm: LlmServer, ask: Ask, name: str) -> None:
    llm.script(Scenario(silent=0.3), Scenario(silent=5))
    provider = ask(name, silence=0.2)
    assert provider.write(PROMPT, model=MODELS[name]).stop == "done"
    error = _failure(provider, streamed=False)
    assert str(error) == f"{WHO} was silent for 1.2 s. Try again; nothing was kept."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("anthropic", "is overloaded"),
        ("openai", "had an error of its own (500)"),
    ],
)
def test_an_error_among_the_events(llm: LlmServer, ask: Ask, name: str, words: str) -> None:
    llm.script(Scenario(error_after=2))
    pieces: list[str] = []
    with pytest.raises(Busy) as caught:
        ask(name).write(PROMPT, model=MODELS[name], on_text=pieces.append)
    assert str(caught.value) == f"{WHO} {words}. {LATER}"
    assert len(pieces) == 2
    assert len(llm.asked) == 1


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_nobody_there(llm: LlmServer, ask: Ask, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = LlmServer()
    gone.stop()
    monkeypatch.setattr(llm, "url", gone.url)
    error = _failure(ask(name), streamed=False)
    assert isinstance(error, Unreachable)
    assert str(error) == (
        f"{WHO} cannot be reached. Look at the network, and at AISLE_LLM_URL if it is set."
    )


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_what_is_not_an_answer_is_told_as_such(llm: LlmServer, ask: Ask, name: str) -> None:
    provider, model = ask(name), MODELS[name]
    llm.script(*[Scenario(stop="length")] * 2, *[Scenario(answer="")] * 2)
    stops = [
        provider.write(PROMPT, model=model, on_text=on).stop for on in (None, print, None, _no)
    ]
    assert stops == ["length", "length", "empty", "empty"]


def _no(_piece: str) -> None:
    """Nothing is to be heard of an empty answer."""
    raise AssertionError


def test_refusals_say_why(llm: LlmServer, ask: Ask) -> None:
    llm.always(Scenario(stop="refused", why="general_harms"))
    answer = ask().write(PROMPT, model=MODELS["anthropic"])
    assert (answer.stop, answer.why, answer.text) == ("refused", "general harms", "")
    local = ask("openai")
    for on_text in (None, _no):
        answer = local.write(PROMPT, model="local-small", on_text=on_text)
        assert (answer.stop, answer.why) == ("refused", "general_harms")
    llm.always(Scenario(stop="refused"))
    assert ask().write(PROMPT, model=MODELS["anthropic"]).why == ""
    assert local.write(PROMPT, model="local-small").why == "content filter"


def test_a_spend_limit_is_not_waited_for(llm: LlmServer, ask: Ask) -> None:
    details = '"details": {"error_code": "enforced_spend_limit_reached"}'
    body = f'{{"type": "error", "error": {{"type": "rate_limit_error", "message": "", {details}}}}}'
    llm.always(Scenario(status=429, raw=body))
    with pytest.raises(ProviderError) as caught:
        ask().write(PROMPT, model=MODELS["anthropic"])
    assert str(caught.value) == (
        f"{WHO} has reached the spend limit that is set for the account. "
        "Raise it where the account is managed."
    )
    assert not isinstance(caught.value, Busy)
    assert len(llm.asked) == 1


def test_no_quota_is_no_reason_to_wait(llm: LlmServer, ask: Ask) -> None:
    llm.always(Scenario(status=429, raw='{"error": {"code": "insufficient_quota"}}'))
    with pytest.raises(ProviderError, match="the account has no credit left") as caught:
        ask("openai").write(PROMPT, model="local-small")
    assert not isinstance(caught.value, Busy)


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_what_the_provider_says_is_repeated_unless_it_is_a_secret(
    llm: LlmServer, ask: Ask, name: str
) -> None:
    provider = ask(name)
    for said in (f"Your key {KEY} is odd", f"Cannot read: {PROMPT.user[:60]}", PROMPT.system):
        llm.always(refused(400, message=said))
        error = _failure(provider, streamed=False)
        assert str(error) == f"{WHO} refused the request (400)."
    llm.always(refused(400, message="long " * 100 + "\n\nwords"))
    said = str(_failure(provider, streamed=False)).split("It says: ")[1]
    assert said == ("long " * 40).strip()


def test_a_short_prompt_hides_what_repeats_it(llm: LlmServer, ask: Ask) -> None:
    short = replace(PROMPT, system="", user="Hi")
    llm.always(refused(400, message="Cannot answer 'Hi' with JSON"))
    with pytest.raises(ProviderError) as caught:
        ask().write(short, model=MODELS["anthropic"])
    assert caught.value.hint == ""
