"""Anthropic's Messages API, through its SDK, which is imported when a provider is opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from recsys.copywriting.prompt import Prompt
from recsys.copywriting.providers import failures
from recsys.copywriting.providers.addresses import Address
from recsys.copywriting.providers.anthropic_events import Told
from recsys.copywriting.providers.base import Answer, BatchState, ModelLine
from recsys.copywriting.providers.http import (
    WHOLE,
    connections,
    failure_of,
    patience_for,
    retry_after,
)
from recsys.copywriting.providers.listening import listen
from recsys.copywriting.providers.patience import patiently
from recsys.errors import ProviderError

if TYPE_CHECKING:
    from anthropic import Anthropic, APIStatusError, Stream
    from anthropic.types import Message, RawMessageStreamEvent
    from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse

KEY_NAME = "ANTHROPIC_API_KEY"

# Copy is written from facts that are given: thinking is turned off where a model lets it be, and
# is kept short elsewhere. What models take differs, and a wrong value is refused (HTTP 400):
# https://platform.claude.com/docs/en/build-with-claude/thinking and .../effort
_NO_THINKING = {
    "claude-sonnet-5-5": "between_tools",
    "claude-haiku-5-5": "disabled",
    "claude-sonnet-5": "disabled",
    "claude-opus-5": "disabled",
}
_WITHOUT_EFFORT = ("claude-haiku-4-5", "claude-sonnet-4-5", "claude-3")
_RECENT = 50  # batches that are looked through
_ROOM_TO_THINK = 4_000  # tokens: thinking counts towards max_tokens


def request(prompt: Prompt, model: str) -> dict[str, Any]:
    """Return the body of a request; the shared part of the prompt is marked to be cached."""
    asked: dict[str, Any] = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "messages": [{"role": "user", "content": prompt.user}],
        "output_config": {"format": {"type": "json_schema", "schema": prompt.schema}},
    }
    if prompt.system:
        cached = {"cache_control": {"type": "ephemeral"}}
        asked["system"] = [{"type": "text", "text": prompt.system} | cached]
    if not model.startswith("claude-") or model.startswith(_WITHOUT_EFFORT):
        return asked
    asked["output_config"]["effort"] = "low"
    if thinking := _NO_THINKING.get(model):
        asked["thinking"] = {"type": thinking}
    else:
        asked["max_tokens"] += _ROOM_TO_THINK
    return asked


class AnthropicProvider:
    """See :class:`~recsys.copywriting.providers.base.Provider`."""

    name = "anthropic"
    batches = True

    def __init__(self, key: str, address: Address, *, silence: float) -> None:
        import anthropic

        self._key, self._who, self._silence = key, address.who, silence
        # All is given: the SDK would else take addresses, headers, profiles and tokens that it
        # finds, follow redirects with the key, and wait as long as a provider asks it to.
        self._client: Anthropic = anthropic.Anthropic(
            api_key=key,
            base_url=address.url.removesuffix("/v1"),
            http_client=connections(address, silence),
            max_retries=0,
            open_telemetry=False,
        )

    def models(self) -> list[ModelLine]:
        """Return the models, newest first; those that are about to be retired say so."""

        def ask() -> list[ModelLine]:
            with self._mapped():
                found = list(self._client.models.list(limit=1_000))
                return [ModelLine(one.id, _name(one.display_name, one.lifecycle)) for one in found]

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
        asked = request(prompt, model)
        heard: list[str] = []
        if on_text is None:
            return patiently(lambda: self._whole(asked, prompt), patient=patient)
        return patiently(
            lambda: self._streamed(asked, prompt, on_text, heard),
            patient=patient,
            again=lambda: not heard,
        )

    def _whole(self, asked: dict[str, Any], prompt: Prompt) -> Answer:
        seconds = WHOLE * self._silence
        with self._mapped(asked["model"], {prompt.system, prompt.user}, seconds=seconds):
            patience = patience_for(seconds)
            message = self._client.messages.create(**asked, stream=False, timeout=patience)
            return _answer(message, message._request_id or "")  # pyright: ignore[reportPrivateUsage] - so it is documented

    def _streamed(
        self,
        asked: dict[str, Any],
        prompt: Prompt,
        on_text: Callable[[str], None],
        heard: list[str],
    ) -> Answer:
        mapped = partial(self._mapped, asked["model"], {prompt.system, prompt.user})
        told = Told(asked["model"])
        with mapped():
            stream: Stream[RawMessageStreamEvent]
            stream = self._client.messages.create(**asked, stream=True)
        with stream:
            listen(iter(stream), told.hear, mapped, on_text=on_text, heard=heard)
        if not told.ended:
            raise failures.ended_early(self._who, began=told.began)
        return told.answer("".join(heard), stream.response.headers.get("request-id", ""))

    def most_tokens(self, prompt: Prompt, *, model: str) -> int:
        """Return how many tokens an answer may have at the most, thinking with it."""
        return int(request(prompt, model)["max_tokens"])

    def send_batch(self, prompts: Mapping[str, Prompt], *, model: str) -> str:
        """Hand in requests; not tried again by itself, lest they be handed in twice."""
        requests: Any = [
            {"custom_id": name, "params": request(prompt, model)}
            for name, prompt in prompts.items()
        ]
        secrets = {part for one in prompts.values() for part in (one.system, one.user)}
        seconds = WHOLE * self._silence
        with self._mapped(model, secrets, seconds=seconds):
            patience = patience_for(seconds)
            return self._client.messages.batches.create(requests=requests, timeout=patience).id

    def batch(self, batch_id: str) -> BatchState:
        """Say how far a batch is."""

        def ask() -> BatchState:
            with self._mapped():
                return _state(self._client.messages.batches.retrieve(batch_id))

        return patiently(ask)

    def recent_batches(self) -> list[BatchState]:
        """Return the newest batches of the key, newest first."""

        def ask() -> list[BatchState]:
            with self._mapped():
                page = self._client.messages.batches.list(limit=_RECENT)
                return [_state(one) for one in page.data]

        return patiently(ask)

    def batch_answers(self, batch_id: str) -> Iterator[tuple[str, Answer | ProviderError]]:
        """Go through the answers of a batch that has ended, in any order."""

        def ask() -> Iterator[MessageBatchIndividualResponse]:
            with self._mapped():
                return iter(self._client.messages.batches.results(batch_id))

        lines = patiently(ask)
        while True:
            with self._mapped():
                line = next(lines, None)
                found = (line.custom_id, self._result(line)) if line is not None else None
            if found is None:
                return
            yield found

    def _result(self, line: MessageBatchIndividualResponse) -> Answer | ProviderError:
        result = line.result
        if result.type == "succeeded":
            return _answer(result.message, "")
        if result.type == "errored":
            error = result.error.error
            # The prompts are not at hand here, so what is said of one cannot be told from it; only
            # that the credit is used up is looked for, and its words are not repeated either.
            said = error.message if "credit balance" in error.message.lower() else ""
            return self._of_type(error.type, said)
        ended = "cancelled" if result.type == "canceled" else "not done within a day"
        return ProviderError(f"This request of the batch was {ended}.", hint="Try it again.")

    def cancel_batch(self, batch_id: str) -> None:
        """End a batch."""

        def ask() -> None:
            with self._mapped():
                self._client.messages.batches.cancel(batch_id)

        patiently(ask)

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    @contextmanager
    def _mapped(
        self, model: str = "", secrets: Collection[str] = (), *, seconds: float | None = None
    ) -> Generator[None]:
        """Turn what the SDK raises into :class:`ProviderError`."""
        import anthropic
        import httpx2

        try:
            yield
        except anthropic.APIStatusError as error:
            said = failures.one_line(error.api_message, {*secrets, self._key})
            raise self._of_status(error, model, said) from None
        except (anthropic.AnthropicError, httpx2.HTTPError) as error:
            raise failure_of(error, self._who, seconds or self._silence) from None
        except (ValueError, AttributeError, TypeError):
            # No JSON, or JSON of another kind: the SDK does not look at what it hands on.
            raise failures.not_understood(self._who) from None

    def _of_status(self, error: APIStatusError, model: str, said: str) -> ProviderError:
        # In a stream the status is that of its beginning, and the type tells what happened.
        if error.status_code == 200:
            return self._of_type(error.type or "", said, model)
        if (error.error_code or "").endswith("spend_limit_reached"):
            return failures.spend_limit(self._who)
        return failures.of_status(
            error.status_code,
            who=self._who,
            model=model,
            said=said,
            retry_after=retry_after(error.response.headers),
            key_name=KEY_NAME,
        )

    def _of_type(self, kind: str, said: str, model: str = "") -> ProviderError:
        status = failures.STATUS_OF.get(kind, 500)
        return failures.of_status(status, who=self._who, model=model, said=said, key_name=KEY_NAME)


def _state(found: MessageBatch) -> BatchState:
    counts = found.request_counts
    return BatchState(
        id=found.id,
        ended=found.processing_status == "ended",
        waiting=counts.processing,
        done=counts.succeeded,
        failed=counts.errored + counts.canceled + counts.expired,
        at=found.created_at.timestamp(),
    )


def _name(name: str, lifecycle: str) -> str:
    return f"{name} (being retired)" if lifecycle == "deprecated" else name


def _answer(message: Message, request_id: str) -> Answer:
    text = "".join(block.text for block in message.content if block.type == "text")
    told = Told(message.model)
    told.count(message.usage)
    told.stop(message.stop_reason, message.stop_details)
    return told.answer(text, request_id)
