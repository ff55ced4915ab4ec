from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.data.dataset import Interactions


@dataclass(frozen=True)
class PairFacts:
    """How often two items lie in one basket; all baskets count the same, large or old.

    Attributes
    ----------
    together, source, target, baskets
        Numbers of baskets: with both items, with the one, with the other, and all.
    """

    together: int
    source: int
    target: int
    baskets: int

    @property
    def support(self) -> float:
        """Share of all baskets that hold both."""
        return self.together / max(self.baskets, 1)

    @property
    def confidence(self) -> float:
        """Share of the source's baskets that hold the target."""
        return self.together / max(self.source, 1)

    @property
    def lift(self) -> float:
        """Confidence over the target's share of all baskets; 1 is chance, 0 is never together."""
        return self.confidence * self.baskets / max(self.target, 1)

    def words(self) -> str:
        """Say it in one sentence."""
        if not self.together:
            return "Never in one basket."
        plural = "" if self.together == 1 else "s"
        share = f"{self.confidence:.0%}" if self.confidence >= 0.01 else "under 1%"
        lift = f"{self.lift:,.0f}" if self.lift >= 10 else f"{self.lift:.1f}"
        return (
            f"In {self.together:,} basket{plural} with it: {share} of its baskets, "
            f"{lift} times as often as by chance."
        )


def pair_facts(
    rows: Interactions, source: int, target: int, *, guests: Interactions | None = None
) -> PairFacts:
    """Count the baskets of two items, with numpy alone: the server may ask.

    Parameters
    ----------
    rows, guests
        As for :func:`recsys.data.matrix.basket_matrix`; what was taken out of a cart is left out.
    source, target
        Row numbers of two different items.
    """
    parts = [part for part in (rows, guests) if part is not None]
    item = np.concatenate([part.item for part in parts])
    basket = np.concatenate([part.basket for part in parts])
    kept = np.concatenate([part.weight > 0 for part in parts])
    with_source, with_target = (np.unique(basket[kept & (item == row)]) for row in (source, target))
    together = np.intersect1d(with_source, with_target, assume_unique=True)
    every = np.count_nonzero(np.bincount(basket[kept]))
    return PairFacts(len(together), len(with_source), len(with_target), int(every))
