"""What the API takes and gives, for checking requests and for its documentation.

Answers are not checked against these at run time; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from recsys.types import LIMITS, Placement

# Beyond these a request is a mistake; the index counts pieces in 32 bits.
_MOST_PIECES = 2_000_000_000
_MOST_IN_A_CART = 1_000

UserId = Annotated[str, Path(min_length=1, description="The shop's own id; it may hold slashes.")]
ItemId = Annotated[str, Path(min_length=1, description="The shop's own id; it may hold slashes.")]
SegmentId = Annotated[int, Path(ge=1, description="As the list of segments says.")]
Cart = Annotated[
    list[Annotated[str, Field(min_length=1)]],
    Field(max_length=_MOST_IN_A_CART, examples=[["819255", "1082185"]]),
]


def _n(placement: Placement) -> Any:
    """Describe ``n``; the workflow checks it, so that page, API and command line say the same."""
    default, most = LIMITS[placement]
    return Field(
        default=None,
        description=f"How many products, 1 to {most}; {default} by default.",
        json_schema_extra={"minimum": 1, "maximum": most},
    )


class _Query(BaseModel):
    # A misspelt filter that is silently left out shows wrong products; refuse it.
    model_config = ConfigDict(extra="forbid")

    category: str | None = Field(None, description="Exact category name.")
    price_min: float | None = Field(None, allow_inf_nan=False, description="Inclusive.")
    price_max: float | None = Field(None, allow_inf_nan=False, description="Inclusive.")
    min_stock: int = Field(
        1, ge=1, le=_MOST_PIECES, description="Pieces in stock; sold-out products never show."
    )
    but: list[str] = Field(
        [],
        max_length=_MOST_IN_A_CART,
        description="Ids of products that stand elsewhere on the page; they are left out.",
    )


def _whose() -> Any:
    return Field(
        default="",
        description="Whose page it is, so that rules for an audience hold; may be left out.",
    )


class ForYouQuery(_Query):
    """Options of For You."""

    n: int | None = _n("for_you")
    include_bought: bool = Field(False, description="Also show what the shopper has bought.")
    prefer_items: list[str] = Field(
        [], max_length=_MOST_IN_A_CART, description="Ids of products that the shopper likes."
    )
    prefer_categories: list[str] = Field(
        [], max_length=_MOST_IN_A_CART, description="Categories that the shopper likes."
    )


class SimilarQuery(_Query):
    """Options of Similar."""

    n: int | None = _n("similar")
    user_id: str = _whose()


class AlsoBoughtQuery(_Query):
    """Options of Also bought."""

    n: int | None = _n("also_bought")
    user_id: str = _whose()


class LookalikesQuery(_Query):
    """Options of Lookalikes."""

    n: int | None = _n("lookalikes")
    n_neighbours: int = Field(
        10,
        description="How many similar shoppers to ask, 1 to 100.",
        json_schema_extra={"minimum": 1, "maximum": 100},
    )


class ItemChange(BaseModel):
    """A change of one product that holds at once; what is left out stays as it is."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"stock": 0}]}
    )

    stock: int | None = Field(None, description="Pieces, 0 or more.")
    price: float | None = Field(None, description="0 or more, in the shop's currency.")
    hidden: bool | None = Field(None, description="True takes the product off every list.")


class ItemChanged(BaseModel):
    """What was changed."""

    item_id: str
    changed: ItemChange


class Item(BaseModel):
    """One product on a shelf; the catalogue fields are those the shop has."""

    model_config = ConfigDict(extra="allow")

    item_id: str
    rank: int
    score: float
    name: str | None = None
    category: str | None = None
    brand: str | None = None
    price: float | None = None
    stock: int | None = Field(None, description="Null where the shop says nothing.")
    image_url: str | None = None
    reason: str
    badge: str = Field(description="new, popular, or empty.")


class ShelfAnswer(BaseModel):
    """A list of products, and what was taken out of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "item_id": "1082185",
                            "rank": 1,
                            "score": 0.913244,
                            "name": "Bananas",
                            "category": "Produce",
                            "price": 0.59,
                            "stock": 240,
                            "reason": "Because you bought Strawberries and Salad bags",
                            "badge": "",
                        }
                    ],
                    "placement": "for_you",
                    "release_id": "20250102-030405-a1b2c3",
                    "shown": 1,
                    "asked": 1,
                    "removed": {"bought before": 4, "sold out": 1},
                    "made_of": {"by the model": 1},
                    "fallback": "",
                }
            ]
        }
    )

    items: list[Item]
    placement: Placement
    release_id: str
    shown: int
    asked: int
    removed: dict[str, int] = Field(description="Reason -> products that scored high enough.")
    made_of: dict[str, int] = Field(description="Where the products come from -> how many.")
    fallback: str = Field(description="Why this is not the list that was asked for, or empty.")


class Neighbour(BaseModel):
    """A similar shopper."""

    user_id: str
    similarity: float


class LookalikesAnswer(ShelfAnswer):
    """A list of products and the shoppers it came from."""

    neighbours: list[Neighbour]


class Uploaded(BaseModel):
    """A file that arrived whole."""

    upload_id: str
    file_name: str
    bytes: int
    sha256: str


class Health(BaseModel):
    """What serves, truthfully; ``status`` is ``ok`` or ``unavailable``."""

    status: str
    release: dict[str, Any] | None = None
    dataset: dict[str, Any] | None = None
    models: dict[str, Any] = {}
    index: dict[str, Any] = {"points": 0, "answers": False}
    worker: str = "unknown"
    live_changes: int = 0
    rule_set: int = 0
    problem: str = ""


class ErrorBody(BaseModel):
    """What went wrong and what to do about it."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["The live catalogue has no product 'A1'."])
    hint: str = Field(examples=["Check the id; it is compared as text."])
    request_id: str = Field(examples=["5f1c0a9be2d4"], description="Stands in the server's log.")


class ErrorAnswer(BaseModel):
    """The one shape of all errors."""

    error: ErrorBody


# How each route documents its errors.
ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorAnswer, "description": "Unknown id"},
    422: {"model": ErrorAnswer, "description": "Unusable request"},
    503: {"model": ErrorAnswer, "description": "Nothing is live, or the disk is full"},
}
