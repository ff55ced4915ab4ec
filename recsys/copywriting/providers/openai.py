"""Any endpoint that speaks as OpenAI's chat completions do: hosted, or a server of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from recsys.copywriting.prompt import Prompt
from recsys.copywriting.providers import failures
from recsys.copywriting.providers.addresses import Address
from recsys.copywriting.providers.base import Answer, BatchState, ModelLine
from recsys.copywriting.providers.http import (
    WHOLE,
    connections,
    failure_of,
    patience_for,
    retry_after,
)
from recsys.copywriting.providers.listening import listen
from recsys.copywriting.providers.openai_events import Told
from recsys.copywriting.providers.patience import patiently
from recsys.errors import ProviderError

if TYPE_CHECKING:
    from openai import APIError, OpenAI

KEY_NAME = "OPENAI_API_KEY"
_OWN_HOST = "https://api.openai.com"
# How an answer is asked to be JSON, the next where a server does not know the one before.
_SHAPES = ("schema", "object", "words")
_ABOUT_SHAPE = ("response_format", "json", "schema", "grammar")
_REASONS = re.compile(r"(?:gpt-(?:[5-9]|\d\d)(?!.*chat)|o\d)")
_ROOM_TO_THINK = 4_000  # tokens: reasoning counts towards the most


def request(prompt: Prompt, model: str, shape: str, *, own: bool) -> dict[str, Any]:
    """Return the body of a request.

    Parameters
    ----------
    shape
        One of ``_SHAPES``.
    own
        Whether it goes to OpenAI, whose names for limits servers of one's own do not all know.
    """
    system = prompt.system
    if shape != "schema":
        system += f"\n\nAnswer with JSON of this schema alone:\n{json.dumps(prompt.schema)}"
    asked: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": prompt.user},
        ],
    }
    if shape == "schema":
        schema = {"name": "copy", "strict": True, "schema": prompt.schema}
        asked["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif shape == "object":
        asked["response_format"] = {"type": "json_object"}
    asked["max_completion_tokens" if own else "max_tokens"] = prompt.max_tokens
    if own and _REASONS.match(model):
        asked["reasoning_effort"] = "low"
        asked["max_completion_tokens"] += _ROOM_TO_THINK
    return asked


class OpenAIProvider:
    """See :class:`~recsys.copywriting.providers.base.Provider`."""

    name = "openai"
    batches = False

    def __init__(self, key: str, address: Address, *, silence: float) -> None:
        import openai

        self._key, self._who, self._silence = key, address.who, silence
        self._own = address.url.startswith(_OWN_HOST)
        self._shape = 0
        # As with Anthropic's: no address from elsewhere, no redirect, no waiting of its own.
        self._client: OpenAI = openai.OpenAI(
            api_key=key,
            base_url=address.url,
            http_client=connections(address, silence),
            max_retries=0,
        )
        self._ask: Any = self._client.chat.completions.create  # of one overload for each shape

    def models(self) -> list[ModelLine]:
        """Return the models, newest first."""

        def ask() -> list[ModelLine]:
            with self._mapped():
                found = sorted(self._client.models.list(), key=lambda one: (-one.created, one.id))
                return [ModelLine(one.id, one.id) for one in found]

        return patiently(ask)

    def write(
        self,
        prompt: Prompt,
        *,
        model: str,
        on_text: Callable[[str], None] | None = None,
        patient: bool = True,
    ) -> Answer:
        """Ask for one answer; streamed if somebody listens."""
        heard: list[str] = []
        if on_text is None:
            return patiently(lambda: self._whole(prompt, model), patient=patient)
        return patiently(
            lambda: self._streamed(prompt, model, on_text, heard),
            patient=patient,
            again=lambda: not heard,
        )

    def _whole(self, prompt: Prompt, model: str) -> Answer:
        seconds = WHOLE * self._silence
        with self._mapped(model, {prompt.system, prompt.user}, seconds=seconds):
            found = self._create(prompt, model, timeout=patience_for(seconds))
            told = Told(model)
            text = told.take(found)
            return told.answer(text, found._request_id or "")

    def _streamed(
        self, prompt: Prompt, model: str, on_text: Callable[[str], None], heard: list[str]
    ) -> Answer:
        mapped = partial(self._mapped, model, {prompt.system, prompt.user})
        told = Told(model)
        with mapped():
            more = {"stream": True, "stream_options": {"include_usage": True}}
            stream = self._create(prompt, model, **more)
        with stream:
            listen(iter(stream), told.hear, mapped, on_text=on_text, heard=heard)
        if not told.ended:
            raise failures.ended_early(self._who, began=told.began)
        return told.answer("".join(heard), stream.response.headers.get("x-request-id", ""))

    def _create(self, prompt: Prompt, model: str, **more: Any) -> Any:
        """Ask in the shape that the server knew last; in a simpler one where it refuses that."""
        import openai

        while True:
            at = self._shape
            asked = request(prompt, model, _SHAPES[at], own=self._own)
            try:
                return self._ask(**asked, **more)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                about = any(word in error.message.lower() for word in _ABOUT_SHAPE)
                if not about or _SHAPES[at] == _SHAPES[-1]:
                    raise
            self._shape = at + 1

    def most_tokens(self, prompt: Prompt, *, model: str) -> int:
        """Return how many tokens an answer may have at the most, thinking with it."""
        return prompt.max_tokens + (_ROOM_TO_THINK if _REASONS.match(model) else 0)

    def send_batch(self, prompts: Mapping[str, Prompt], *, model: str) -> str:
        """Say that there are no batches here."""
        raise self._no_batches()

    def batch(self, batch_id: str) -> BatchState:
        """Say that there are no batches here."""
        raise self._no_batches()

    def recent_batches(self) -> list[BatchState]:
        """Say that there are no batches here."""
        raise self._no_batches()

    def batch_answers(self, batch_id: str) -> Iterator[tuple[str, Answer | ProviderError]]:
        """Say that there are no batches here."""
        raise self._no_batches()

    def cancel_batch(self, batch_id: str) -> None:
        """Say that there are no batches here."""
        raise self._no_batches()

    def _no_batches(self) -> ProviderError:
        return ProviderError(
            f"{self._who} is not asked in batches.", hint="Let the run ask directly."
        )

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    @contextmanager
    def _mapped(
        self, model: str = "", secrets: Collection[str] = (), *, seconds: float | None = None
    ) -> Generator[None]:
        """Turn what the SDK raises into :class:`ProviderError`."""
        import httpx2
        import openai

        try:
            yield
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise failure_of(error, self._who, seconds or self._silence) from None
        except openai.APIResponseValidationError:
            raise failures.not_understood(self._who) from None
        except openai.APIError as error:
            said = failures.one_line(_said(error), {*secrets, self._key})
            raise self._of_error(error, model, said) from None
        except (openai.OpenAIError, ValueError, AttributeError, TypeError):
            # No JSON, or JSON of another kind: the SDK does not look at what it hands on.
            raise failures.not_understood(self._who) from None

    def _of_error(self, error: APIError, model: str, said: str) -> ProviderError:
        import openai

        wait, status = None, 500  # an error in a stream has no status
        if isinstance(error, openai.APIStatusError):
            wait, status = retry_after(error.response.headers), error.status_code
        if error.code == "insufficient_quota":
            status = 402
        return failures.of_status(
            status,
            who=self._who,
            model=model,
            said=said,
            retry_after=wait,
            key_name=KEY_NAME,
        )


def _said(error: APIError) -> object:
    """Return the words of the body; the message repeats the status before them."""
    body = error.body
    return cast("dict[str, object]", body).get("message") if isinstance(body, dict) else body
