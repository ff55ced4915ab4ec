from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows, SparseRows, load_array
from recsys.models.spaces import Query, SpaceKind, write_about

Fold = Literal["als", "least_squares", "sum"]


@dataclass(frozen=True)
class FactorSpace:
    """Learned vectors of items and shoppers; the dot product is the score.

    Attributes
    ----------
    items, users
        Shapes ``(n_items, d)`` and ``(n_users, d)``; a row of zeros means unknown.
    histories
        Shape ``(n_users, n_items)``: the weights (of ALS: the confidences ``c_uj``) with which the
        model saw each shopper's items.
    fold
        How a history becomes a vector: "als", as the fit of ALS does it (Hu, Koren and Volinsky
        2008, equation 4); "least_squares", the vector whose scores are nearest to the weights,
        unknown items counting 0; "sum", the weighted sum of the items' vectors.
    regularization
        ``lambda`` of the fit, for the first two ways.
    bias
        Shape ``(n_items,)``: what is added to an item's score whoever asks. It counts from shopper
        to item only, never between items: in the index it is one more column of the dot vectors,
        and each shopper's query has a 1 there.
    """

    items: Floats
    users: Floats
    histories: SparseRows
    regularization: float = 0.0
    fold: Fold = "als"
    bias: Floats | None = None
    kind: ClassVar[SpaceKind] = "factors"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return len(self.items)

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items with a vector that is not all zero."""
        return np.any(self.items != 0, axis=1)

    @cached_property
    def dot_items(self) -> Floats:
        """The items' vectors for a shopper's query, shape ``(n_items, d)`` or with bias d + 1."""
        return self.items if self.bias is None else np.column_stack((self.items, self.bias))

    def _asking(self, vector: Floats) -> Query | None:
        if not np.any(vector):
            return None
        if self.bias is not None:
            vector = np.append(vector, 1.0)
        return Query(np.array(vector, np.float32))

    def shopper_query(self, user: int) -> Query | None:
        """Return the shopper's vector, or None when it is all zero."""
        return self._asking(self.users[user])

    def item_query(self, item: int) -> Query | None:
        """Return the item's vector, to be compared by cosine, or None when it is all zero."""
        vector = self.items[item]
        return Query(np.array(vector, np.float32)) if np.any(vector) else None

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Fold a history in: the vector that stands for a shopper with it.

        None when no item of it is known.
        """
        vectors = self.items[items]
        if not vectors.any():
            return None
        weighted = vectors.T @ weights
        if self.fold == "sum":
            return self._asking(weighted)
        system = self._system(vectors, weights)
        return self._asking(np.linalg.solve(system, weighted).astype(np.float32))

    @cached_property
    def _ridge(self) -> NDArray[np.float64]:
        """``Y'Y + lambda I``, in double precision: it is all but singular for a small lambda."""
        gram = (self.items.T @ self.items).astype(np.float64)
        return gram + self.regularization * np.eye(len(gram))

    def _system(self, vectors: Floats, weights: Floats) -> NDArray[np.float64]:
        """Return ``Y'C_uY + lambda I``; with least squares all ``c_uj`` are 1."""
        if self.fold == "least_squares":
            return self._ridge
        return self._ridge + (vectors.T * (weights - 1.0)) @ vectors

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return dot products, or cosines; a bias counts in the former only."""
        asked = np.stack([query.values for query in queries])
        if not cosine:
            return (asked @ self.dot_items.T).astype(np.float32)
        asked = asked[:, : self.items.shape[1]]
        lengths = np.linalg.norm(self.items, axis=1)[None, :]
        lengths = np.maximum(lengths * np.linalg.norm(asked, axis=1)[:, None], 1e-12)
        return (asked @ self.items.T / lengths).astype(np.float32)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Split each score over the history: ``c_uj * y_i' W_u y_j``.

        Hu, Koren and Volinsky 2008, section 5 (explaining recommendations); the terms add up to
        the score of the folded-in history, without the bias.
        """
        if not len(sources):
            return None
        vectors = self.items[sources]
        if self.fold == "sum":
            return ((self.items[items] @ vectors.T) * weights[None, :]).astype(np.float32)
        # W_u is symmetric: solve for the few items asked about, not for the long history.
        solved = np.linalg.solve(self._system(vectors, weights), self.items[items].T)
        parts = (solved.T @ vectors.T) * weights[None, :]
        return parts.astype(np.float32)

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and their weights."""
        return self.histories.row(user)

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        np.save(folder / "items.npy", self.items, allow_pickle=False)
        np.save(folder / "users.npy", self.users, allow_pickle=False)
        if self.bias is not None:
            np.save(folder / "bias.npy", self.bias, allow_pickle=False)
        self.histories.save(folder, "histories")
        write_about(
            folder,
            self.kind,
            regularization=self.regularization,
            fold=self.fold,
            bias=self.bias is not None,
        )

    @classmethod
    def load(cls, folder: Path, about: dict[str, Any]) -> FactorSpace:
        """Map what :meth:`save` wrote into memory, read-only."""
        items = load_array(folder / "items.npy")
        return cls(
            items=items,
            users=load_array(folder / "users.npy"),
            histories=SparseRows.load(folder, "histories", len(items)),
            regularization=float(about["regularization"]),
            fold=about["fold"],
            bias=load_array(folder / "bias.npy") if about["bias"] else None,
        )
