"""What the API takes and gives of segments."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from recsys.segments.definition import SegmentKind

_MOST_MEMBERS = 10_000


class MemberQuery(BaseModel):
    """Which members."""

    model_config = ConfigDict(extra="forbid")

    offset: int = Field(0, ge=0, description="How many to pass over, the best first.")
    limit: int = Field(
        1_000, ge=1, le=_MOST_MEMBERS, description=f"How many at the most, up to {_MOST_MEMBERS:,}."
    )
    held_out: Literal["out", "include"] = Field(
        "out",
        description="The hold-out group, whom a campaign must not reach: left out, or included.",
    )


class SegmentLine(BaseModel):
    """A saved segment, without its members."""

    id: int
    name: str
    kind: SegmentKind
    note: str
    version: int
    count: int
    held_out: int
    refresh: bool = Field(description="Whether it is worked out anew on each release.")
    by_hand: bool = Field(description="Whether its members were changed by hand.")
    release_id: str
    actor: str
    at: float = Field(description="Seconds since the epoch.")


class SegmentsAnswer(BaseModel):
    """Saved segments."""

    segments: list[SegmentLine]


class Counts(BaseModel):
    """What became of the shoppers when a segment was worked out."""

    members: int
    held_out: int
    removed: dict[str, int] = Field(description="Reason -> shoppers left out for it.")
    unknown: int = Field(description="Members that the release does not know.")


class SegmentVersion(BaseModel):
    """One version; the numbers are null for a change by hand."""

    version: int
    name: str
    count: int
    actor: str
    at: float
    came: int | None
    went: int | None
    kept: int | None
    why: str
    release_id: str


class SegmentAnswer(BaseModel):
    """A segment; its members have an address of their own."""

    segment: SegmentLine
    definition: dict[str, Any] = Field(description="Without the ids of a list.")
    counts: Counts
    proof_id: str
    history: list[SegmentVersion]


class Member(BaseModel):
    """A member of a segment."""

    user_id: str
    held_out: bool = Field(description="Set aside for measurement: no campaign is to reach it.")


class MembersAnswer(BaseModel):
    """Some members of a segment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "members": [{"user_id": "00123", "held_out": False}],
                    "offset": 0,
                    "total": 1,
                    "held_out": 1,
                    "version": 1,
                }
            ]
        }
    )

    members: list[Member]
    offset: int
    total: int = Field(description="Members that can be asked for: all, or all but the held out.")
    held_out: int = Field(description="Members in the hold-out group, listed or not.")
    version: int


class Share(BaseModel):
    """How much more often members have something than all shoppers; null where unknown."""

    value: str
    count: int
    share: float
    everyone: float
    lift: float
    low: float | None
    high: float | None
    sure: bool = Field(description="Whether the difference is more than chance.")


class TopProduct(Share):
    """A product that members bought."""

    item_id: str
    name: str


class PreviewAnswer(BaseModel):
    """What a definition gives."""

    release_id: str
    counts: Counts
    score: str
    proof_id: str
    shares: dict[str, list[Share]]
    top: list[TopProduct]
    notes: list[str]
