"""What a segment is: a definition that can be worked out anew on each release."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from recsys.values import Value

Stage = Literal["new", "active", "loyal", "slipping", "lost"]
STAGES: tuple[Stage, ...] = get_args(Stage)

SegmentKind = Literal["list", "rule", "lookalikes", "affinity", "taste"]
Scorer = Literal["centroid", "nearest", "classifier"]
SCORERS: tuple[Scorer, ...] = get_args(Scorer)

MOST_SEEDS = 100_000
MOST_WANTED = 500
_MOST_DAYS = 100_000


class Conditions(Value):
    """The shoppers for whom all that is given here holds; of several values in a field any does.

    Ages are counted from the newest purchase of the shop, never from today.
    """

    stages: tuple[Stage, ...] = Field(default=(), description="Stages of the lifecycle.")
    orders_min: int | None = Field(default=None, ge=0)
    orders_max: int | None = Field(default=None, ge=0)
    spend_min: float | None = Field(default=None, ge=0)
    spend_max: float | None = Field(default=None, ge=0)
    top_spenders: float | None = Field(
        default=None, gt=0, le=1, description="The share of shoppers who spent most: 0.05."
    )
    days_since_min: int | None = Field(default=None, ge=0, description="Since the last purchase.")
    days_since_max: int | None = Field(default=None, ge=0)
    recency_min: int | None = Field(default=None, ge=1, le=5, description="RFM score, 5 is best.")
    frequency_min: int | None = Field(default=None, ge=1, le=5)
    monetary_min: int | None = Field(default=None, ge=1, le=5)
    items: tuple[str, ...] = Field(default=(), description="Bought one of these.")
    categories: tuple[str, ...] = Field(default=(), description="Bought from one of these.")
    brands: tuple[str, ...] = ()
    bought_from: str = Field(default="", description="Day as 2026-11-01: bought on it or later.")
    bought_until: str = Field(default="", description="Day: bought on it or before.")
    attributes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict[str, tuple[str, ...]],
        description="Columns of the shoppers' file -> values, compared as text.",
    )
    segments: tuple[int, ...] = Field(default=(), description="Members of one of these.")


class Seeds(Value):
    """The shoppers whose like is looked for: given by ids, by conditions, or as buyers.

    Attributes
    ----------
    happened_on
        Day (``2026-11-01``) before which nobody knew that they would belong to the seeds: a
        campaign's start. Vectors of seeds, and all vectors of the proof, know nothing of it or
        later. Empty: unknown, or all the time.
    """

    ids: tuple[str, ...] = Field(default=(), max_length=MOST_SEEDS)
    conditions: Conditions | None = None
    buyers_of: tuple[str, ...] = Field(default=(), max_length=MOST_WANTED)
    happened_on: str = ""


class Wanted(Value):
    """What the shoppers of an affinity segment are likeliest to want.

    Attributes
    ----------
    bought
        "not_yet" leaves out who bought any of it; "due" keeps who is due to buy some of it again;
        "any" asks nothing.
    """

    items: tuple[str, ...] = Field(default=(), max_length=MOST_WANTED)
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    bought: Literal["not_yet", "due", "any"] = "not_yet"


class Leaving(Value):
    """Who is left out of a segment, whatever else holds (suppression)."""

    segments: tuple[int, ...] = ()
    bought_within_days: int | None = Field(
        default=None,
        ge=1,
        le=_MOST_DAYS,
        description="Whoever bought anything in the newest so many days.",
    )
    no_consent: bool = Field(default=False, description="Whoever did not consent to be written to.")


class Definition(Value):
    """A segment's definition.

    Attributes
    ----------
    ids, conditions, seeds, wanted
        What its kind goes by; the others stay empty.
    taste
        Of kind "taste": the map of shoppers, and the number of the group on it.
    with_seeds
        Of lookalikes: whether the seeds themselves belong to it.
    scorer
        Of lookalikes: empty for the one that the proof chose, before it "centroid".
    size
        The best so many; None for all that there are.
    sample
        Of those a random share, by ``seed``; None for all.
    holdout
        Random share that is set aside so that an effect can be measured: members, but exported
        apart. It hangs on the seed and the shopper's id alone, so it is the same at each refresh.
    seed
        Of the draws; where there are some and it is 0, saving gives a random one, so that not all
        segments set the same shoppers aside.
    """

    kind: SegmentKind
    ids: tuple[str, ...] = Field(default=(), max_length=1_000_000)
    conditions: Conditions | None = None
    seeds: Seeds | None = None
    wanted: Wanted | None = None
    taste: tuple[str, int] | None = None
    with_seeds: bool = False
    scorer: Scorer | Literal[""] = ""
    size: int | None = Field(default=None, ge=1)
    leaving: Leaving = Leaving()
    sample: float | None = Field(default=None, gt=0, le=1)
    holdout: float = Field(default=0.0, ge=0, le=0.5)
    seed: int = Field(default=0, ge=0, lt=2**31)

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        try:
            self.model_dump_json()
        except ValueError:  # half a character, which JSON can spell as \ud800
            raise ValueError("text with half a character (a lone surrogate) is no text") from None
        return self
