"""What the small server answers: copy that keeps to the facts of the prompt, or does not."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from typing import Any

PIECE = 16  # characters that are streamed at once
_FACTS = re.compile(r"<facts>\s*(.*?)\s*</facts>", re.DOTALL)
_MOST_FACTS = 6


@dataclass(frozen=True)
class Scenario:
    """How one request is answered; as it stands here, honestly and at once.

    Attributes
    ----------
    status, error, message, retry_after
        Of a refusal by HTTP: its code, its type, its words, and seconds in ``retry-after``.
    raw
        The body, in place of all else: what is no JSON.
    answer
        What the model writes: the object that is asked for, or any text; None for an honest one.
    stop
        "done", "length", "refused".
    why
        The category of a refusal.
    silent
        Seconds before the first byte.
    between
        Seconds between the pieces of a stream.
    piece
        Characters of each.
    cut_after, error_after
        Pieces that come before the connection ends, or before an event of the type ``error``.
    gate
        Waited for after the first piece of a stream.
    location
        Where a redirection leads.
    """

    status: int = 200
    error: str = ""
    message: str = ""
    retry_after: str = ""
    raw: str | None = None
    answer: dict[str, Any] | str | None = None
    stop: str = "done"
    why: str = ""
    silent: float = 0.0
    between: float = 0.0
    piece: int = PIECE
    cut_after: int | None = None
    error_after: int | None = None
    gate: threading.Event | None = None
    location: str = ""


HONEST = Scenario()
LONG_SUBJECT = "Everything that you ever wanted for breakfast is here, today!"  # 61 characters
LIE = (
    "Waterproof to 200 m, made of 100% cashmere, certified by GOTS, and the best in the world. "
    "Only 3 left."
)


def refused(status: int, error: str = "", message: str = "", retry_after: str = "") -> Scenario:
    """Answer with an HTTP error, of the type that Anthropic's API gives it."""
    types = {
        400: "invalid_request_error",
        401: "authentication_error",
        402: "billing_error",
        403: "permission_error",
        404: "not_found_error",
        413: "request_too_large",
        429: "rate_limit_error",
        500: "api_error",
        503: "api_error",
        504: "timeout_error",
        529: "overloaded_error",
    }
    kind = error or types.get(status, "api_error")
    return Scenario(status=status, error=kind, message=message or kind, retry_after=retry_after)


def says(answer: dict[str, Any] | str) -> Scenario:
    """Answer with this: an object, or any text."""
    return Scenario(answer=answer)


def lies() -> Scenario:
    """Answer with claims that no catalogue bears out."""
    return says(
        {
            "text": LIE,
            "preheader": "",
            "claims": [
                {"words": "Waterproof to 200 m", "field": "name"},
                {"words": "100% cashmere", "field": "material"},
            ],
        }
    )


def long_subject() -> Scenario:
    """Answer with a subject of 61 characters."""
    return says({"text": LONG_SUBJECT, "preheader": "All of it is in the shop.", "claims": []})


def facts_of(prompt: str) -> dict[str, str]:
    """Return the facts of a prompt: JSON objects with ``field`` and ``value`` in a tag."""
    block = _FACTS.search(prompt)
    try:
        held = json.loads(block[1]) if block else []
    except ValueError:
        return {}
    return {str(one["field"]): str(one["value"]) for one in held}


def honest(prompt: str, *, subject: bool) -> dict[str, Any]:
    """Write copy that says the facts of the prompt and nothing else."""
    facts = facts_of(prompt)
    name = next((value for field, value in facts.items() if field.endswith("name")), "")
    if subject:
        text = (name or "New in the shop")[:59].strip()
        claims = [{"words": text, "field": _field_of(facts, name)}] if name else []
        return {"text": text, "preheader": "See what it is.", "claims": claims}
    said = {field: value for field, value in list(facts.items())[:_MOST_FACTS] if len(value) < 80}
    lines = [f"The {field} is {value}." for field, value in said.items()]
    text = " ".join(lines) or "This is what the shop has to say about it."
    claims = [{"words": value, "field": field} for field, value in said.items()]
    return {"text": text, "claims": claims}


def _field_of(facts: dict[str, str], value: str) -> str:
    return next(field for field, one in facts.items() if one == value)


def written(scenario: Scenario, prompt: str, schema: dict[str, Any] | None) -> str:
    """Return the text of an answer: what the scenario says, else honest copy."""
    if scenario.stop == "refused":
        return ""
    answer = scenario.answer
    if answer is None:
        # Without a schema in the request it stands in the prompt.
        fields = schema.get("properties", {}) if schema else {"preheader": '"preheader"' in prompt}
        answer = honest(prompt, subject=bool(fields.get("preheader")))
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return text[: len(text) * 2 // 3] if scenario.stop == "length" else text


def pieces(text: str, size: int) -> list[str]:
    """Cut a text into what is streamed at once."""
    return [text[start : start + size] for start in range(0, len(text), size)]
