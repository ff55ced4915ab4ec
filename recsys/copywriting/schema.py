"""The shape of an answer: what is asked for, what came, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from pydantic import ValidationError

from recsys.copywriting.providers.base import Answer
from recsys.copywriting.text import Copy, Kind
from recsys.errors import BadAnswer

_MOST_CHARACTERS = 20_000  # of a text that is taken


def schema_of(kind: Kind) -> dict[str, Any]:
    """Return the JSON schema of an answer; ``text`` comes first, so that it can be shown early."""
    text = {"type": "string"}
    claim = _object({"words": text, "field": text})
    fields: dict[str, Any] = {"text": text}
    if kind == "subject":
        fields["preheader"] = text
    return _object({**fields, "claims": {"type": "array", "items": claim}})


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def parse(answer: Answer, kind: Kind) -> Copy:
    """Return the copy that an answer holds.

    Raises
    ------
    BadAnswer
        The model refused, was cut short, said nothing, or did not answer as asked.
    """
    if answer.stop == "refused":
        why = f": {answer.why.rstrip('.')}." if answer.why else "."
        raise BadAnswer(
            f"The model refused to write this{why}",
            hint="Look at the facts and the note for what it may object to, or write it by hand.",
        )
    if answer.stop == "length":
        raise BadAnswer(
            "The answer was cut short: the model came to the limit of its length.",
            hint="Ask for fewer words.",
        )
    raw = _json_of(answer.text)
    if answer.stop == "empty" or not raw:
        raise BadAnswer("The model gave an empty answer.", hint="Try again.")
    try:
        copy = Copy.model_validate_json(raw)
    except ValidationError as error:
        raise _not_as_asked(error) from None
    copy = copy.model_copy(update={"text": copy.text.strip(), "preheader": copy.preheader.strip()})
    if not copy.text:
        raise BadAnswer("The model gave an empty text.", hint="Try again.")
    if len(copy.text) > _MOST_CHARACTERS:
        raise BadAnswer(
            f"The model wrote {len(copy.text):,} characters, far more than was asked for.",
            hint="Try again, or choose another model.",
        )
    return copy if kind == "subject" else copy.model_copy(update={"preheader": ""})


def _not_as_asked(error: ValidationError) -> BadAnswer:
    first = error.errors(include_input=False, include_url=False)[0]
    hint = "Try again; if it comes again, choose a model that can answer in a given JSON schema."
    if first["type"] == "json_invalid":
        return BadAnswer("The answer is not JSON, though JSON was asked for.", hint=hint)
    where = ".".join(str(part) for part in first["loc"]) or "the whole"
    return BadAnswer(f"The answer is not as asked: {where}: {first['msg']}.", hint=hint)


def _json_of(raw: str) -> str:
    """Return an answer without the fence that some models put around JSON."""
    raw = raw.strip()
    if raw.startswith("```"):
        return raw[raw.find("{") : raw.rfind("}") + 1]
    return raw


def text_so_far(raw: str) -> str:
    """Return as much of the text as a part of an answer holds; empty where none has come yet.

    Examples
    --------
    >>> text_so_far('{"text": "Warm and li')
    'Warm and li'
    """
    return str(_partial(raw).get("text", ""))


def _partial(raw: str) -> dict[str, Any]:
    import jiter

    start = raw.find("{")
    if start < 0:
        return {}
    try:
        found: Any = jiter.from_json(
            raw[start:].encode("utf-8", "replace"),
            partial_mode="trailing-strings",
            cache_mode="none",
        )
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


class Growing:
    """Calls back with the text so far, as the pieces of an answer come.

    Parameters
    ----------
    on_text
        Called with the whole text so far each time that it has grown.
    """

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._raw = ""
        self._text = ""
        self._whole = False

    def __call__(self, piece: str) -> None:
        """Take the next piece."""
        if self._whole:  # only claims come now
            return
        self._raw += piece
        found = _partial(self._raw)
        self._whole = "text" in found and list(found)[-1] != "text"
        text = str(found.get("text", ""))
        if len(text) > len(self._text):
            self._text = text
            self._on_text(text)
