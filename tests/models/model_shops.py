from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recsys.data.content import Content
from recsys.data.dataset import Interactions
from recsys.models.base import TrainingData

DAY = 86_400


def purchases(
    rows: Sequence[tuple[int, int]],
    *,
    baskets: Sequence[int] | None = None,
    timestamps: Sequence[int] | None = None,
    weights: Sequence[float] | None = None,
) -> Interactions:
    """Interactions of (user, item) pairs; by default each shopper has one basket, undated."""
    user = np.array([row[0] for row in rows], np.int32)
    ones = np.ones(len(rows), np.float32)
    return Interactions(
        user=user,
        item=np.array([row[1] for row in rows], np.int32),
        weight=ones if weights is None else np.array(weights, np.float32),
        quantity=ones,
        basket=user if baskets is None else np.array(baskets, np.int32),
        timestamp=None if timestamps is None else np.array(timestamps, np.int64),
    )


def checkerboard(n: int, *, n_users: int | None = None, n_items: int | None = None) -> TrainingData:
    """Shopper u bought every item of u's colour but item u, which the model has to find.

    Shoppers and items from ``n`` on did nothing and are bought by nobody.
    """
    pairs = [(u, i) for u in range(n) for i in range(n) if u % 2 == i % 2 and u != i]
    return TrainingData(purchases(pairs), n_users or n, n_items or n)


class Catalogue(Content):
    """What a catalogue says, without a dataset around it."""

    def __init__(self, texts: list[str], leaves: Sequence[int]) -> None:
        self.texts = texts
        self.leaves = np.array(leaves, np.int32)


def coloured(data: TrainingData) -> TrainingData:
    """The same shop with a catalogue: even items are red, odd ones blue, those unsold unnamed."""
    sold = np.isin(np.arange(data.n_items), data.rows.item)
    texts = [("red cup", "blue cup")[i % 2] if sold[i] else "" for i in range(data.n_items)]
    leaves = [i % 2 if sold[i] else -1 for i in range(data.n_items)]
    return replace(data, content=Catalogue(texts, leaves))
