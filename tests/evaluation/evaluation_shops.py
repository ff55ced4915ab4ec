from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.data.dataset import Interactions


def dated(
    rows: Sequence[tuple[int, int, int]], *, baskets: Sequence[int] | None = None
) -> Interactions:
    """Interactions of (user, item, second); by default each second is a basket."""
    columns = np.array(rows, np.int64).reshape(-1, 3)
    ones = np.ones(len(rows), np.float32)
    return Interactions(
        user=columns[:, 0].astype(np.int32),
        item=columns[:, 1].astype(np.int32),
        weight=ones,
        quantity=ones,
        basket=columns[:, 2].astype(np.int32) if baskets is None else np.array(baskets, np.int32),
        timestamp=columns[:, 2],
    )


def random_shop(seed: int, *, users: int = 30, items: int = 40, rows: int = 900) -> Interactions:
    """Shoppers of two tastes; every three rows are a basket, a minute apart."""
    random = np.random.default_rng(seed)
    visits = random.integers(users, size=rows // 3)
    user = np.repeat(visits, 3)
    item = random.integers(items // 2, size=rows) + (user % 2) * (items // 2)
    second = np.repeat(np.arange(rows // 3) * 60, 3)
    return dated(list(zip(user.tolist(), item.tolist(), second.tolist(), strict=True)))
