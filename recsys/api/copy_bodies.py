"""What the API takes of copy."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from recsys.copywriting.text import (
    LANGUAGES,
    LEAST_WORDS,
    MOST_PRODUCTS,
    MOST_WORDS,
    Brief,
    Kind,
    State,
)
from recsys.values import Value
from recsys.workflows.copy_bulk import Selection, Way

MOST_TEXTS = 200
# Beyond this nothing is a description, a subject or a category text.
_MOST_CHARACTERS = 20_000
_MOST_NAME = 1_000

CopyId = Annotated[int, Path(ge=1, description="As the list of texts says.")]
RunId = Annotated[int, Path(ge=1, description="As the list of runs says.")]
Name = Annotated[str, Field(max_length=_MOST_NAME)]


class _Body(Value):
    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        try:
            self.model_dump_json()
        except ValueError:  # half a character, which JSON can spell as \ud800
            raise ValueError("text with half a character (a lone surrogate) is no text") from None
        return self


class _Asked(_Body):
    """The fields of a brief; those that a kind of copy does not use stay as they are."""

    voice: Name = Field(
        default="professional",
        description="professional, casual, luxury, technical, or a voice of the shop's own.",
    )
    language: str = Field(default="en", description=f"One of {', '.join(LANGUAGES)}.")
    keywords: tuple[Name, ...] = Field(
        default=(), max_length=20, description="Words that people search for."
    )
    note: str = Field(default="", max_length=1_000, description="What was wrong with the last one.")

    def brief(self, kind: Kind) -> Brief:
        """Return what is asked for."""
        return Brief(kind=kind, **self.model_dump(include=set(Brief.model_fields) - {"kind"}))


class _Words(_Asked):
    max_words: int = Field(
        default=150, ge=LEAST_WORDS, le=MOST_WORDS, description="Of the text, at the most."
    )


class _Mail(_Asked):
    occasion: str = Field(default="", max_length=100, description="Black Friday, birthday.")
    merge_tool: Name = Field(
        default="",
        description="The e-mail tool whose merge tag stands for the first name; empty: no name.",
    )
    offer_ends: Name = Field(
        default="", description="Day as 2026-12-24: only with it may a subject say that time ends."
    )


class _Written(Value):
    model: Name = Field(default="", description="Empty: the one chosen on the Copy page.")
    keep: bool = Field(
        default=True,
        description="Whether the text goes into the queue, to wait there for approval.",
    )


class DescribeBody(_Written, _Words):
    """A description of a product."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"item_id": "1082185", "voice": "casual", "features": {"origin": "Ecuador"}}
            ]
        }
    )

    item_id: str = Field(min_length=1)
    features: dict[Name, Name] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="Facts to add or change, by field; an empty value leaves the field out.",
    )


class SubjectsBody(_Written, _Mail):
    """An e-mail subject with its preheader, for a segment, some products, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"segment": 1, "item_ids": ["1082185"], "occasion": "Black Friday"}]
        }
    )

    segment: int | None = Field(default=None, ge=1, description="Of at least 20 members.")
    item_ids: tuple[str, ...] = Field(
        default=(), max_length=MOST_PRODUCTS, description=f"Up to {MOST_PRODUCTS} products."
    )

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.segment is None and not self.item_ids:
            raise ValueError("a subject needs a segment or products")
        return self


class CategoryBody(_Written, _Words):
    """The text of a category page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"category": "Tea"}]})

    category: str = Field(min_length=1)


class CheckBody(_Words, _Mail):
    """A text by hand and the one thing that it is about; no model is asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"item_id": "1082185", "text": "Bananas from Ecuador, 1 kg."}]
        }
    )

    kind: Kind = "description"
    text: str = Field(max_length=_MOST_CHARACTERS)
    preheader: str = Field(default="", max_length=_MOST_CHARACTERS)
    item_id: str = ""
    item_ids: tuple[str, ...] = Field(default=(), max_length=MOST_PRODUCTS)
    segment: int | None = Field(default=None, ge=1)
    category: str = ""
    features: dict[Name, Name] = Field(default_factory=dict[str, str], max_length=50)

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        given = (self.item_id, self.item_ids, self.segment, self.category)
        mailed = self.segment is not None and self.item_ids
        if sum(bool(one) for one in given) != (2 if mailed else 1):
            raise ValueError("a text is about item_id, item_ids, segment or category: give one")
        return self


class EditBody(_Body):
    """A text changed by hand."""

    text: str = Field(max_length=_MOST_CHARACTERS)
    preheader: str | None = Field(
        default=None, max_length=_MOST_CHARACTERS, description="Left out: stays as it is."
    )
    revision: int = Field(ge=0, description="As last read: a change in between is not overwritten.")


class ApproveBody(_Body):
    """An approval."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revision": 1}]})

    revision: int = Field(ge=0, description="As last read.")
    reason: str = Field(
        default="",
        max_length=1_000,
        description="Overrides what the checks found: 10 characters or more, kept in the audit"
        " log.",
    )


class RejectBody(_Body):
    """A rejection."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revision": 1, "note": "Dull."}]})

    revision: int = Field(ge=0, description="As last read.")
    note: str = Field(default="", max_length=1_000)


class TextsQuery(BaseModel):
    """Which texts."""

    model_config = ConfigDict(extra="forbid")

    state: list[State] = Field([], description="Any of these; all by default.")
    kind: Kind | None = None
    about_id: str | None = Field(None, description="Of a product, a segment or a category.")
    run_id: int | None = Field(None, ge=1)
    search: str = Field("", max_length=_MOST_NAME, description="In names, ids and texts.")
    limit: int = Field(50, ge=1, le=MOST_TEXTS)
    offset: int = Field(0, ge=0, le=10_000_000)


class ApprovedQuery(BaseModel):
    """Which approved texts, and how they are written."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    raw: bool = Field(False, description="Text that a spreadsheet would run stays as it is.")


class RunBody(_Body):
    """A bulk run, or what it would take."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "selection": {"without_description": True, "category": "Tea"},
                    "brief": {"kind": "description", "voice": "casual"},
                    "way": "batch",
                    "cap": 5.0,
                }
            ]
        }
    )

    selection: Selection
    brief: Brief = Brief()
    way: Way = Field(default="direct", description="batch is at half price, within a day.")
    model: Name = Field(default="", description="Empty: the one chosen on the Copy page.")
    cap: float | None = Field(default=None, gt=0, description="US dollars that end the run.")
    cap_tokens: int | None = Field(default=None, ge=1, description="Tokens that end the run.")
    estimate_only: bool = Field(default=False, description="Start nothing, send nothing.")

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if not self.estimate_only and self.cap is None and self.cap_tokens is None:
            raise ValueError("a run needs a cap or cap_tokens; estimate_only tells what it takes")
        return self


class ResumeBody(_Body):
    """How a run goes on."""

    cap: float | None = Field(default=None, gt=0, description="US dollars; left out: as before.")
    cap_tokens: int | None = Field(default=None, ge=1, description="Left out: as before.")
    model: Name = Field(default="", description="Empty: as before.")
