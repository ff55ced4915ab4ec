"""What a rule says: what it does, to which products, where, for whom and when."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from recsys.types import ShelfName
from recsys.values import Value

RuleKind = Literal["pin", "boost", "bury", "hide", "only"]
Strength = Literal["light", "medium", "strong"]

RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)
STRENGTHS: tuple[Strength, ...] = get_args(Strength)


class Target(Value):
    """The products that a rule is about: those for which all that is given here holds.

    Of several values in one field any will do. Empty fields ask nothing; a target that asks nothing
    is refused, since it would be the whole shop.
    """

    items: tuple[str, ...] = Field(default=(), description="Product ids.")
    collections: tuple[int, ...] = Field(default=(), description="Named sets of products.")
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    price_min: float | None = Field(default=None, ge=0)
    price_max: float | None = Field(default=None, ge=0)
    stock_min: int | None = Field(
        default=None, ge=0, description="Pieces; unknown stock does not match."
    )
    stock_max: int | None = Field(default=None, ge=0)
    newer_than_days: int | None = Field(
        default=None, ge=1, description="Launched at most so many days ago."
    )
    attributes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict[str, tuple[str, ...]],
        description="Further catalogue columns -> values, compared as text.",
    )


class Scope(Value):
    """Where and for whom a rule holds; an empty field narrows nothing."""

    placements: tuple[ShelfName, ...] = ()
    anchor_items: tuple[str, ...] = Field(
        default=(),
        description="Similar: only beside these products; Also bought: with one in the cart.",
    )
    anchor_categories: tuple[str, ...] = ()
    segments: tuple[int, ...] = Field(default=(), description="Named sets of shoppers.")


class Rule(Value):
    """One rule.

    Attributes
    ----------
    id
        0 before it is kept for the first time.
    slot
        Of a pin: its place, from 1.
    strength
        Of boost and bury: how much; see :data:`recsys.shelves.arrange.STRENGTH`.
    priority
        Where two rules cannot both have their way, the higher one wins; then the older one.
    starts, ends
        Local time of the shop as ``2026-12-01T08:00``; empty: at once, for ever. ``ends`` is the
        first moment at which it holds no more.
    """

    id: int = 0
    name: str = Field(default="", max_length=120)
    kind: RuleKind
    target: Target
    scope: Scope = Scope()
    slot: int = Field(default=1, ge=1, le=50)
    strength: Strength = "medium"
    priority: int = Field(default=50, ge=0, le=100)
    starts: str = ""
    ends: str = ""
    on: bool = True
