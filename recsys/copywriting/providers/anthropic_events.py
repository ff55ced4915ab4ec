"""What the events of Anthropic's streams tell, put together to an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from recsys.copywriting.providers.base import NO_USAGE, Answer, Stop, Usage
from recsys.copywriting.providers.failures import one_line

if TYPE_CHECKING:
    from anthropic.types import (
        MessageDeltaUsage,
        RawMessageStreamEvent,
        RefusalStopDetails,
    )
    from anthropic.types import Usage as Counted

_STOPS: dict[str | None, Stop] = {
    "refusal": "refused",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}


@dataclass
class Told:
    """What is known of an answer so far."""

    model: str
    began: bool = False
    ended: bool = False
    _stop: Stop = "done"
    _why: str = ""
    _usage: Usage = NO_USAGE

    def hear(self, event: RawMessageStreamEvent) -> str:
        """Take an event; return the piece of the text that it holds, or nothing."""
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            return event.delta.text
        if event.type == "message_start":
            self.began = True
            self.model = event.message.model
            self.count(event.message.usage)
        elif event.type == "message_delta":
            self.count(event.usage)
            self.stop(event.delta.stop_reason, event.delta.stop_details)
        elif event.type == "message_stop":
            self.ended = True
        return ""

    def count(self, found: Counted | MessageDeltaUsage) -> None:
        """Take counts of tokens; each is of the answer so far, and may be left out later."""
        now = self._usage
        self._usage = replace(
            now,
            input=now.input if found.input_tokens is None else found.input_tokens,
            output=found.output_tokens,
            cache_read=found.cache_read_input_tokens or now.cache_read,
            cache_write=found.cache_creation_input_tokens or now.cache_write,
        )

    def stop(self, reason: str | None, details: RefusalStopDetails | None) -> None:
        """Take why the answer ended."""
        self._stop = _STOPS.get(reason, "done")
        if details is not None:
            category = (details.category or "").replace("_", " ")
            self._why = one_line(details.explanation or category, ())

    def answer(self, text: str, request_id: str) -> Answer:
        """Return the answer with its text."""
        empty = self._stop == "done" and not text.strip()
        stop = "empty" if empty else self._stop
        return Answer(text, stop, self._usage, self.model, request_id, self._why)
