"""How a shelf is put together beside its rules: one value for each placement."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import Field

from recsys.types import ShelfName
from recsys.values import Value

Level = Literal["none", "light", "medium", "strong"]
Fallback = Literal["words", "category", "popular"]

LEVELS: tuple[Level, ...] = get_args(Level)
FALLBACKS: tuple[Fallback, ...] = get_args(Fallback)


class ShelfSettings(Value):
    """The settings of one placement; :data:`DEFAULTS` has what changes nothing on each."""

    leave_out_bought: bool = Field(default=True, description="Products bought before stay out.")
    repurchase_days: int | None = Field(
        default=None,
        ge=1,
        le=3650,
        description="What was bought longer ago than this may come again.",
    )
    diversity: Level = Field(
        default="none", description="How much products that are alike stand apart."
    )
    most_of_category: int | None = Field(default=None, ge=1, le=50)
    most_of_brand: int | None = Field(default=None, ge=1, le=50)
    freshness: Level = Field(default="none", description="How much lately launched products gain.")
    less_popular: Level = Field(default="none", description="How much what everybody buys loses.")
    price_affinity: Level = Field(
        default="none", description="How much products far from a shopper's usual prices lose."
    )
    surprise: float = Field(
        default=0.0,
        ge=0,
        le=0.2,
        description="Share of the places for products from further afield.",
    )
    fallbacks: tuple[Fallback, ...] = Field(
        default=("words", "popular"),
        description="What fills a list that is too short, in this order.",
    )


# What each placement does of itself: product pages and carts go by products, not by shoppers, and
# the lists of people and of own purchases stay short.
DEFAULTS: Mapping[ShelfName, ShelfSettings] = MappingProxyType(
    {
        "for_you": ShelfSettings(fallbacks=("popular",)),
        "similar": ShelfSettings(leave_out_bought=False),
        "also_bought": ShelfSettings(leave_out_bought=False, fallbacks=("popular",)),
        "lookalikes": ShelfSettings(fallbacks=()),
        "buy_again": ShelfSettings(leave_out_bought=False, fallbacks=()),
    }
)
