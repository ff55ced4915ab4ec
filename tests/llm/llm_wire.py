"""How Anthropic's and OpenAI's APIs put an answer: as one body, or as events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from llm_answers import Scenario, pieces, written

MODELS = {
    "claude-haiku-5-5": "Claude Haiku 5.5",
    "claude-sonnet-5-5": "Claude Sonnet 5.5",
    "claude-opus-5-5": "Claude Opus 5.5",
    "claude-sonnet-4-5-20250929": "Claude Sonnet 4.5",
}
_RETIRING = {"claude-sonnet-4-5-20250929"}
_STOPS = {"done": "end_turn", "length": "max_tokens", "refused": "refusal"}
_FINISHES = {"done": "stop", "length": "length", "refused": "content_filter"}


def tokens(text: str) -> int:
    """Count tokens as roughly as four characters each."""
    return max(1, len(text) // 4)


class Anthropic:
    """The Messages API: ``seen`` holds the systems that are in the cache by now."""

    def __init__(self, body: dict[str, Any], scenario: Scenario, seen: set[str]) -> None:
        system = body.get("system") or ""
        shared = system if isinstance(system, str) else "".join(one["text"] for one in system)
        marked = not isinstance(system, str) and any("cache_control" in one for one in system)
        asked = "".join(_text_of(one["content"]) for one in body["messages"])
        schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
        self.model: str = body["model"]
        self.scenario = scenario
        self.text = written(scenario, f"{shared}\n{asked}", schema)
        cached = f"{self.model}\n{shared}"
        read = marked and cached in seen
        if marked:
            seen.add(cached)
        self.usage = {
            "input_tokens": tokens(asked) + (0 if marked else tokens(shared)),
            "cache_creation_input_tokens": tokens(shared) if marked and not read else 0,
            "cache_read_input_tokens": tokens(shared) if read else 0,
            "output_tokens": tokens(self.text),
        }

    def _ending(self) -> dict[str, Any]:
        refused = self.scenario.stop == "refused"
        details = {"type": "refusal", "category": self.scenario.why or None, "explanation": None}
        return {
            "stop_reason": _STOPS[self.scenario.stop],
            "stop_sequence": None,
            "stop_details": details if refused else None,
        }

    def whole(self) -> dict[str, Any]:
        content = [{"type": "text", "text": self.text}] if self.text else []
        return self._message(content, self.usage) | self._ending()

    def _message(self, content: list[Any], usage: dict[str, int]) -> dict[str, Any]:
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }

    def events(self) -> Iterator[tuple[bool, str]]:
        """Go through the events; True where one is a piece of the text."""
        start = self._message([], self.usage | {"output_tokens": 1})
        yield False, _event("message_start", message=start)
        block = {"type": "text", "text": ""}
        yield False, _event("content_block_start", index=0, content_block=block)
        yield False, _event("ping")
        for piece in pieces(self.text, self.scenario.piece):
            delta = {"type": "text_delta", "text": piece}
            yield True, _event("content_block_delta", index=0, delta=delta)
        yield False, _event("content_block_stop", index=0)
        usage = {"output_tokens": self.usage["output_tokens"]}
        yield False, _event("message_delta", delta=self._ending(), usage=usage)
        yield False, _event("message_stop")

    @staticmethod
    def error(kind: str, message: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": kind, "message": message}}

    @classmethod
    def error_event(cls) -> str:
        return _event("error", **cls.error("overloaded_error", "Overloaded"))


def _text_of(content: str | list[dict[str, Any]]) -> str:
    return content if isinstance(content, str) else "".join(one["text"] for one in content)


def _event(name: str, **data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps({'type': name} | data, ensure_ascii=False)}\n\n"


class OpenAI:
    """Chat completions."""

    def __init__(self, body: dict[str, Any], scenario: Scenario) -> None:
        prompt = "\n".join(_text_of(one["content"]) for one in body["messages"])
        schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
        self.model: str = body["model"]
        self.scenario = scenario
        self.counted = bool((body.get("stream_options") or {}).get("include_usage"))
        self.text = written(scenario, prompt, schema)
        self.usage = {
            "prompt_tokens": tokens(prompt),
            "completion_tokens": tokens(self.text),
            "total_tokens": tokens(prompt) + tokens(self.text),
            "prompt_tokens_details": {"cached_tokens": 0},
        }

    def whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text or None, "refusal": self._refusal()}
        choice = {"index": 0, "message": message, "finish_reason": self._finish()}
        return self._head("chat.completion") | {"choices": [choice], "usage": self.usage}

    def _refusal(self) -> str | None:
        return self.scenario.why or None if self.scenario.stop == "refused" else None

    def _finish(self) -> str:
        # A refusal in words is a whole answer; one without is the filter's.
        return "stop" if self._refusal() else _FINISHES[self.scenario.stop]

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": self.model}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _data(self._head("chat.completion.chunk") | {"choices": [choice]})

    def events(self) -> Iterator[tuple[bool, str]]:
        """Go through the events; True where one is a piece of the text."""
        yield False, self._chunk({"role": "assistant", "content": ""})
        if refusal := self._refusal():
            yield False, self._chunk({"refusal": refusal})
        for piece in pieces(self.text, self.scenario.piece):
            yield True, self._chunk({"content": piece})
        yield False, self._chunk({}, self._finish())
        if self.counted:
            head = self._head("chat.completion.chunk")
            yield False, _data(head | {"choices": [], "usage": self.usage})
        yield False, "data: [DONE]\n\n"

    @staticmethod
    def error(kind: str, message: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": kind, "param": None, "code": None}}

    @classmethod
    def error_event(cls) -> str:
        return _data(cls.error("server_error", "Overloaded"))


def _data(held: dict[str, Any]) -> str:
    return f"data: {json.dumps(held, ensure_ascii=False)}\n\n"


def models(*, anthropic: bool) -> dict[str, Any]:
    """List the models, in the shape of either API."""
    if not anthropic:
        held = [{"id": "local-small", "object": "model", "created": 1, "owned_by": "library"}]
        return {"object": "list", "data": held}
    day = "2026-09-28T00:00:00Z"
    lines = [
        {
            "id": model,
            "type": "model",
            "display_name": name,
            "created_at": day,
            "lifecycle": "deprecated" if model in _RETIRING else "active",
            "deprecated_at": day if model in _RETIRING else None,
        }
        for model, name in MODELS.items()
    ]
    return {"data": lines, "has_more": False, "first_id": lines[0]["id"], "last_id": None}
