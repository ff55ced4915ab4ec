"""What the API gives of copy."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from recsys.copywriting.checks.finding import Finding, Receipt
from recsys.copywriting.text import (
    About,
    Brief,
    Claim,
    Facts,
    Kind,
    State,
)
from recsys.workflows.copy_bulk import RunState, Way


class UsageAnswer(BaseModel):
    """Tokens, as the provider counted them."""

    input: int
    output: int
    cache_read: int
    cache_write: int


class _Told(BaseModel):
    text: str
    preheader: str
    claims: list[Claim] = Field(description="What the writer says its claims rest on.")
    clean: bool = Field(description="Whether nothing keeps it from being approved.")
    partly: bool = Field(
        description="Whether its language is one whose words the checks do not read: see limits."
    )
    findings: list[Finding]
    receipts: list[Receipt] = Field(description="Pieces of the text that a fact bears out.")
    limits: str = Field(description="What was not checked, or empty.")


class _Made(_Told):
    model: str = Field(description="Empty for a text by hand.")
    prompt_version: str
    usage: UsageAnswer
    cost: float | None = Field(description="US dollars; null where the price is not known.")


class WrittenAnswer(_Made):
    """What was written, and what the checks say of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "copy_id": 12,
                    "state": "draft",
                    "revision": 1,
                    "text": "Waterproof bananas from Ecuador.",
                    "preheader": "",
                    "claims": [{"words": "from Ecuador", "field": "origin"}],
                    "clean": False,
                    "partly": False,
                    "findings": [
                        {
                            "check": "claim",
                            "words": "“Waterproof” stands in no field of this product.",
                            "where": "text",
                            "start": 0,
                            "end": 10,
                            "blocks": True,
                        }
                    ],
                    "receipts": [
                        {
                            "start": 24,
                            "end": 31,
                            "field": "origin",
                            "value": "Ecuador",
                            "where": "text",
                        }
                    ],
                    "limits": "",
                    "model": "claude-sonnet-5-5",
                    "prompt_version": "description 0",
                    "usage": {"input": 412, "output": 96, "cache_read": 0, "cache_write": 0},
                    "cost": 0.0027,
                    "tries": 2,
                }
            ]
        }
    )

    copy_id: int | None = Field(description="In the queue; null where it was not kept.")
    state: State | None
    revision: int | None
    tries: int = Field(description="2 where the first text went back with what was found.")


class TextAnswer(_Told):
    """A text of the queue as it stands."""

    id: int
    kind: Kind
    about: About
    about_id: str
    name: str
    language: str
    state: State
    revision: int
    version: int
    original: str = Field(description="What the shop had when this was written first.")
    run_id: int | None
    actor: str
    at: float = Field(description="Seconds since the epoch.")


class TextsAnswer(BaseModel):
    """Texts of the queue."""

    texts: list[TextAnswer]
    counts: dict[State, int] = Field(description="Of all texts, by state.")
    offset: int


class VersionAnswer(_Made):
    """A version of a text."""

    version: int
    brief: Brief
    facts: Facts
    made_by: Literal["model", "person"]
    note: str
    actor: str
    at: float


class HistoryAnswer(BaseModel):
    """A text and its versions, newest first."""

    text: TextAnswer
    history: list[VersionAnswer]


class EstimateAnswer(BaseModel):
    """What a run would take."""

    rows: int
    approved: int = Field(description="Left out: they have approved copy already.")
    usage: UsageAnswer
    cost: float | None
    words: str
    least_cap: float | None = Field(description="A lower cap may be too low for a single text.")
    least_cap_tokens: int
    waiting: int = Field(description="They have a text in the queue already.")


class RunLineAnswer(BaseModel):
    """A bulk run."""

    id: int
    label: str
    state: RunState
    way: Way
    model: str
    counts: dict[str, int] = Field(description="Rows by state.")
    usage: UsageAnswer
    cost: float | None
    cap: float | None
    cap_tokens: int | None
    words: str = Field(description="Why it stands still, or empty.")
    job_id: int | None
    actor: str
    at: float


class StartedAnswer(BaseModel):
    """What a run takes, and the run, unless only that was asked."""

    estimate: EstimateAnswer
    run: RunLineAnswer | None


class RunsAnswer(BaseModel):
    """Bulk runs, newest first."""

    runs: list[RunLineAnswer]


class RowAnswer(BaseModel):
    """A row of a run that went wrong."""

    about_id: str
    name: str
    state: str
    tries: int
    error: str
    copy_id: int | None


class RunAnswer(BaseModel):
    """A bulk run and its failed rows, the first hundred."""

    run: RunLineAnswer
    failed: list[RowAnswer]


# How the routes document what they answer.
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "The approved texts"}
}
