"""What is written, what it may rest on, and what it is asked to be."""

from __future__ import annotations

import hashlib
from typing import Literal, get_args

from pydantic import Field

from recsys.values import Value

Kind = Literal["description", "subject", "category"]
KINDS: tuple[Kind, ...] = get_args(Kind)
About = Literal["product", "products", "segment", "category"]
State = Literal["draft", "checked", "approved", "rejected"]
STATES: tuple[State, ...] = get_args(State)

# The tones of every shop; a shop's own voices have names of their own.
TONES = ("professional", "casual", "luxury", "technical")
# Languages by ISO 639-1 in which copy can be asked for.
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
}
MOST_WORDS, LEAST_WORDS = 600, 20
SUBJECT_MOST = 59  # under 60 characters
PREHEADER_MOST = 100
MOST_PRODUCTS = 3  # in one e-mail subject
MOST_VARIANTS = 5


class Fact(Value):
    """One thing that is known: ``field`` is what receipts name, ``value`` is text of the shop."""

    field: str
    value: str
    by_hand: bool = Field(default=False, description="Added or changed by who asks for the copy.")


class Facts(Value):
    """All that copy may rest on, and all of the shop's data that a model is told.

    Attributes
    ----------
    id
        Item id, segment id, category, or several item ids with a comma between.
    name
        What people call it.
    facts
        In the order of the catalogue; field names are unique. Of several products, fields begin
        with "product 1 ".
    original
        The text that the shop has now: a description, or empty.
    stock
        Pieces in stock; None where unknown. Never sent: urgency is checked against it.
    """

    about: About
    id: str
    name: str
    facts: tuple[Fact, ...] = ()
    original: str = ""
    stock: int | None = None

    def value(self, field: str) -> str | None:
        """Return what is known under a field."""
        return next((one.value for one in self.facts if one.field == field), None)


class Brief(Value):
    """What is asked for.

    Attributes
    ----------
    voice
        One of ``TONES``, or the name of a voice of the shop's own.
    max_words
        Of a description or a category text.
    keywords
        Words that people search for, each to stand in the text where it reads naturally.
    occasion
        Of an e-mail: "Black Friday", "birthday", or empty.
    merge_tool
        The e-mail tool whose merge tag stands for the first name (see ``merge_tags.TOOLS``); empty
        for no name.
    offer_ends
        Day (``2026-12-24``): with it a subject may say that time is short.
    note
        What was wrong with the last one, in the words of who asks again.
    """

    kind: Kind = "description"
    voice: str = "professional"
    language: str = "en"
    max_words: int = Field(default=150, ge=LEAST_WORDS, le=MOST_WORDS)
    keywords: tuple[str, ...] = Field(default=(), max_length=20)
    occasion: str = Field(default="", max_length=100)
    merge_tool: str = ""
    offer_ends: str = ""
    note: str = Field(default="", max_length=1_000)


class Voice(Value):
    """How a shop sounds: a name, words about it, examples, and words that never stand."""

    name: str
    about: str = ""
    examples: tuple[str, ...] = Field(default=(), max_length=5)
    banned: tuple[str, ...] = Field(default=(), max_length=200)


class Claim(Value):
    """A piece of the text, word for word, and the field of the facts that it rests on."""

    words: str
    field: str


class Copy(Value):
    """What was written.

    Attributes
    ----------
    text
        The description, the subject line or the category text: plain text, paragraphs with an
        empty line between.
    preheader
        Of an e-mail: the line that inboxes show after the subject.
    claims
        What the writer says its claims rest on; the checks do not take its word for it.
    """

    text: str
    preheader: str = ""
    claims: tuple[Claim, ...] = ()


def digest(*parts: str) -> str:
    """Return a name for content: equal parts have equal names (SHA-256, hexadecimal)."""
    found = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        found.update(len(raw).to_bytes(8, "big"))
        found.update(raw)
    return found.hexdigest()
