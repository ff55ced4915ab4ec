"""The part of a dataset that models are tested on, and the twins that may be tested on it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Interactions
from recsys.errors import InputError
from recsys.evaluation.split import SplitBy, before, split_by_time, split_last_out
from recsys.models.base import Model, TrainingData
from recsys.models.spaces import Space
from recsys.types import Report

PartName = Literal["validation", "test"]
WITHOUT_DATES = "last rows, no dates"


@dataclass(frozen=True)
class Categories:
    """The departments that shoppers are grouped by.

    Attributes
    ----------
    of_item
        Number of each item's category; -1 for none.
    names
        The shop's names of them, by number.
    """

    of_item: NDArray[np.int32]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """What was known at a cut, and what happened after it.

    Attributes
    ----------
    name
        "validation" for all choices; "test" once per published champion.
    measured_on
        The same, or for a shop without dates :data:`WITHOUT_DATES`.
    known
        All that a twin may learn from.
    later
        The rows of known and unknown shoppers after the cut.
    cut_at
        First second of the later rows; without dates, the number of known rows.
    graded
        Whether the weight of a row is a rating, so that NDCG counts it.
    leaves
        Number of each item's finest category, -1 for none; None where there are no categories.
    categories
        The departments; None where there are none.
    """

    name: PartName
    measured_on: str
    known: TrainingData
    later: Interactions
    cut_at: int
    graded: bool = False
    leaves: NDArray[np.int32] | None = None
    categories: Categories | None = None
    memo: dict[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)
    """What all models' tests share, worked out once: tasks, buyers, the vectors of diversity."""

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items with a row before the cut, shape ``(n_items,)``."""
        if "known_items" not in self.memo:
            counts = np.bincount(self.known.rows.item, minlength=self.known.n_items)
            self.memo["known_items"] = counts > 0
        return self.memo["known_items"]

    @property
    def known_users(self) -> NDArray[np.bool_]:
        """Shoppers with a row before the cut, shape ``(n_users,)``."""
        if "known_users" not in self.memo:
            counts = np.bincount(self.known.rows.user, minlength=self.known.n_users)
            self.memo["known_users"] = counts > 0
        return self.memo["known_users"]

    def unknown(self) -> dict[str, float]:
        """Return what shares of the later shoppers and items nobody knew before the cut."""
        users, items = np.unique(self.later.user), np.unique(self.later.item)
        return {
            "unknown_shoppers": round(float(np.mean(~self.known_users[users])), 4),
            "unknown_items": round(float(np.mean(~self.known_items[items])), 4),
        }


def part_of_data(
    data: TrainingData,
    name: PartName = "validation",
    *,
    split: SplitBy = "time",
    graded: bool = False,
    leaves: NDArray[np.int32] | None = None,
    categories: Categories | None = None,
) -> Part | None:
    """Cut a dataset for a test: by time, or without dates by the last rows of each shopper.

    What guests did is known up to the same moment; without dates nobody can tell, and it is left
    out. The catalogue is today's.

    Returns
    -------
    Part or None
        None where the rows cannot be cut.

    Raises
    ------
    InputError
        "last_out" for a shop that has dates.
    """
    dated = data.rows.timestamp is not None
    if dated and split == "last_out":
        raise InputError(
            "This shop's purchases have dates, so the test goes by time.",
            hint="Leave the split out.",
        )
    cut = (split_by_time if split == "time" else split_last_out)(data.rows)
    if cut is None:
        return None
    rows, later = (
        (cut.train, cut.validation) if name == "validation" else (cut.known_before_test, cut.test)
    )
    cut_at = len(rows) if later.timestamp is None else int(later.timestamp[0])
    guests = before(data.guests, cut_at) if dated and data.guests is not None else None
    return Part(
        name=name,
        measured_on=name if dated else WITHOUT_DATES,
        known=TrainingData(rows, data.n_users, data.n_items, guests, data.content),
        later=later,
        cut_at=cut_at,
        graded=graded,
        leaves=leaves,
        categories=categories,
    )


@dataclass(frozen=True)
class Twin:
    """A space that knows nothing of what came after a moment: the only thing that is ever tested.

    :func:`fit_twin` works ``fitted_before`` out of the rows it learns from, so a space that was
    fitted on all rows, such as the served one, is refused by every task.

    Attributes
    ----------
    fitted_before
        The second after the newest row that it learned from; without dates, how many rows it
        learned from.
    fit_seconds
        How long it learned.
    """

    space: Space
    fitted_before: int
    fit_seconds: float = 0.0

    def check(self, cut_at: int) -> None:
        """Refuse to be tested on rows that the space may have learned from.

        Raises
        ------
        ValueError
            It learned from rows at or after the cut; that is a bug of the caller.
        """
        if self.fitted_before > cut_at:
            raise ValueError(
                f"a space fitted on rows up to {self.fitted_before} cannot be tested on what"
                f" happened from {cut_at} on"
            )


def fit_twin(model_class: type[Model], config: Any, known: TrainingData, report: Report) -> Twin:
    """Fit a model on what was known, and note how far that reaches."""
    started = time.monotonic()
    space = model_class(config).fit(known, report)
    seconds = time.monotonic() - started
    return Twin(space, fitted_before(known), round(seconds, 3))


def fitted_before(known: TrainingData) -> int:
    """Return the second after the newest row; without dates, the number of rows."""
    parts = [part for part in (known.rows, known.guests) if part is not None and len(part)]
    if known.rows.timestamp is None:
        return sum(len(part) for part in parts)
    newest = [int(part.timestamp.max()) for part in parts if part.timestamp is not None]
    return max(newest, default=-1) + 1
