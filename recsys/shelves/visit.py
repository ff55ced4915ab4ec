"""A visit against what is live: what it asks, says and prefers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats
from recsys.models.spaces import Space
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.sessions.events import Kind, Session
from recsys.sessions.interests import Interest, interests_of, same_category
from recsys.sessions.preferences import (
    Goods,
    Preferences,
    goods_of,
    preferences_of,
    preferred,
)
from recsys.shelves.facts import facts_of, release_facts
from recsys.shelves.once import once_a_release
from recsys.types import Placement

# What is most like products that were taken out again loses so many standard deviations.
_DISLIKED = 1.0
_BECAUSE: Final[dict[Kind, str]] = {
    "viewed": "Because you just looked at {}",
    "carted": "Goes with {} in your cart",
    "purchased": "Because you just bought {}",
    "removed": "Because you looked at {}",
}


@dataclass(frozen=True)
class Visit:
    """A session against what is live: what it asks, says and prefers."""

    view: LiveView
    session: Session

    @cached_property
    def asks(self) -> tuple[Placement, Space] | None:
        """The space that a visit is asked in, and whose it is.

        That of Also bought, which tells what goes together; of another release that of For You.
        None where both know no products, only what is popular.
        """
        release = self.view.release
        for placement in ("also_bought", "for_you"):
            if placement in release.manifest["strategies"]:
                space = release.space(placement)
                if space.kind != "scores":
                    return placement, space
        return None

    @cached_property
    def goods(self) -> Goods:
        """What preferences go by, at today's prices."""
        return replace(_goods(self.view.release), price=self.view.price)

    @property
    def brands(self) -> tuple[str, ...]:
        """Names of the brands, by their numbers."""
        return release_facts(self.view.release).brand.values

    @cached_property
    def preferences(self) -> Preferences:
        """What the visit turns to."""
        return preferences_of(self.session, self.goods)

    @cached_property
    def interests(self) -> list[Interest]:
        """The things that the visit is after, apart from each other; largest first."""
        rows, weights = self.session.liked
        if not len(rows):
            return []
        alike = facts_of(self.view).alike
        if alike is None:
            codes = self.view.release.category_codes[rows]
            return interests_of(weights, same_category(codes))
        return interests_of(weights, alike(rows.astype(np.int64)))

    def adds(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what preferences add to some products, and what is disliked takes from them."""
        added = preferred(self.preferences, self.goods, rows)
        items, weights = self.session.disliked
        if self.asks is None or not len(items) or not len(rows):
            return added
        like = self.asks[1].contributions(items, weights, rows.astype(np.int32))
        if like is None:
            return added
        loses = np.maximum(like, 0).sum(axis=1)
        worst = float(loses.max())
        return added - (_DISLIKED * loses / worst if worst > 0 else 0.0)

    def says(self, rows: NDArray[np.int64]) -> Floats:
        """Return what each liked product says for each of some, shape ``(rows, liked)``."""
        items, weights = self.session.liked
        said = None
        if self.asks is not None and len(items):
            said = self.asks[1].contributions(items, weights, rows.astype(np.int32))
        return np.zeros((len(rows), len(items)), np.float32) if said is None else said

    def reasons(self, rows: NDArray[np.int64]) -> list[str]:
        """Return one sentence for each product, naming what was done in the visit.

        Empty for those for which the visit does not speak. Sensitive products are never named.
        """
        release, session = self.view.release, self.session
        said = self.says(rows)
        items = session.liked[0]
        if release.sensitive is not None:
            said[:, release.sensitive[items]] = 0
        reasons: list[str] = []
        for row, line in zip(rows.tolist(), said, strict=True):
            best = int(line.argmax()) if len(line) else -1
            if best >= 0 and line[best] > 0:
                source = int(items[best])
                words = _BECAUSE[session.last[source]]
                reasons.append(words.format(release.names[source]))
            else:
                reasons.append(self._around(int(release.category_codes[row])))
        return reasons

    def _around(self, code: int) -> str:
        if code not in self.session.browsed:
            return ""
        return f"Popular in {self.view.release.categories[code]}, where you just looked around"


@once_a_release
def _goods(release: Release) -> Goods:
    brands = release_facts(release).brand.codes
    return goods_of(release.category_codes, brands, release.price, release.buyers)
