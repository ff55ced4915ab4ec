"""The lists of many shoppers, and the products of two views numbered together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.diff import Facts
from recsys.evaluation.replay import Replay
from recsys.releases.live import LiveView
from recsys.workflows.differing import column_of


@dataclass(frozen=True)
class Played:
    """The lists of one release, and what happened while it was asked.

    Attributes
    ----------
    own
        Which questions got a list of the model's, not a popular one in its place.
    sold_out
        How many products were left out because they are sold out.
    rules
        Rule id -> how many lists have a product that it marked.
    """

    replay: Replay
    own: NDArray[np.bool_]
    sold_out: int
    rules: Mapping[int, int] = field(default_factory=dict[int, int])


class Named(Protocol):
    """A question with a shopper."""

    @property
    def user_id(self) -> str:
        """The shop's id of the shopper."""
        ...


@dataclass(frozen=True)
class Both:
    """The products of two releases numbered together.

    Attributes
    ----------
    candidate, current
        The releases; None when nothing is live.
    rows
        Item id -> row; the candidate's come first, in its order.
    """

    candidate: LiveView
    current: LiveView | None
    rows: Mapping[str, int]

    @cached_property
    def ids(self) -> list[str]:
        """Item id of each row."""
        return list(self.rows)

    @cached_property
    def _views(self) -> list[tuple[LiveView, list[int]]]:
        """The releases with their rows here; a later one holds where both have a product."""
        views = [view for view in (self.current, self.candidate) if view is not None]
        return [(view, [self.rows[one] for one in view.release.item_ids.ids]) for view in views]

    @cached_property
    def names(self) -> list[str]:
        """What each product is called."""
        found = list(self.ids)
        for view, rows in self._views:
            for row, name in zip(rows, view.release.names, strict=True):
                found[row] = name
        return found

    @cached_property
    def categories(self) -> list[str | None]:
        """The category of each product."""
        return self._texts("category")

    @cached_property
    def brands(self) -> list[str | None]:
        """The brand of each product."""
        return self._texts("brand")

    def _texts(self, column: str) -> list[str | None]:
        found: list[str | None] = [None] * len(self.rows)
        for view, rows in self._views:
            for row, name in zip(rows, column_of(view.release.catalogue, column), strict=True):
                found[row] = name
        return found

    @cached_property
    def category_names(self) -> list[str]:
        """All categories, sorted; their places are the codes in :attr:`facts`."""
        return sorted({name for name in self.categories if name})

    @cached_property
    def facts(self) -> Facts:
        """What a diff goes by."""
        codes = {name: code for code, name in enumerate(self.category_names)}
        price = np.full(len(self.rows), np.nan)
        buyers = np.zeros(len(self.rows), np.float32)
        for view, rows in self._views:
            price[rows], buyers[rows] = view.price, view.release.buyers
        category = [codes.get(name, -1) if name else -1 for name in self.categories]
        return Facts(np.array(category, np.int32), price, buyers)

    @cached_property
    def stock(self) -> NDArray[np.int64]:
        """Pieces of each product today."""
        found = np.zeros(len(self.rows), np.int64)
        for view, rows in self._views:
            found[rows] = view.stock
        return found
