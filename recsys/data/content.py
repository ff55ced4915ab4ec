from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset

# From the finest level to the coarsest: the first that a product has is its leaf category.
_LEVELS = ("category_3", "category_2", "category")
_WORDS = ("name", *reversed(_LEVELS), "brand", "description")
# A description longer than this says no more about what a product is.
_MOST_LETTERS = 2_000


class Content:
    """What the catalogue says about the items, read at its first use.

    Parameters
    ----------
    dataset
        The shop; item rows are its row numbers.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    @cached_property
    def texts(self) -> list[str]:
        """One text an item: name, categories, brand, description; "" where there is none."""
        columns = self._columns(_WORDS)
        if not columns:
            return [""] * self._dataset.n_items
        return [" ".join(filter(None, row))[:_MOST_LETTERS] for row in zip(*columns, strict=True)]

    @cached_property
    def leaves(self) -> NDArray[np.int32]:
        """Number of each item's leaf category, its finest; -1 for none."""
        columns = self._columns(_LEVELS)
        names: dict[str, int] = {}
        found = np.full(self._dataset.n_items, -1, np.int32)
        for row, levels in enumerate(zip(*columns, strict=True)):
            # Two leaves of one name below different parents are two categories.
            path = " > ".join(filter(None, reversed(levels)))
            if path:
                found[row] = names.setdefault(path, len(names))
        return found

    def _columns(self, wanted: Sequence[str]) -> list[list[str | None]]:
        items = self._dataset.items()
        return [items.column(name).to_pylist() for name in wanted if name in items.column_names]
