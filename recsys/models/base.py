from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from recsys.data.content import Content
from recsys.data.dataset import Interactions
from recsys.errors import BadSetting
from recsys.models.spaces import Space
from recsys.types import Placement, Report


@dataclass(frozen=True)
class TrainingData:
    """What a model may learn from.

    Attributes
    ----------
    rows
        Interactions in order of time, by row numbers of shoppers and items.
    n_users, n_items
        Sizes of the whole dataset, so that row numbers mean the same everywhere; shoppers and
        items without a row here stay unknown to the model.
    guests
        Rows that have an order but no shopper: for what goes together, never for a taste. None
        where the shop has none.
    content
        What the catalogue says about the items; None where it is not to be used. It is today's
        catalogue also for a test of the past.
    """

    rows: Interactions
    n_users: int
    n_items: int
    guests: Interactions | None = None
    content: Content | None = None


class ModelConfig(BaseModel):
    """Base of all settings: frozen, and a setting that does not exist is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Range:
    """Where tuning looks for a number: from ``low`` to ``high``, both inclusive.

    Attributes
    ----------
    log
        Whether steps are factors: as many tries between 1 and 10 as between 10 and 100.
    whole
        Whether only whole numbers are tried.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Search:
    """What tuning tries of a model.

    Attributes
    ----------
    settings
        Setting -> its range, or the values to choose from.
    first
        Settings to try first, in this order: what was good on other shops.
    """

    settings: Mapping[str, Range | tuple[Any, ...]] = field(
        default_factory=dict[str, "Range | tuple[Any, ...]"]
    )
    first: tuple[Mapping[str, Any], ...] = ()


class Model(Protocol):
    """A way to turn interactions into a space.

    A new model is one new file with a config and a class like this, named in the registry.

    Attributes
    ----------
    placements
        What it can feed.
    measured
        Placements for which it is tested, beside those it can feed: a model that feeds nothing is
        a yardstick.
    complexity
        The simpler model wins a tie: 0 popularity, 1 counting, 2 learned vectors, 3 fusions.
    because
        How a reason on a shelf begins, before the names of the products that speak for it.
    search
        What tuning tries.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    summary: ClassVar[str]
    placements: ClassVar[frozenset[Placement]]
    measured: ClassVar[frozenset[Placement]]
    complexity: ClassVar[int]
    because: ClassVar[str]
    search: ClassVar[Search]
    Config: ClassVar[type[ModelConfig]]

    def __init__(self, config: Any) -> None: ...

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Learn; ``report`` is called at least once an iteration, and may raise to stop."""
        ...


def read_config(model: type[Model], settings: dict[str, Any]) -> ModelConfig:
    """Return the checked settings of a model; text from a command line is converted.

    Raises
    ------
    BadSetting
        A setting is unknown or out of range; all of them are named at once.
    """
    try:
        return model.Config.model_validate(settings)
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        known = ", ".join(model.Config.model_fields)
        raise BadSetting(
            f"{model.label} cannot be trained with these settings: {found}.",
            hint=f"Its settings are: {known}.",
        ) from error
