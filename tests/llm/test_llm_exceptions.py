"""Every exception of the SDKs is turned into one of Aisle's; a new one fails here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx2
import pytest
from llm_server import LlmServer

from recsys.copywriting.providers.anthropic import AnthropicProvider
from recsys.copywriting.providers.base import Provider
from recsys.copywriting.providers.openai import OpenAIProvider
from recsys.errors import BadAnswer, Busy, KeyRefused, ProviderError, Unreachable

Ask = Callable[..., Provider]
REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1/messages")

STATUSES: dict[str, tuple[int, type[ProviderError]]] = {
    "APIStatusError": (418, ProviderError),
    "BadRequestError": (400, ProviderError),
    "AuthenticationError": (401, KeyRefused),
    "PermissionDeniedError": (403, KeyRefused),
    "NotFoundError": (404, ProviderError),
    "ConflictError": (409, ProviderError),
    "UnprocessableEntityError": (422, ProviderError),
    "RateLimitError": (429, Busy),
    "InternalServerError": (500, Busy),
}
ANTHROPIC_STATUSES = STATUSES | {
    "PaymentRequiredError": (402, ProviderError),
    "RequestTimeoutError": (408, Unreachable),
    "PreconditionFailedError": (412, ProviderError),
    "ContentTooLargeError": (413, ProviderError),
    "RequestHeaderFieldsTooLargeError": (431, ProviderError),
    "ClientClosedRequestError": (499, ProviderError),
    "HTTPNotImplementedError": (501, Busy),
    "ServiceUnavailableError": (503, Busy),
    "GatewayTimeoutError": (504, Unreachable),
    "OverloadedError": (529, Busy),
}
CONNECTIONS: dict[str, type[ProviderError]] = {
    "APIConnectionError": Unreachable,
    "APITimeoutError": Unreachable,
}
# Raised by parts of the SDKs that are not used; still no error of theirs gets out.
ANTHROPIC_OTHERS: dict[str, type[ProviderError]] = {
    "AnthropicError": BadAnswer,
    "APIError": BadAnswer,
    "APIResponseValidationError": BadAnswer,
    "APIWebhookValidationError": BadAnswer,
    "CredentialsError": BadAnswer,
    "IdentityTokenFileError": BadAnswer,
    "RetryableError": BadAnswer,
}
OPENAI_OTHERS: dict[str, type[ProviderError]] = {
    "OpenAIError": BadAnswer,
    "APIError": Busy,  # how an error among the events of a stream is raised
    "APIResponseValidationError": BadAnswer,
    "OAuthError": KeyRefused,
    "LengthFinishReasonError": BadAnswer,
    "ContentFilterFinishReasonError": BadAnswer,
    "SubjectTokenProviderError": BadAnswer,
    "WebSocketConnectionClosedError": BadAnswer,
    "WebSocketQueueFullError": BadAnswer,
}


def _classes(module: ModuleType, base: type[Exception]) -> dict[str, type[Exception]]:
    return {
        one.__name__: one
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, base)
    }


def _made(kind: type[Exception], status: int | None) -> Exception:
    """Make an exception without its constructor, of which each class has another."""
    made = kind.__new__(kind)
    held: dict[str, Any] = {"message": "", "body": None, "request": REQUEST, "code": None}
    if status is not None:
        held |= {
            "response": httpx2.Response(status, request=REQUEST),
            "status_code": status,
            "api_message": None,
            "error_code": None,
            "type": None,
        }
    vars(made).update(held)
    if "Connection" in kind.__name__:
        made.__cause__ = httpx2.ConnectError("refused", request=REQUEST)
    if "Timeout" in kind.__name__ and status is None:
        made.__cause__ = httpx2.ReadTimeout("slow", request=REQUEST)
    return made


def _mapped(provider: AnthropicProvider | OpenAIProvider, error: Exception) -> ProviderError:
    with pytest.raises(ProviderError) as caught, provider._mapped("a-model"):
        raise error
    return caught.value


def test_of_anthropic(llm: LlmServer, ask: Ask) -> None:
    import anthropic

    provider = ask()
    assert isinstance(provider, AnthropicProvider)
    found = _classes(anthropic._exceptions, anthropic.AnthropicError)
    assert set(found) == set(ANTHROPIC_STATUSES) | set(CONNECTIONS) | set(ANTHROPIC_OTHERS)
    for name, (status, kind) in ANTHROPIC_STATUSES.items():
        assert isinstance(_mapped(provider, _made(found[name], status)), kind), name
    for name, kind in (CONNECTIONS | ANTHROPIC_OTHERS).items():
        assert isinstance(_mapped(provider, _made(found[name], None)), kind), name


def test_of_anthropic_by_their_codes() -> None:
    """Those with a code of their own are each one of the above."""
    import anthropic
    from anthropic._error_classes import ERROR_CLASSES

    found = _classes(anthropic._exceptions, anthropic.APIStatusError)
    named = tuple(found[name] for name in ANTHROPIC_STATUSES if name != "APIStatusError")
    assert all(issubclass(one, named) for one in ERROR_CLASSES.values())


def test_of_openai(llm: LlmServer, ask: Ask) -> None:
    import openai

    provider = ask("openai")
    assert isinstance(provider, OpenAIProvider)
    found = _classes(openai._exceptions, openai.OpenAIError)
    assert set(found) == set(STATUSES) | set(CONNECTIONS) | set(OPENAI_OTHERS)
    for name, (status, kind) in STATUSES.items():
        assert isinstance(_mapped(provider, _made(found[name], status)), kind), name
    for name, kind in (CONNECTIONS | OPENAI_OTHERS).items():
        status = 401 if name == "OAuthError" else None
        assert isinstance(_mapped(provider, _made(found[name], status)), kind), name


def _below(base: type[Exception]) -> list[type[Exception]]:
    return [one for child in base.__subclasses__() for one in (child, *_below(child))]


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_of_the_connections_below_them(llm: LlmServer, ask: Ask, name: str) -> None:
    """The SDKs let these through while a stream is read."""
    provider = ask(name)
    assert isinstance(provider, AnthropicProvider | OpenAIProvider)
    kinds = [one for one in _below(httpx2.TransportError) if one.__module__.startswith("httpx2")]
    assert len(kinds) >= 12
    for kind in kinds:
        assert isinstance(_mapped(provider, kind("it broke")), Unreachable), kind
