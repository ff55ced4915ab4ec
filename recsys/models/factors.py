from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows, SparseRows
from recsys.models.spaces import Query, write_about


@dataclass(frozen=True)
class FactorSpace:
    """Learned vectors of items and shoppers; the dot product is the score.

    Attributes
    ----------
    items, users
        Shapes ``(n_items, d)`` and ``(n_users, d)``; a row of zeros means unknown.
    confidences
        Shape ``(n_users, n_items)``: the confidences ``c_uj`` the model was fitted with.
    regularization
        ``lambda`` of the fit, needed to fold in a history.
    """

    items: Floats
    users: Floats
    confidences: SparseRows
    regularization: float
    kind: ClassVar[Literal["factors", "neighbours", "scores"]] = "factors"

    @property
    def n_items(self) -> int:
        """How many items there are, known or not."""
        return len(self.items)

    @property
    def known_items(self) -> NDArray[np.bool_]:
        """Items with a vector that is not all zero."""
        return np.any(self.items != 0, axis=1)

    def shopper_query(self, user: int) -> Query | None:
        """Return the shopper's vector, or None when it is all zero."""
        return _dense_query(self.users[user])

    def item_query(self, item: int) -> Query | None:
        """Return the item's vector, or None when it is all zero."""
        return _dense_query(self.items[item])

    def items_query(self, items: Rows, weights: Floats) -> Query | None:
        """Fold a history in: the vector that the fit would give a shopper with it.

        Hu, Koren and Volinsky 2008, equation 4. None when no item of it is known.
        """
        vectors = self.items[items]
        if not vectors.any():
            return None
        system = self._system(vectors, weights)
        return _dense_query(np.linalg.solve(system, vectors.T @ weights).astype(np.float32))

    @cached_property
    def _ridge(self) -> NDArray[np.float64]:
        """``Y'Y + lambda I``, in double precision: it is all but singular for a small lambda."""
        gram = (self.items.T @ self.items).astype(np.float64)
        return gram + self.regularization * np.eye(len(gram))

    def _system(self, vectors: Floats, confidences: Floats) -> NDArray[np.float64]:
        """Return ``Y'C_uY + lambda I``."""
        return self._ridge + (vectors.T * (confidences - 1.0)) @ vectors

    def scores(self, queries: list[Query], *, cosine: bool = False) -> Floats:
        """Return dot products, or cosines."""
        asked = np.stack([query.values for query in queries])
        found = asked @ self.items.T
        if cosine:
            lengths = np.linalg.norm(self.items, axis=1)[None, :]
            found = found / np.maximum(lengths * np.linalg.norm(asked, axis=1)[:, None], 1e-12)
        return found.astype(np.float32)

    def contributions(self, sources: Rows, weights: Floats, items: Rows) -> Floats | None:
        """Split each score over the history: ``c_uj * y_i' W_u y_j``.

        Hu, Koren and Volinsky 2008, section 5 (explaining recommendations); the terms add up to
        the score of the folded-in history.
        """
        if not len(sources):
            return None
        vectors = self.items[sources]
        # W_u is symmetric: solve for the few items asked about, not for the long history.
        solved = np.linalg.solve(self._system(vectors, weights), self.items[items].T)
        parts = (solved.T @ vectors.T) * weights[None, :]
        return parts.astype(np.float32)

    def history(self, user: int) -> tuple[Rows, Floats]:
        """Return a shopper's items and their confidences."""
        return self.confidences.row(user)

    def save(self, folder: Path) -> None:
        """Write the space into an existing, empty folder."""
        np.save(folder / "items.npy", self.items, allow_pickle=False)
        np.save(folder / "users.npy", self.users, allow_pickle=False)
        self.confidences.save(folder, "confidences")
        write_about(folder, self.kind, regularization=self.regularization)


def _dense_query(vector: Floats) -> Query | None:
    return Query(np.array(vector, np.float32)) if np.any(vector) else None
