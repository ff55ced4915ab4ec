from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from recsys.data.matrix import basket_matrix, interaction_matrix
from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Search, TrainingData
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.types import Placement, Report

_DAY = 86_400
_BLOCK = 2_048
# A basket of n items without a shopper counts n^-0.5 less than a shopper's: it often holds a whole
# day of a till or a marketplace. Measured on Online Retail (docs/decisions/007-guests.md).
_GUEST_EXPONENT = 0.5


class CoPurchaseConfig(ModelConfig):
    """Settings of co-purchase; the defaults were measured on the demo shop."""

    neighbours: int = Field(100, ge=1, le=2000, description="Companions kept for each product.")
    target_exponent: float = Field(
        0.3, ge=0, le=1, description="How much a product's own popularity is held against it."
    )
    basket_exponent: float = Field(
        0.5, ge=0, le=2, description="How much less a large basket says about each pair in it."
    )
    half_life_days: float | None = Field(
        120.0, gt=0, description="A basket this old counts half; empty: age does not matter."
    )
    guests: bool = Field(True, description="Whether orders without a shopper count, too.")


class CoPurchase:
    """Items bought in the same baskets.

    ``w(j -> i) = count(i, j) / count(j) / count(i)^target_exponent``, where a basket of n items
    counts ``n^-basket_exponent`` and fades with its age (docs/DESIGN, defects of the tutorials).
    Orders without a shopper count, too, their large ones less.
    """

    name: ClassVar[str] = "copurchase"
    label: ClassVar[str] = "Bought together"
    summary: ClassVar[str] = "Counts what lies in the same baskets; strong for Also bought."
    placements: ClassVar[frozenset[Placement]] = frozenset({"also_bought", "similar", "for_you"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = "Often bought with"
    search: ClassVar[Search] = Search()
    Config: ClassVar[type[ModelConfig]] = CoPurchaseConfig

    def __init__(self, config: CoPurchaseConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Count pairs in blocks of source items, keeping the best of each source."""
        from scipy.sparse import csr_matrix

        config = self.config
        report(0.0, "Counting baskets")
        guests = data.guests if config.guests else None
        baskets = basket_matrix(data.rows, data.n_items, guests=guests)
        sizes = np.diff(baskets.matrix.indptr)
        exponent = config.basket_exponent + _GUEST_EXPONENT * (baskets.user < 0)
        weights = np.maximum(sizes, 1) ** -exponent
        if config.half_life_days is not None and baskets.timestamp is not None:
            age = (baskets.timestamp.max(initial=0) - baskets.timestamp) / _DAY
            weights = weights * np.exp2(-age / config.half_life_days)
        pairs = baskets.matrix[sizes > 1].astype(np.float32)
        weighted = pairs.copy()
        weighted.data *= np.repeat(weights[sizes > 1], np.diff(pairs.indptr)).astype(np.float32)
        # All baskets count for how often an item is bought, pairs or not.
        every = np.repeat(weights, sizes)
        count = np.bincount(baskets.matrix.indices, weights=every, minlength=data.n_items)
        count = np.maximum(count, 1e-12)
        by_item = weighted.T.tocsr()
        blocks: list[tuple[Any, Any, Any]] = []
        for start in range(0, data.n_items, _BLOCK):
            done = min(start + _BLOCK, data.n_items)
            together = (by_item[start:done] @ pairs).tocsr()
            blocks.append(_best(together, start, count**config.target_exponent, config.neighbours))
            report(done / data.n_items, "Counting pairs")
        source, target, value = (np.concatenate(part) for part in zip(*blocks, strict=True))
        value = value / count[source]
        shape = (data.n_items, data.n_items)
        found = csr_matrix((value.astype(np.float32), (target, source)), shape=shape)
        history = interaction_matrix(
            data.rows, (data.n_users, data.n_items), half_life_days=config.half_life_days
        )
        return SparseSpace(SparseRows.from_csr(found), SparseRows.from_csr(history))


def _best(together: Any, start: int, penalty: Any, keep: int) -> tuple[Any, Any, Any]:
    """Return sources, targets and weights of the ``keep`` best targets of each source row.

    Ties go to the smaller row number, which is the smaller item id. Only rows that are too long
    are looked at one by one: sorting all pairs took ten times as long.
    """
    indptr, target = together.indptr, together.indices
    sizes = np.diff(indptr)
    source = np.repeat(np.arange(start, start + len(sizes)), sizes)
    value = together.data / penalty[target]
    value[source == target] = 0
    kept = value > 0
    for row in np.flatnonzero(sizes > keep):
        line = value[indptr[row] : indptr[row + 1]]
        floor = np.partition(line, len(line) - keep)[len(line) - keep]
        above = line >= floor
        surplus = int(above.sum()) - keep
        if surplus:
            ties = np.flatnonzero(line == floor)
            by_target = ties[np.argsort(target[indptr[row] : indptr[row + 1]][ties])]
            above[by_target[len(by_target) - surplus :]] = False
        kept[indptr[row] : indptr[row + 1]] &= above
    return source[kept], target[kept], value[kept]
