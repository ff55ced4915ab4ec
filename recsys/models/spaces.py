"""Spaces: how a model's items, shoppers, histories and carts become vectors and queries.

Every model ends as one of these. Evaluation scores them by matrix product, a release writes them
into the vector store, and the two answers have to agree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows

SpaceKind = Literal["factors", "sparse", "scores", "fused"]


@dataclass(frozen=True)
class Query:
    """What is asked of a space.

    Attributes
    ----------
    values, indices
        A dense vector, or with ``indices`` the values of a sparse one.
    parts
        For a fusion of spaces: the query of each space, None where it knows nothing; ``values``
        is empty then.
    depth
        For a fusion: how many of each space's best are fused.
    """

    values: Floats
    indices: Rows | None = None
    parts: tuple[Query | None, ...] = ()
    depth: int = 0

    def unit(self) -> Query:
        """Return the same direction with length 1, to be compared by cosine."""
        return Query(unit_rows(self.values[None, :])[0], self.indices)


def unit_rows(vectors: Floats) -> Floats:
    """Return each row with length 1, rows of zeros as they are.

    The engine takes a vector shorter than some 3e-4 as it is, and its cosine comes out wrong; a
    product last sold long ago is that short.
    """
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


class Space(Protocol):
    """Vectors of items, and the way to ask for the nearest of them."""

    kind: ClassVar[SpaceKind]

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        ...

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Which items this space can rank, shape ``(n_items,)``."""
        ...

    def shopper_query(self, user: int) -> Query | None:
        """Return the query of a shopper, or None when nothing is known of them."""
        ...

    def item_query(self, item: int) -> Query | None:
        """Return the query for items like one item, or None when nothing is known of it."""
        ...

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return the query of a cart or a history that no training has seen."""
        ...

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the exact score of every item, shape ``(len(queries), n_items)``.

        Of a sparse space and of a fusion, the engine gives out no item with a score of 0.
        """
        ...

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return what each source item adds to each item's score, or None if nothing does.

        Returns
        -------
        ndarray of shape (len(items), len(sources))
        """
        ...

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and the weights with which the model saw them."""
        ...

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        ...


NO_HISTORY: tuple[Rows, Floats] = (np.empty(0, np.int32), np.empty(0, np.float32))


@dataclass(frozen=True)
class ScoreSpace:
    """One score per item, the same for everybody: popularity and its kin.

    A vector space with one dimension: item ``[score]``, every query ``[1]``.
    """

    item_scores: Floats
    kind: ClassVar[SpaceKind] = "scores"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return len(self.item_scores)

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items with a score above 0."""
        return self.item_scores > 0

    def shopper_query(self, user: int) -> Query | None:
        """Return ``[1]``: everybody gets the same list."""
        return Query(np.ones(1, np.float32))

    def item_query(self, item: int) -> Query | None:
        """Return ``[1]``."""
        return Query(np.ones(1, np.float32))

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Return ``[1]``."""
        return Query(np.ones(1, np.float32))

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return the same row for every query."""
        return np.repeat(self.item_scores[None, :], len(queries), axis=0)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Return None: no history item contributes."""
        return None

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return nothing: histories are not used."""
        return NO_HISTORY

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        np.save(folder / "scores.npy", self.item_scores, allow_pickle=False)
        write_about(folder, self.kind)


def write_about(folder: Path, kind: str, **about: Any) -> None:
    """Write ``space.json``, which tells :func:`recsys.models.store.load_space` what it finds."""
    (folder / "space.json").write_text(json.dumps({"kind": kind, **about}), encoding="utf-8")
