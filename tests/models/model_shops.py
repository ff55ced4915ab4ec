from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
