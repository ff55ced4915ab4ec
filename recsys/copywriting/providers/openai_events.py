"""What chat completions tell, whole or in chunks, put together to an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys.copywriting.providers.base import NO_USAGE, Answer, Stop, Usage
from recsys.copywriting.providers.failures import one_line

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk


@dataclass
class Told:
    """What is known of an answer so far."""

    model: str
    began: bool = False
    ended: bool = False
    _stop: Stop = "done"
    _refusal: str = ""
    _usage: Usage = NO_USAGE

    def hear(self, chunk: ChatCompletionChunk) -> str:
        """Take a chunk; return the piece of the text that it holds, or nothing."""
        self.began = True
        self._count(chunk.usage)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._refusal += choice.delta.refusal or ""
        self._finish(choice.finish_reason)
        return choice.delta.content or ""

    def take(self, whole: ChatCompletion) -> str:
        """Take an answer as a whole; return its text."""
        choice = whole.choices[0]
        self._count(whole.usage)
        self._refusal = choice.message.refusal or ""
        self._finish(choice.finish_reason)
        return choice.message.content or ""

    def _finish(self, reason: str | None) -> None:
        self.ended = self.ended or reason is not None
        if reason == "length":
            self._stop = "length"
        elif reason == "content_filter":
            self._stop = "refused"
            self._refusal = self._refusal or "content filter"

    def _count(self, found: CompletionUsage | None) -> None:
        if found is None:
            return
        details = found.prompt_tokens_details
        read = (details.cached_tokens if details else None) or 0
        written = (details.cache_write_tokens if details else None) or 0
        self._usage = Usage(
            input=max(0, found.prompt_tokens - read - written),
            output=found.completion_tokens,
            cache_read=read,
            cache_write=written,
        )

    def answer(self, text: str, request_id: str) -> Answer:
        """Return the answer with its text."""
        stop: Stop = "refused" if self._refusal else self._stop
        if stop == "done" and not text.strip():
            stop = "empty"
        why = one_line(self._refusal, ())
        return Answer(text, stop, self._usage, self.model, request_id, why)
