from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.copywriting.providers.base import NO_USAGE, Answer, Stop
from recsys.copywriting.schema import Growing, parse, schema_of, text_so_far
from recsys.copywriting.text import KINDS, Claim, Copy
from recsys.errors import BadAnswer

GOOD = '{"text": " Warm. ", "claims": [{"words": "Warm", "field": "name"}]}'
ANOTHER = "Try again; if it comes again, choose a model that can answer in a given JSON schema."


def answer(text: str, stop: Stop = "done", why: str = "") -> Answer:
    return Answer(text=text, stop=stop, usage=NO_USAGE, model="m", why=why)


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_comes_first_and_nothing_else_is_allowed(kind: str) -> None:
    schema = schema_of(kind)  # pyright: ignore[reportArgumentType]
    assert schema["required"][0] == next(iter(schema["properties"])) == "text"
    assert ("preheader" in schema["required"]) == (kind == "subject")
    assert schema["additionalProperties"] is False
    assert schema["properties"]["claims"]["items"]["additionalProperties"] is False


def test_an_answer_becomes_copy() -> None:
    copy = Copy(text="Warm.", claims=(Claim(words="Warm", field="name"),))
    assert parse(answer(GOOD), "description") == copy
    assert parse(answer(f"```json\n{GOOD}\n```"), "description") == copy
    subject = parse(answer('{"text": "A", "preheader": " B ", "claims": []}'), "subject")
    assert (subject.text, subject.preheader) == ("A", "B")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            answer("", "refused", "It is about a person."),
            "The model refused to write this: It is about a person. Look at the facts and the note"
            " for what it may object to, or write it by hand.",
        ),
        (
            answer("", "refused"),
            "The model refused to write this. Look at the facts and the note for what it may"
            " object to, or write it by hand.",
        ),
        (
            answer('{"text": "War', "length"),
            "The answer was cut short: the model came to the limit of its length. Ask for fewer"
            " words.",
        ),
        (answer("", "empty"), "The model gave an empty answer. Try again."),
        (answer(" \n"), "The model gave an empty answer. Try again."),
        (answer('{"text": " ", "claims": []}'), "The model gave an empty text. Try again."),
        (
            answer("Here is your text: warm."),
            f"The answer is not JSON, though JSON was asked for. {ANOTHER}",
        ),
        (answer('{"text": "War'), f"The answer is not JSON, though JSON was asked for. {ANOTHER}"),
        (answer('{"claims": []}'), f"The answer is not as asked: text: Field required. {ANOTHER}"),
        (
            answer('{"text": "A", "claims": [], "html": "<b>"}'),
            "The answer is not as asked: html: Extra inputs are not permitted. " + ANOTHER,
        ),
        (
            answer(json.dumps({"text": "x" * 20_001, "claims": []})),
            "The model wrote 20,001 characters, far more than was asked for. Try again, or choose"
            " another model.",
        ),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(given: Answer, words: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        parse(given, "description")
    assert str(caught.value) == words


@given(st.text(), st.integers(1, 40), st.booleans())
def test_the_text_grows_to_the_whole_however_it_is_cut(
    text: str, size: int, ensure_ascii: bool
) -> None:
    held = {"text": text, "claims": [{"words": text, "field": "name"}]}
    raw = json.dumps(held, ensure_ascii=ensure_ascii)
    seen: list[str] = []
    growing = Growing(seen.append)
    for start in range(0, len(raw), size):
        growing(raw[start : start + size])
    assert (seen[-1] if seen else "") == text
    assert [len(one) for one in seen] == sorted({len(one) for one in seen})


def test_text_that_comes_after_the_claims_is_shown_as_it_grows_too() -> None:
    seen: list[str] = []
    growing = Growing(seen.append)
    for piece in ('{"claims": [], "te', 'xt": "Wa', "rm", '."}'):
        growing(piece)
    assert seen == ["Wa", "Warm", "Warm."]


@pytest.mark.parametrize("raw", ["", "   ", "no json", "[1", '{"te', '{"text": 3', "```json\n"])
def test_what_is_no_text_yet_is_empty(raw: str) -> None:
    assert text_so_far(raw) in {"", "3"}
